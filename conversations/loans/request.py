"""A cooperative's request for a loan: the papers, the amount, what for, how long, which bank, and the proposal."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from conversations.form.asking import joined
from conversations.form.draft import Draft
from conversations.form.questions import FILES, Form, NotAnAnswer, Question
from conversations.loans.dossier import Dossier, conflict_text, reasons_text
from conversations.loans.refusals import explain_loan_refusal
from conversations.loans.words import activity_name, bank_name, paper_name
from conversations.offices import office_name
from conversations.reading import Reason, Topic, Unreadable, read_missing_papers, read_rupiah, read_tenor_months
from conversations.reading.typed import plain, without_courtesy, words
from conversations.said import Card, Choice, Said, choosing
from locales import _, ngettext
from locales.formats import all_of, number, rupiah, rupiah_echo
from models.cooperatives import Cooperative
from models.loans.conflicts import Conflict
from models.loans.loan import Loan
from models.loans.refusals import AmountNotPositive, BankNotAllowed, NoMicrosite, OverCeiling, TenorTooLong
from models.loans.terms import PROPOSAL, approving_office
from models.people import Role
from models.places import Place
from models.rules.bodies import LoanRules

COMPLETE: Final = "complete"
CONFLICTS: Final = {Role.VILLAGE_HEAD: Conflict.VILLAGE_HEAD_IS_SUPERVISOR}
"""That the Regent also heads the task force is in the trail, and is news to nobody who reads this."""
ASKING: Final = re.compile(
    r"^(?:(?:kami|kita|saya|sy|mau|ingin|mohon|ajukan|mengajukan|pinjam|meminjam|pinjaman|minta|butuh|perlu|sebesar|"
    r"sejumlah|jumlahnya)\s+)+", re.IGNORECASE)
TERM: Final = re.compile(r"^(?:(?:selama|jangka|waktu|waktunya|tenor|tenornya|lamanya)\s+)+", re.IGNORECASE)
PAYMENTS: Final = re.compile(
    r"(?<=\d)\s*(?:(?:x|kali)(?:\s+(?:angsuran|cicilan|bayar))?|angsuran|cicilan)$", re.IGNORECASE)
BANKS: Final = {
    "bri": "bri|rakyat indonesia", "bni": "bni|negara indonesia", "mandiri": "mandiri",
    "bsi": "bsi|syariah indonesia", "btn": "btn|tabungan negara",
    "another": "brks?|riau|kepri|bca|bjb|bpr|btpn|danamon|cimb|niaga|muamalat|mega|permata|panin|ocbc|maybank|bukopin|"
               "pegadaian|pos|koperasi",
}
ACTIVITIES: Final = {
    "kantor": "kantor", "sembako": "sembako", "simpan_pinjam": "simpan pinjam|usp", "klinik": "klinik",
    "apotek": "apotek|apotik|obat", "pergudangan": "gudang|pergudangan|cold storage|ruang pendingin",
    "logistik": "logistik|angkutan",
    "another": "pupuk|lpg|elpiji|gas|brilink|laku pandai|lainnya|lain",
}
NOT_THIS: Final = frozenset({"bukan", "jangan", "selain", "kecuali", "tidak", "tdk", "belum", "blm", "atau", "ato"})


def loan_facts(cooperative: Cooperative, place: Place, rules: LoanRules, *, confirmed: bool, approved_before: int,
               files: bool, loan: Loan | None = None, before: str | None = None) -> dict[str, Any]:
    """What the form must know of the rules. `files`: this person may hand it in; `loan`: one that was returned;
    `before`: how the last request ended."""
    return {
        "cooperative_id": cooperative.id, "cooperative": cooperative.name, "files": files,
        "before": before, "loan_id": loan and loan.id, "reasons": list((loan and loan.reasons) or ()),
        "papers": [paper.code for paper in rules.papers],
        "blocking": [paper.code for paper in rules.papers if paper.blocks],
        "ceiling": rules.ceiling_rupiah, "approved_before": approved_before,
        "longest_tenor": rules.longest_tenor_months, "banks": list(rules.banks), "activities": list(rules.activities),
        "approver": approving_office(place, rules).role.value, "confirmed": confirmed,
    }


def gate_closed(closed: NoMicrosite, *, reported: bool) -> Said:
    """With the way through it: the weekly report. `reported`: one that was begun says it, and waits to be sent."""
    if reported:
        text = _("The condition for a loan is to be registered in Microsite. Your report that says so was not sent "
                 "yet; please send it first.")
        return Said(text, Card("menu", (Choice(_("Go on with the report"), "report"),)))
    return Said(explain_loan_refusal(closed), Card("menu", (Choice(_("Report now"), "report"),)))


def paper_hint(code: str) -> str:
    """What to do about a paper that is not there yet."""
    return {
        "legal_entity": _("through the notary for cooperatives (NPAK)"),
        "cooperative_number": _("the Dinas Koperasi UKM helps to get it from the ministry"),
        "bank_account": _("open it at the bank with the deed and the NPWP"),
        "tax_number": _("at the tax office (KPP Pratama)"),
        "business_number": _("at oss.go.id, free of charge"),
        "proposal": _("the Business Assistant or the Dinas helps to write it"),
    }.get(code, _("the Dinas Koperasi UKM can help"))


def _listed(draft: Draft) -> str:
    return "\n".join(f"{n}. {paper_name(code)}" for n, code in enumerate(draft.facts["papers"], start=1))


def _papers_prompt(draft: Draft) -> str:
    return _("These papers are needed:\n{papers}\n\nWhich of them are NOT there yet? Please type their numbers, "
             "for example: 2 4. If all are there: lengkap.").format(papers=_listed(draft))


def _read_papers(text: str, draft: Draft) -> dict[str, bool]:
    papers: Sequence[str] = draft.facts["papers"]
    missing = read_missing_papers(text, papers)
    if missing is None:
        # the list again: what is to be named stands on it
        raise NotAnAnswer(_("We could not make out which papers are not there yet:\n{papers}\n\nPlease type their "
                            "numbers or names, for example: 2 4, or: NPWP belum. If all are there: lengkap."
                            ).format(papers=_listed(draft)))
    return {code: code not in missing for code in papers}


def _check_papers(value: Mapping[str, bool], draft: Draft) -> str | None:
    missing = [code for code in draft.facts["blocking"] if not value.get(code)]
    if not missing:
        return None
    listed = "\n".join(f"- {paper_name(code)}: {paper_hint(code)}" for code in missing)
    return _("Before the request can go on, these are still needed:\n{papers}\n"
             "The request waits here; once all are there, please type: lengkap.").format(papers=listed)


def _show_papers(value: Mapping[str, bool], draft: Draft) -> str:
    missing = [paper_name(code) for code, there in value.items() if not there]
    return _("not there yet: {papers}").format(papers=all_of(missing)) if missing else _("complete")


def _rupiah_prompt(draft: Draft) -> str:
    left = draft.facts["ceiling"] - draft.facts["approved_before"]
    return _("How much does the cooperative ask for? At most {ceiling}. For example: 500 juta, or 1,5 miliar"
             ).format(ceiling=rupiah(left))


def _check_rupiah(value: int, draft: Draft) -> str | None:
    ceiling, before = draft.facts["ceiling"], draft.facts["approved_before"]
    if value <= 0:
        return explain_loan_refusal(AmountNotPositive(value))
    return explain_loan_refusal(OverCeiling(value, ceiling, before)) if value + before > ceiling else None


def _check_tenor(value: int, draft: Draft) -> str | None:
    longest = draft.facts["longest_tenor"]
    return None if 1 <= value <= longest else explain_loan_refusal(TenorTooLong(value, longest))


def _read_amount(text: str, draft: Draft) -> int:
    """«minta 500 jt»: the words around the figure are none of it."""
    return read_rupiah(ASKING.sub("", text.strip()))


def _read_term(text: str, draft: Draft) -> int:
    """«selama 36 kali angsuran» is paid in so many months."""
    return read_tenor_months(PAYMENTS.sub(" bulan", TERM.sub("", without_courtesy(text))))


def _read_activity(text: str, draft: Draft) -> str:
    """«modal gerai sembako»: the one that is named. The rules know these only, and a request names one of them."""
    spoken = " ".join(words(plain(text)))
    named = [code for code, pattern in ACTIVITIES.items() if re.search(rf"\b(?:{pattern})\b", spoken)]
    if "?" in text or NOT_THIS.intersection(spoken.split()) or not named:
        raise Unreadable(Topic.CHOICE, Reason.NO_SUCH_CHOICE)
    if len(named) == 1 and named[0] in draft.facts["activities"]:
        return named[0]
    raise NotAnAnswer(_("A request is for one of the activities below. If it is for several, please choose the "
                        "largest; the proposal tells of the others. Please {press}.").format(press=choosing()))


def _read_bank(text: str, draft: Draft) -> str:
    """By its name, with or without branch and place: «BRI unit Bantan». A bank that is not among them is told so, and
    so are two of them, or a «bukan»."""
    said = words(plain(text))
    banks: Sequence[str] = draft.facts["banks"]
    spoken = " ".join(said)
    named = {code for code in banks if re.search(rf"\b(?:{BANKS.get(code, code)})\b", spoken)}
    others = any(re.search(rf"\b(?:{pattern})\b", spoken) for code, pattern in BANKS.items() if code not in banks)
    doubt = "?" in text or others or NOT_THIS.intersection(said) or ("syariah" in said and named != {"bsi"})
    if len(named) != 1 or doubt:
        raise NotAnAnswer(explain_loan_refusal(BankNotAllowed(text, tuple(banks))))
    return named.pop()


def _months(value: int) -> str:
    return _("{months} months").format(months=number(value))


QUESTIONS: Final = (
    Question("papers", lambda: _("Papers"), _papers_prompt, _read_papers, digits=True,
             options=lambda draft: {COMPLETE: _("Complete")},
             aliases={COMPLETE: "lengkap|sudah lengkap|sdh lengkap|komplit"},
             choose=lambda value, draft: dict.fromkeys(draft.facts["papers"], True),
             check=_check_papers, show=_show_papers),
    Question("rupiah", lambda: _("Amount"), _rupiah_prompt, _read_amount,
             check=_check_rupiah, digits=True,
             echo=lambda value: _("{amount}. Is that right?").format(amount=rupiah_echo(value)),
             show=lambda value, draft: rupiah_echo(value)),
    Question("activity", lambda: _("For"), lambda draft: _("What is the loan for?"), _read_activity,
             options=lambda draft: {code: activity_name(code) for code in draft.facts["activities"]},
             show=lambda value, draft: activity_name(value)),
    Question("tenor_months", lambda: _("Term"),
             lambda draft: _("For how long? At most {months} months. For example: 36 bulan, or 3 tahun"
                             ).format(months=number(draft.facts["longest_tenor"])),
             _read_term, check=_check_tenor, digits=True,
             show=lambda value, draft: _months(value)),
    Question("bank", lambda: _("Bank"), lambda draft: _("From which bank?"), _read_bank,
             options=lambda draft: {code: bank_name(code) for code in draft.facts["banks"]},
             aliases={"bri": "bri|bank bri", "bni": "bni|bank bni", "mandiri": "mandiri|bank mandiri",
                      "bsi": "bsi|bank bsi|syariah"},
             show=lambda value, draft: bank_name(value)),
    Question("documents", lambda: _("Proposal"),
             lambda draft: _("Please send the business proposal as a PDF or as photos: budget, disbursement stages and "
                             "repayment plan. No KTP or KK, please."),
             accepts=FILES, many=True, skippable=lambda draft: PROPOSAL not in draft.facts["blocking"],
             show=lambda value, draft: ngettext("{count} file", "{count} files", len(value)).format(
                 count=number(len(value)))),
)


def _intro(draft: Draft) -> str:
    said = joined(draft.facts.get("before") or "",
                  _("Request for a loan, {cooperative}.").format(cooperative=draft.facts["cooperative"]))
    if draft.facts["loan_id"] is not None:
        said = _("Correction of request number {loan}, {cooperative}.").format(
            loan=draft.facts["loan_id"], cooperative=draft.facts["cooperative"])
        said = joined(said, reasons_text(draft.facts["reasons"]))
    if not draft.facts["files"]:
        said = joined(said, _("Any officer may prepare it; it is handed in by the chair of the cooperative."))
    return said if draft.facts["confirmed"] else joined(said, _(
        "Note: the rules for loans still wait for the word of the Dinas Koperasi UKM; a request can be filed all the "
        "same."))


def _note(draft: Draft) -> str:
    role = Role(draft.facts["approver"])
    lines = [_("Decided by: {office}.").format(office=office_name(role))]
    if role in CONFLICTS:
        lines.append(_("Please note: {conflict}.").format(conflict=conflict_text(CONFLICTS[role])))
    return "\n".join(lines)


LOAN_REQUEST: Final = Form(key="loan_request", version=1, title=lambda: _("Request for a loan"), questions=QUESTIONS,
                           intro=_intro, note=_note)


def answers_of(dossier: Dossier, papers: Sequence[str], document_ids: Sequence[int]) -> dict[str, Any]:
    """A returned request as answers again; what was handed in by somebody else is asked for once more."""
    loan = dossier.loan
    answers = {"papers": {code: code not in dossier.missing for code in papers}, "rupiah": loan.rupiah,
               "activity": loan.activity, "tenor_months": loan.tenor_months, "bank": loan.bank}
    return answers | ({"documents": list(document_ids)} if document_ids else {})
