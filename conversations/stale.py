"""What is said to a press that counts for nothing: forged, too late, somebody else's, or of a question that is over."""

from enum import StrEnum

from locales import _


class Stale(StrEnum):
    """Why a press was not let through. That a request has changed is not among them: the rule itself says so."""

    UNKNOWN = "unknown"
    """No such button was ever offered here: forged, or its card is long gone."""
    EXPIRED = "expired"
    """A confirmation that waited longer than it lives."""
    FOREIGN = "foreign"
    """Offered to somebody else, or before the address changed hands."""
    OLD_FORM = "old_form"
    """Of a question that is answered, or of a form that is over."""


def explain_stale(stale: Stale) -> str:
    match stale:
        case Stale.UNKNOWN:
            return _("This button is not known here, so nothing was changed. /menu shows what can be done.")
        case Stale.EXPIRED:
            return _("That choice was open for too long and no longer counts. Nothing was changed. "
                     "Please open the matter again, for example by /persetujuan or /menu.")
        case Stale.FOREIGN:
            return _("This button was meant for another recipient, so nothing was changed.")
        case Stale.OLD_FORM:
            return _("That choice was for a question that is answered already; nothing was changed. "
                     "Please answer the last question.")
    raise AssertionError(f"nobody wrote a sentence for {stale!r}")
