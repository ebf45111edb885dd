"""What every form says between its questions: what was noted, what it could not use, and what happens to a draft."""

from collections.abc import Collection

from conversations.form.answers import Kind, greets
from conversations.form.draft import Draft
from conversations.form.questions import Form
from conversations.reading.typed import plain
from conversations.reading.typed import words as typed_words
from conversations.said import sharing
from locales import _, ngettext
from locales.formats import all_of, moment, number, one_of
from models.files import Unfit


def noted(answer: str) -> str:
    return _("Noted: {answer}.").format(answer=answer.rstrip("."))


def all_right() -> str:
    return _("All right.")


def skipped(label: str) -> str:
    return _("«{question}» is skipped.").format(question=label)


def may_skip() -> str:
    return _("What is not remembered can be skipped.")


def received(label: str) -> str:
    return _("Received for «{question}», thank you.").format(question=label)


def to_chatter(text: str) -> str:
    """A greeting is greeted; then the question is asked again."""
    if greets(text):
        return _("Wa'alaikumsalam. Please answer this question so that we can go on.")
    return _("We are here. Please answer this question so that we can go on.")


def please_type() -> str:
    return _("We cannot read voice notes, stickers or contact cards yet. Please type the answer; "
             "what was answered so far is kept.")


def please_send(kinds: Collection[Kind], *, skippable: bool) -> str:
    names = {Kind.PHOTO: _("a photo"), Kind.DOCUMENT: _("a document (PDF)"), Kind.LOCATION: _("a location")}
    wanted = one_of([name for kind, name in names.items() if kind in kinds])
    if skippable and kinds == {Kind.LOCATION}:
        return _("Please {share}. If that cannot be done now, please type: lewati.").format(share=sharing())
    if skippable:
        return _("Here we need {wanted}. If there is none now, please type: lewati.").format(wanted=wanted)
    return _("Here we need {wanted}, sent as an attachment.").format(wanted=wanted)


def unfit_file(unfit: Unfit) -> str:
    match unfit:
        case Unfit.KIND:
            return _("Files of this kind cannot be taken yet. Please send PDF, DOCX, XLSX or a photo (JPG, PNG).")
        case Unfit.SIZE:
            return _("This file is larger than 20 MB. Please send a smaller one, or photos of its pages.")
    raise AssertionError(f"nobody wrote a sentence for {unfit!r}")


def not_stored(label: str) -> str:
    """It was fetched, and its content is not what its name said."""
    return _("What was sent for «{question}» could not be opened, so it is not there yet. Please send it again as PDF, "
             "DOCX, XLSX or a photo.").format(question=label)


def not_needed(kind: Kind) -> str:
    if kind is Kind.LOCATION:
        return _("The location is not needed here, so it was not stored.")
    return _("A file is not needed here, so it was not stored.")


def written_earlier() -> str:
    return _("This message was written before the question below was asked, so it was not taken as its answer.")


def answered_before() -> str:
    """To a button of an earlier question."""
    return _("That choice belongs to a question that was answered already. Please answer the one below.")


def older_form() -> str:
    return _("This button belongs to an older version of the form. Nothing was changed; please answer here.")


def first_question() -> str:
    return _("This is the first question. «batal» stops.")


def cannot_skip() -> str:
    return _("This question is needed and cannot be skipped. «batal» stops; the answers can be kept for later.")


def not_nihil(*, skippable: bool) -> str:
    if skippable:
        return _("«nihil» is no answer to this question. If there is nothing to say here, please type: lewati.")
    return _("«nihil» or «tidak ada» does not answer this question, and an answer is needed.")


def no_previous() -> str:
    return _("Our data do not yet have an earlier answer to repeat. Please answer this question.")


def copied() -> str:
    """«Sama» was said, and what is counted anew each week is still to be asked."""
    return _("The rest is taken over from the last report. This is new every week:")


def same_as_before() -> str:
    """On every button of «sama», whatever week the last report is of."""
    return _("Same as the last report")


def no_such_number(count: int) -> str:
    if count == 0:
        return _("There is no answer to change yet.")
    return _("There are answers 1 to {count}. For example «ubah {count}» changes the last one."
             ).format(count=number(count))


def to_summary() -> str:
    return _("The summary waits: «kirim» sends it, «ubah 2» changes answer number 2, «batal» stops.")


def incomplete(labels: list[str]) -> str:
    return _("Before it can be sent, we still need: {questions}.").format(questions=all_of(labels))


def begun_earlier(form: Form, draft: Draft) -> str:
    count = len(form.answered(draft))
    if count == 0:
        return _("Going on with «{title}», begun on {moment}.").format(
            title=form.named(draft), moment=moment(draft.begun_at))
    return ngettext("Going on with «{title}», begun on {moment}; {count} answer is kept.",
                    "Going on with «{title}», begun on {moment}; {count} answers are kept.",
                    count).format(title=form.named(draft), moment=moment(draft.begun_at), count=number(count))


def gave_way(form: Form, draft: Draft) -> str:
    """To a draft for another request, begun before this one was finished."""
    return _("«{title}», begun on {moment}, was not sent and gives way to this one; its answers are deleted."
             ).format(title=form.named(draft), moment=moment(draft.begun_at))


def form_renewed() -> str:
    return _("The form has changed since then. Answers that still fit are kept; the rest is asked again.")


def cancelled(form: Form) -> str:
    return _("«{title}» is cancelled and was not sent; what was sent before stays. /menu shows what can be done."
             ).format(title=form.title())


def without_deletion(text: str) -> str:
    """«ya, hapus», as the button says it, is a yes."""
    said = typed_words(plain(text))
    return "ya" if said in (["ya", "hapus"], ["hapus"], ["yes", "delete"]) else text


def kept_for_later(form: Form) -> str:
    return _("«{title}» is kept and not sent yet. «lanjut» goes on with it at any time.").format(title=form.title())


def form_over(*, sent: bool = False) -> str:
    """To a button or word of a form that nobody is filling in any more; `sent`: it was to send."""
    if sent:
        return _("Nothing waits to be sent just now, Bapak/Ibu; what was filled in before, if anything, was sent or "
                 "cancelled. Nothing is sent twice.")
    return _("Nothing is being filled in just now, Bapak/Ibu. /lapor begins the weekly report; /menu shows everything.")


def later(*, deciding: bool = False) -> str:
    """To «nanti dulu» of somebody who is filling nothing in; `deciding`: a request waits for them."""
    if deciding:
        return _("All right, Bapak/Ibu, there is no hurry. What waits for your decision stays under /persetujuan.")
    return _("All right, Bapak/Ibu, there is no hurry. /lapor begins the weekly report at any time.")


def others_waiting(forms: Collection[Form]) -> str:
    """After one form is over, the ones that were laid aside for it."""
    titles = all_of([f"«{form.title()}»" for form in forms])
    return _("Still waiting to be finished: {titles}. «lanjut» goes on with it.").format(titles=titles)
