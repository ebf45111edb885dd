"""What a place is called, with what it is: many desa, kelurahan and kecamatan share a name."""

from locales import _
from models.places import Place, PlaceKind


def place_name(place: Place, district: Place | None = None) -> str:
    own = _own_name(place)
    if district is None:
        return own
    return f"{own}, {_own_name(district)}"


def cooperative_at(place: Place) -> str:
    """By its official name, which every cooperative has from its place."""
    if place.kind is PlaceKind.WARD:
        return _("Koperasi Kelurahan Merah Putih {name}").format(name=place.name)
    return _("Koperasi Desa Merah Putih {name}").format(name=place.name)


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
