"""What the papers, activities and banks of a rule set, and the states of a request, are called."""

from locales import _
from models.loans.loan import LoanStatus


def paper_name(code: str) -> str:
    """A rule set may name a paper we have no word for yet: then its own code is read."""
    match code:
        case "legal_entity":
            return _("legal entity (badan hukum koperasi)")
        case "cooperative_number":
            return _("NIK koperasi (number of the cooperative, not of a citizen)")
        case "bank_account":
            return _("bank account in the cooperative's name")
        case "tax_number":
            return _("NPWP in the cooperative's name")
        case "business_number":
            return _("NIB")
        case "proposal":
            return _("business proposal with budget (RAB), disbursement stages and repayment plan")
    return code


def activity_name(code: str) -> str:
    match code:
        case "kantor":
            return _("cooperative office")
        case "sembako":
            return _("groceries outlet")
        case "simpan_pinjam":
            return _("savings and loans")
        case "klinik":
            return _("clinic")
        case "apotek":
            return _("pharmacy")
        case "pergudangan":
            return _("warehouse or cold storage")
        case "logistik":
            return _("logistics")
    return code


def bank_name(code: str) -> str:
    """Names, not words: the same in every language."""
    return {"bri": "BRI", "bni": "BNI", "mandiri": "Bank Mandiri", "bsi": "BSI", "btn": "BTN"}.get(code, code)


def status_name(status: LoanStatus) -> str:
    match status:
        case LoanStatus.SUBMITTED:
            return _("waiting for a decision")
        case LoanStatus.RETURNED:
            return _("returned for correction")
        case LoanStatus.APPROVED:
            return _("approved")
        case LoanStatus.DECLINED:
            return _("declined")
        case LoanStatus.WITHDRAWN:
            return _("withdrawn")
    raise AssertionError(f"nobody named {status!r}")
