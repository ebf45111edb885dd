"""What a place is called, with what it is: many desa, kelurahan and kecamatan share a name."""

from locales import _
from models.places import Place, PlaceKind


def place_name(place: Place, district: Place | None = None) -> str:
    own = _own_name(place)
    if district is None:
        return own
    return f"{own}, {_own_name(district)}"


def _own_name(place: Place) -> str:
    match place.kind:
        case PlaceKind.REGENCY:
            return _("Kabupaten {name}").format(name=place.name)
        case PlaceKind.DISTRICT:
            return _("Kecamatan {name}").format(name=place.name)
        case PlaceKind.VILLAGE:
            return _("Desa {name}").format(name=place.name)
        case PlaceKind.WARD:
            return _("Kelurahan {name}").format(name=place.name)
    raise AssertionError(f"nobody named {place.kind!r}")
