"""What is wrong with a roster, line by line, for the clerk who made it."""

from collections.abc import Mapping
from types import MappingProxyType

from locales import _
from models.people import Role, Standing
from models.roster.rows import Problem, Trouble


def explain_problem(problem: Problem, places: Mapping[str, str] = MappingProxyType({})) -> str:
    """For example: `Line 7, telepon: "0812-••••" is no mobile number of Indonesia.` `places`: names by code."""
    sentence = _sentence(problem, places.get(problem.place_code, problem.place_code))
    if problem.line == 0:
        return sentence
    if problem.column is None:
        return _("Line {line}: {problem}").format(line=problem.line, problem=sentence)
    return _("Line {line}, column {column}: {problem}").format(
        line=problem.line, column=problem.column, problem=sentence)


def _sentence(problem: Problem, place: str) -> str:
    value = problem.value
    match problem.trouble:
        case Trouble.EMPTY_FILE:
            return _("The file holds no rows.")
        case Trouble.TOO_LARGE:
            return _("The file is too large for a roster.")
        case Trouble.TOO_MANY_ROWS:
            return _("The file holds more rows than a roster of this regency can have.")
        case Trouble.UNREADABLE:
            return _("The file cannot be read as CSV or XLSX. Save it again from Excel as «CSV UTF-8».")
        case Trouble.MISSING_COLUMNS:
            return _("The first line names the columns; missing are: {value}. It says: {said}. «roster template» "
                     "writes a file with all of them.").format(value=value, said=problem.other)
        case Trouble.WRONG_HEADER:
            return _("The first line must name each of the columns nama,telepon,peran,wilayah,status,mulai,selesai,"
                     "nomor_sk once, and besides them only sapaan; it says: {value}").format(value=value)
        case Trouble.TOO_MANY_CELLS:
            return _("the row has more cells than the header; a comma inside a name needs quotation marks.")
        case Trouble.MISSING:
            return _("this cell must not be empty.")
        case Trouble.TOO_LONG:
            return _("the text is too long: {value}").format(value=value)
        case Trouble.FORMULA:
            return _("a cell that begins like a formula (=, +, -, @) is not taken: {value}").format(value=value)
        case Trouble.BAD_PHONE:
            return _("{value} is no Indonesian mobile number. Write it like 0812-3456-7890.").format(value=value)
        case Trouble.DAMAGED_PHONE:
            return _("Excel has damaged this number ({value}). Format the column as text and type it again."
                     ).format(value=value)
        case Trouble.UNKNOWN_ROLE:
            return _("{value} is no role. Known are: {roles}.").format(
                value=value, roles=", ".join(role.value for role in Role))
        case Trouble.UNKNOWN_PLACE:
            return _("{value} is no place in Bengkalis. Write its code, like 14.03.01.2005, or its name, like «Desa "
                     "Pedekik».").format(value=value)
        case Trouble.AMBIGUOUS_PLACE:
            return _("this name fits several places; write one of these: {value}").format(value=value)
        case Trouble.ROLE_DOES_NOT_FIT:
            return _("this role is not held at such a place: {value}").format(value=value)
        case Trouble.UNKNOWN_SALUTATION:
            return _("{value} is no salutation. Known are Bapak and Ibu; empty means Bapak/Ibu.").format(value=value)
        case Trouble.UNKNOWN_STANDING:
            return _("{value} is no standing. Known are: {standings}; empty means definitif.").format(
                value=value, standings=", ".join(standing.value for standing in Standing))
        case Trouble.BAD_DATE:
            return _("{value} is no date. Write it like 2026-11-22 or 22/11/2026, the year in four digits."
                     ).format(value=value)
        case Trouble.ENDS_BEFORE_BEGINS:
            return _("the office ends before it begins: {value}").format(value=value)
        case Trouble.DUPLICATE:
            return _("the same office of the same person stands here twice: {value}").format(value=value)
        case Trouble.NAME_DIFFERS:
            if problem.other_line:
                return _("the number of {value} stands in line {line} too, there it belongs to {other}. One number is "
                         "one person.").format(value=value, line=problem.other_line, other=problem.other)
            return _("the number of {value} is known already, it belongs to {other}. One number is one person."
                     ).format(value=value, other=problem.other)
        case Trouble.HEAD_IS_OFFICER:
            return _("a village head cannot be an officer of the cooperative: {value}").format(value=value)
        case Trouble.TWO_HOLDERS:
            if problem.other_line:
                return _("{role} of {place} is also {other} in line {line}, at the same time. Only one can be."
                         ).format(role=value, place=place, other=problem.other, line=problem.other_line)
            return _("{role} of {place} is {other} already, at the same time. Only one can be; if it is a successor, "
                     "end the term of {other} first, with a row of the roster.").format(
                role=value, place=place, other=problem.other)
        case Trouble.EXAMPLE_ROW:
            return _("{value} is an example from the template (nomor_sk «DATA CONTOH») and not taken over. Delete this "
                     "row, or write the true number of the decree.").format(value=value)
        case Trouble.MAY_BE_OFFICER:
            return _("please check, it was taken over: {value} may be both the village head and an officer of the "
                     "cooperative, under two numbers.").format(value=value)
    raise AssertionError(f"nobody wrote a sentence for {problem.trouble!r}")
