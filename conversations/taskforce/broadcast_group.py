"""Whom a message of the task force is for: one group, chosen or named as people name it."""

from typing import Final

from conversations.reading.typed import plain, without_courtesy, words
from conversations.said import Card, Choice, Said
from locales import _
from locales.formats import number
from models.access import Action, areas
from models.broadcasts import LONGEST_BROADCAST, Segment, SegmentKind
from models.people import Person
from models.places import REGENCY
from models.queries.recap import recap
from models.refusals import NotAllowed
from models.unit import Unit

BROADCAST = "broadcast"
ALSO_CALLED: Final = {
    SegmentKind.ALL: ("semua", "semua desa", "semua koperasi", "semuanya"),
    SegmentKind.VILLAGES: ("desa", "semua desa saja"),
    SegmentKind.WARDS: ("kelurahan", "lurah"),
    SegmentKind.NOT_IN_MICROSITE: ("belum terdaftar microsite", "yang belum microsite", "belum terdaftar"),
    SegmentKind.NOT_REPORTED: ("belum melapor", "belum lapor", "yang belum lapor", "yang belum melapor",
                               "belum lapor minggu ini", "yang belum melapor minggu ini"),
}

BEGINS: Final = frozenset({"siaran", "siarkan", "ingatkan"})


def might_begin(text: str) -> bool:
    """A first look at «siaran», «ingatkan yang belum lapor», before anybody goes to the store."""
    said = words(without_courtesy(text))
    return bool(said) and said[0] in BEGINS


async def begun_with(unit: Unit, person: Person, text: str) -> tuple[bool, Segment | None]:
    """Whether it begins a message to many, and to which group, if one is named: «siaran mandau». Whatever else begins
    with that word is somebody's own sentence."""
    rest = " ".join(words(without_courtesy(text))[1:])
    if not rest:
        return True, None
    if not areas(person, Action.BROADCAST, on=unit.today):
        return False, None
    segment = await named_segment(unit, person, rest)
    return segment is not None, segment


def choose_segment(person: Person, unit: Unit, before: str = "") -> Said:
    """A task force of a kecamatan speaks to its own villages only."""
    reached = areas(person, Action.BROADCAST, on=unit.today)
    if not reached:
        raise NotAllowed(Action.BROADCAST)
    choices = [Choice(segment_name(kind), "segment", kind) for kind in SegmentKind if kind is not SegmentKind.DISTRICT]
    if REGENCY in reached:
        choices.append(Choice(_("One kecamatan"), "districts"))
    choices.append(Choice(_("Earlier messages"), "earlier"))
    return Said(under(before, _("Who should get the message?")), Card(BROADCAST, (*choices, stop_choice())))


def segment_name(kind: SegmentKind) -> str:
    match kind:
        case SegmentKind.ALL:
            return _("All villages")
        case SegmentKind.DISTRICT:
            return _("One kecamatan")
        case SegmentKind.VILLAGES:
            return _("Only desa")
        case SegmentKind.WARDS:
            return _("Only kelurahan")
        case SegmentKind.NOT_IN_MICROSITE:
            return _("Not in Microsite yet")
        case SegmentKind.NOT_REPORTED:
            return _("No report this week yet")
    raise AssertionError(f"nobody named {kind!r}")


async def which_district(person: Person, unit: Unit, before: str = "") -> Said:
    seen = await recap(unit.session, person, on=unit.today)
    choices = [Choice(district.name, "district", district.code) for district in seen.districts]
    return Said(under(before, _("Which kecamatan?")), Card(BROADCAST, (*choices, stop_choice())))


async def named_segment(unit: Unit, person: Person, text: str) -> Segment | None:
    """«belum melapor minggu ini», «desa saja», «kecamatan mandau»: a group by its name, as it stands on the button or
    as people say it."""
    said = words(plain(text))
    for kind in SegmentKind:
        names = [words(segment_name(kind)), *(words(name) for name in ALSO_CALLED.get(kind, ()))]
        if kind is not SegmentKind.DISTRICT and said in names:
            return Segment(kind)
    district = await named_district(unit, person, text)
    return Segment(SegmentKind.DISTRICT, district) if district else None


async def named_district(unit: Unit, person: Person, text: str) -> str | None:
    said = [word for word in words(plain(text)) if word not in ("kecamatan", "kec")]
    seen = await recap(unit.session, person, on=unit.today)
    return next((district.code for district in seen.districts if words(district.name) == said), None)


def who_is_meant(segment: Segment) -> str:
    if segment.kind is SegmentKind.NOT_IN_MICROSITE:
        return _("Only those who said so in a report are in this group; who never reported is not.")
    return ""


def text_wanted(segment: Segment, before: str = "") -> Said:
    wanted = _("Please type the message, at most {longest} characters. It is shown once more before it is sent."
               ).format(longest=number(LONGEST_BROADCAST))
    return Said(under(before, " ".join(filter(None, (wanted, who_is_meant(segment))))),
                Card(BROADCAST, (stop_choice(),)))


def under(before: str, text: str) -> str:
    return f"{before}\n\n{text}" if before else text


def stop_choice() -> Choice:
    return Choice(_("Stop"), "stop", word="batal")
