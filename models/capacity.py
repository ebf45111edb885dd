"""In which office a person acts: the mandate that a report, a request or a broadcast is signed with."""

from datetime import date

from models.access import ACCESS, Action, require
from models.people import Mandate, Person
from models.places import within


def acting_mandate(person: Person, action: Action, place_code: str, *, on: date) -> Mandate:
    """Of several mandates that allow it, the one nearest to the place, then the oldest."""
    require(person, action, place_code, on=on)
    return max(
        (m for m in person.mandates_on(on) if action in ACCESS[m.role][1] and within(place_code, m.place_code)),
        key=lambda m: (len(m.place_code), -m.id),
    )
