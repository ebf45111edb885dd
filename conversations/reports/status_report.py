"""The weekly report of a cooperative: Microsite, premises, outlets, SPHP rice, obstacles."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from conversations.form.answers import Kind
from conversations.form.asking import joined
from conversations.form.draft import Draft, Manner
from conversations.form.questions import Form, NotAnAnswer, Question, Several
from conversations.reading import Reason, Topic, Unreadable, read_month_or_day, read_yes_no
from conversations.reading.outlets import OUTLETS, STATES
from conversations.reading.several import READERS as SPHP_READERS
from conversations.reading.several import read_registration, read_sphp
from conversations.reading.typed import without_courtesy, words
from conversations.reports import obstacles, outlets
from conversations.reports.obstacles import (
    check_obstacles,
    choose_obstacle,
    obstacle_name,
    obstacle_options,
    obstacles_prompt,
    read_obstacles,
    read_reason,
    reason_text,
    show_obstacles,
    too_long,
)
from conversations.reports.outlets import choose_outlet, outlet_options, outlets_prompt, read_more_outlets, show_outlets
from conversations.said import Ask, Card, Choice, Said, choosing
from locales import _, formats
from locales.formats import kilograms, moment, rupiah
from models.cooperatives import Premises
from models.obstacles import Obstacle
from models.reports import PROGRAMME_BEGAN

HAS_ONE: Final = re.compile(
    r"(?:(?:sudah|sdh|udah|udh|ya|iya|kami|kita|koperasi) )*(?:ada|punya|memiliki|siap|berdiri|jadi|sudah|sdh|ya|iya)"
    r"(?: (?:kantor|kantornya|gedung|gedungnya|bangunan|tempat|tempatnya))*")
PICTURE: Final = frozenset({Kind.PHOTO, Kind.DOCUMENT})
PLACE: Final = frozenset({Kind.LOCATION})
WHY_NO_MICROSITE: Final = (Obstacle.MICROSITE_ACCESS, Obstacle.LICENCES_PENDING, Obstacle.OFFICERS_UNTRAINED,
                           Obstacle.SIGNAL_POWER_FERRY)


def premises_name(premises: Premises) -> str:
    return {
        Premises.OWNED: _("own building"),
        Premises.LENT_BY_VILLAGE: _("lent, asset of the village"),
        Premises.LENT_BY_REGENCY: _("lent, asset of the regency"),
        Premises.RENTED: _("rented"),
        Premises.SHARED: _("shared with another office"),
        Premises.NONE_YET: _("none yet"),
    }[premises]


def _premises(draft: Draft) -> dict[Premises, str]:
    # a kelurahan has no assets of its own
    left_out = {Premises.LENT_BY_VILLAGE} if draft.facts.get("ward") else set()
    return {premises: premises_name(premises) for premises in Premises if premises not in left_out}


def _whose_premises(text: str, draft: Draft) -> str:
    """«sdh punya» is glad news, and does not tell yet whose it is."""
    if HAS_ONE.fullmatch(" ".join(words(without_courtesy(text)))):
        raise NotAnAnswer(_("Good. Whose is it? Please {press}.").format(press=choosing()))
    raise Unreadable(Topic.CHOICE, Reason.NO_SUCH_CHOICE, candidates=_premises(draft).values())


def says(key: str, *values: Any) -> Callable[[Draft], bool]:
    return lambda draft: draft.says(key) in values


def skippable(draft: Draft) -> bool:
    return True


def _yes_no(yes: Callable[[], str], no: Callable[[], str]) -> dict[str, Any]:
    return {
        "options": lambda draft: {True: yes(), False: no()},
        "show": lambda value, draft: yes() if value else no(),
        "nihil": False,
    }


def _past_day(text: str, draft: Draft) -> str:
    return read_month_or_day(text, today=draft.today, begins=PROGRAMME_BEGAN).isoformat()


def _registration(text: str, draft: Draft) -> bool | Several:
    """«sudah», or with its days at once: «sudah, 1 Oktober 2025, diperbarui kemarin»."""
    told = _days(text, draft)
    return Several({"microsite_registered": True, **_microsite(told)}) if told else read_yes_no(text)


def _since(text: str, draft: Draft) -> str | Several:
    told = _days(text, draft)
    return Several(_microsite(told)) if told and len(told) > 1 else told["since"] if told else _past_day(text, draft)


def _days(text: str, draft: Draft) -> dict[str, str] | None:
    return read_registration(text, today=draft.today, begins=PROGRAMME_BEGAN)


def _microsite(told: Mapping[str, str]) -> dict[str, str]:
    return {f"microsite_{name}": day for name, day in told.items()}


SPHP: Final = {"sold": "sphp_kg", "price": "sphp_price", "stock": "sphp_stock_kg"}


def _sells(text: str, draft: Draft) -> bool | Several:
    """«ya», or with its figures at once: «terjual 1,2 ton, harga 13.100, stok 500 kg»."""
    told = read_sphp(text)
    return Several({"sphp_sells": True, **_figures(told)}) if told else read_yes_no(text)


def _sphp(asked: str) -> Callable[[str, Draft], int | Several]:
    def read(text: str, draft: Draft) -> int | Several:
        told = read_sphp(text)
        return Several(_figures(told)) if told and told.keys() != {asked} else SPHP_READERS[asked](text)

    return read


def _figures(told: Mapping[str, int]) -> dict[str, int]:
    return {key: told[name] for name, key in SPHP.items() if name in told}


def _show_day(value: str, draft: Draft) -> str:
    return formats.date(date.fromisoformat(value))


def _not_before_the_programme(value: str, draft: Draft) -> str | None:
    if date.fromisoformat(value) >= PROGRAMME_BEGAN:
        return None
    return _("Microsite began with the programme on {day}. Please check the date."
             ).format(day=formats.date(PROGRAMME_BEGAN))


def _not_before_registration(value: str, draft: Draft) -> str | None:
    since = draft.says("microsite_since")
    if since and value < since:
        return _("This is before the registration on {day}. Please check the date.").format(day=_show_day(since, draft))
    return _not_before_the_programme(value, draft)


def _on_the_map(value: dict[str, float], draft: Draft) -> str | None:
    """0, 0 is what a phone gives that does not know where it is."""
    if value["lat"] or value["lon"]:
        return None
    return _("The phone does not know yet where it is. Please switch the location on and send it once more.")


def _over_the_ceiling(price: int, draft: Draft) -> str | None:
    ceiling = draft.facts.get("ceiling")
    if ceiling is None or price <= ceiling:
        return None
    return _("Noted: {price} per kg. For information: the highest price for SPHP rice here is {ceiling} per kg; if it "
             "was a slip, «kembali» corrects it.").format(ceiling=rupiah(ceiling), price=rupiah(price))


QUESTIONS: Final = (
    Question("microsite_registered", lambda: _("Microsite"),
             lambda draft: _("Is the cooperative registered in Microsite (SIMKOPDES)?"), _registration,
             **_yes_no(lambda: _("registered"), lambda: _("not registered yet")),
             aliases={True: "terdaftar|sudah daftar|sdh terdaftar|sdh daftar|aktif|sudah aktif|sdh aktif",
                      False: "belum daftar|blm terdaftar|blm daftar|belum aktif|blm aktif"}),
    Question("microsite_since", lambda: _("Registered since"),
             lambda draft: _("Since when is it registered, and when were its data last updated? "
                             "A month will do. For example: Oktober 2025, kemarin"),
             _since, show=_show_day, check=_not_before_the_programme, skippable=skippable,
             when=says("microsite_registered", True)),
    Question("microsite_updated", lambda: _("Last updated"),
             lambda draft: _("When were the data in Microsite last updated? For example: kemarin, or 20/10/2025"),
             _past_day, show=_show_day, check=_not_before_registration, skippable=skippable,
             when=says("microsite_registered", True)),
    Question("microsite_reason", lambda: _("Reason"),
             lambda draft: _("What holds the registration up? Please choose, or tell it in a few words."),
             read_reason, options=lambda draft: {code: obstacle_name(code) for code in WHY_NO_MICROSITE},
             show=lambda value, draft: reason_text(value), check=too_long, skippable=skippable,
             when=says("microsite_registered", False)),
    Question("premises", lambda: _("Premises"), lambda draft: _("What premises does the cooperative have?"),
             _whose_premises, options=_premises,
             aliases={Premises.OWNED: "milik sendiri|punya sendiri|sendiri|milik koperasi",
                      Premises.LENT_BY_VILLAGE: "pinjam pakai desa|aset desa|pinjam desa|punya desa",
                      Premises.LENT_BY_REGENCY: "pinjam pakai pemkab|aset pemkab|aset pemda|punya pemkab",
                      Premises.RENTED: "sewa|kontrak|ngontrak", Premises.SHARED: "menumpang|numpang|nebeng",
                      Premises.NONE_YET: "belum|blm|belum ada|blm ada|belum punya|blm punya|tidak ada"},
             show=lambda value, draft: premises_name(Premises(value)), nihil=Premises.NONE_YET.value),
    Question("premises_photo", lambda: _("Photo of the premises"),
             lambda draft: _("Please send one photo of the premises. If there is none now, it can be skipped."),
             accepts=PICTURE, show=lambda value, draft: _("received"), skippable=skippable,
             when=lambda draft: draft.says("premises") not in (None, Premises.NONE_YET)),
    Question("premises_location", lambda: _("Location of the premises"),
             lambda draft: _("Please share the location of the premises while being there. It can be skipped."),
             accepts=PLACE, asks=Ask.LOCATION, check=_on_the_map, skippable=skippable,
             show=lambda value, draft: f"{value['lat']:.5f}, {value['lon']:.5f}",
             when=lambda draft: draft.says("premises") not in (None, Premises.NONE_YET)),
    Question("outlets", lambda: _("Outlets"), outlets_prompt, read_more_outlets, options=outlet_options,
             aliases={**OUTLETS, **STATES,
                      outlets.DONE: "sudah|sdh|cukup|itu|sudah semua|sdh semua",
                      outlets.NONE_OPEN: "belum ada yang buka|blm ada yg buka|belum ada yg buka|semua belum"},
             spoken=frozenset({outlets.DONE, outlets.NONE_OPEN}), choose=choose_outlet, show=show_outlets,
             skippable=skippable, nihil={}),
    Question("sphp_sells", lambda: _("SPHP rice"), lambda draft: _("Does the cooperative sell SPHP rice from Bulog?"),
             _sells, **_yes_no(lambda: _("sells SPHP rice"), lambda: _("does not sell SPHP rice")),
             aliases={True: "jual|jualan|menjual|ada jual|sudah jual|sdh jual",
                      False: "tidak jual|tdk jual|belum jual|blm jual|tidak menjual"}),
    Question("sphp_kg", lambda: _("SPHP sold"),
             lambda draft: _("How much SPHP rice was sold this week, at what price per kilogram, and how much is left? "
                             "For example: terjual 1,2 ton, harga 13.100, stok 500 kg")
             if draft.manner is not Manner.SAME
             else _("How much SPHP rice was sold this week? For example: 1,2 ton, or 40 sak 5 kg"),
             _sphp("sold"), asks_back=True, show=lambda value, draft: kilograms(value), nihil=0,
             flow=True, when=says("sphp_sells", True)),
    Question("sphp_price", lambda: _("SPHP price"),
             lambda draft: _("At what price per kilogram? For example: 13.100"),
             _sphp("price"), asks_back=True, remark=_over_the_ceiling, skippable=skippable,
             show=lambda value, draft: _("{price} per kg").format(price=rupiah(value)), when=says("sphp_sells", True)),
    Question("sphp_stock_kg", lambda: _("SPHP stock"),
             lambda draft: _("How much SPHP rice is in stock now? For example: 500 kg, or nihil"),
             _sphp("stock"), asks_back=True, show=lambda value, draft: kilograms(value), nihil=0,
             skippable=skippable, when=says("sphp_sells", True)),
    Question("obstacles", lambda: _("Obstacles"),
             obstacles_prompt, read_obstacles, options=obstacle_options, choose=choose_obstacle,
             spoken=frozenset({obstacles.DONE, obstacles.NONE, obstacles.MORE}), check=check_obstacles,
             show=show_obstacles, nihil={"codes": [], "note": None}),
)


def _cooperative(draft: Draft) -> str:
    name: str = draft.facts.get("cooperative", _("the cooperative"))
    return name


def _intro(draft: Draft) -> str:
    return _("Weekly report of {cooperative}. If nothing was done this week, «nihil» is enough.").format(
        cooperative=_cooperative(draft))


def _sent_before(draft: Draft) -> str:
    match draft.facts.get("this_week"):
        case {"own": True, "at": at}:
            word = _("Your report of this week was received on {moment}; what is sent now corrects it.")
            return word.format(moment=moment(datetime.fromisoformat(at)))
        case {"by": name, "at": at}:
            word = _("{name} already sent a report of this week, {moment}. Both are kept; the newest figures count.")
            return word.format(name=name, moment=moment(datetime.fromisoformat(at)))
    return ""


def _nothing_new(draft: Draft) -> str:
    if draft.facts.get("previous"):
        return _("Weekly report of {cooperative}: nihil. Nothing was done this week; what was reported before "
                 "stays as it is. Please send it if that is right.").format(cooperative=_cooperative(draft))
    return _("Weekly report of {cooperative}: nihil. Nothing was done this week. Please send it if that is right."
             ).format(cooperative=_cooperative(draft))


STATUS_REPORT: Final = Form(
    key="status_report", version=2, yes_sends=True, title=lambda: _("Weekly report"), questions=QUESTIONS,
    before=_sent_before, intro=_intro,
    note=lambda draft: _("A report of the cooperative itself, not official data of SIMKOPDES."),
    nihil=_nothing_new, previous="previous",
)


def facts_of(answers: Mapping[str, Any]) -> dict[str, Any]:
    """What the report stores: a question that was skipped says nothing, and not selling is zero kilograms."""
    facts = {key: value for key, value in answers.items() if value is not None and key != "sphp_sells"}
    return facts | {"sphp_kg": 0} if answers.get("sphp_sells") is False else facts


def answers_of(facts: Mapping[str, Any]) -> dict[str, Any]:
    """An earlier report as answers again, for «sama seperti laporan terakhir»."""
    if facts.get("sphp_kg") is None:
        return dict(facts)
    sells = facts["sphp_kg"] > 0 or "sphp_price" in facts or "sphp_stock_kg" in facts
    return {**facts, "sphp_sells": sells}


def report_filed(cooperative: str, manner: Manner, week: date, *, today: date, correction: bool) -> str:
    """`week` is the Monday of the week for which it counts; that may be over, if the network held it up."""
    sunday = week + timedelta(days=6)
    if today > sunday:
        next_ = _("It counts for the week of {monday} to {sunday}, in which it was written.").format(
            monday=formats.short_date(week), sunday=formats.short_date(sunday))
    else:
        next_ = _("If something is to be corrected, /lapor can be sent again until {sunday}.").format(
            sunday=formats.date(sunday))
    return joined(_received(manner, correction=correction).format(cooperative=cooperative), next_)


def received_before() -> Said:
    """To «nihil» or «sama» of somebody who owes no report."""
    return Said(_("The report of this week has been received, thank you. If something is to be corrected, it can be "
                  "sent again."), Card("menu", (Choice(_("Report again"), "report"),)))


def _received(manner: Manner, *, correction: bool) -> str:
    if correction:
        return _("Thank you, Bapak/Ibu. The corrected report of {cooperative} has been received.")
    if manner is Manner.NIHIL:
        return _("Thank you, Bapak/Ibu. The nihil report of {cooperative} has been recorded. ✅")
    return _("Thank you, Bapak/Ibu. The report of {cooperative} has been received. ✅")
