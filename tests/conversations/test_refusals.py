"""Every refusal of ours has a sentence, and none of the sentences accuses."""

import importlib
import pkgutil
from datetime import date

import pytest

import models
from conversations.refusals import explain
from conversations.stale import Stale, explain_stale
from locales import LOCALES, use_locale
from models.access import Action
from models.broadcasts import NobodyToTell, NothingToSay, TextTooLong
from models.doubting import DoubtIsOver
from models.enrolling import BoundElsewhere, NoInvitation, NotOnRoster, NotOwnContact, SharedAddress, TooManyWrongCodes
from models.loans import refusals as loans
from models.loans.loan import LoanStatus, Verdict
from models.loans.refusals import LoanRefusal
from models.people import Channel, Role
from models.receiving import PersonalPaper
from models.refusals import NotAllowed, Refusal
from models.reports import FactRefused, NothingReported
from models.rules.bodies import RuleKind
from models.rules.sets import AnotherSetInForce, NoRulesInForce, RuleSet
from tests.making import DESA, NOW

REFUSALS = [
    *(NotAllowed(action, DESA) for action in Action),
    NotAllowed(),
    *(FactRefused(question, "?") for question in ("microsite_since", "sphp_price", "obstacles")),
    NothingReported(),
    loans.LoansSuspended(), loans.LoansSuspended("menunggu PMK baru"), loans.OnlyTheChairFiles(),
    loans.NoMicrosite(None, None), loans.NoMicrosite(False, None), loans.NoMicrosite(False, "K06"),
    loans.NoMicrosite(False, "lupa kata sandi"), loans.LoanStillOpen(17, LoanStatus.RETURNED),
    loans.AmountNotPositive(0), loans.OverCeiling(3_500_000_000, 3_000_000_000),
    loans.OverCeiling(1_000_000_000, 3_000_000_000, 2_500_000_000),
    loans.OverOperationalCeiling(600_000_000, 500_000_000), loans.TenorTooLong(96, 72),
    loans.BankNotAllowed("bca", ("bri", "bsi")), loans.ActivityNotAllowed("rental", ("sembako", "apotek")),
    loans.PapersMissing(("legal_entity", "tax_number", "proposal")), loans.DocumentUnknown(),
    loans.NotYourDecision(Role.VILLAGE_HEAD, DESA), loans.OwnRequest(), loans.VersionReplaced(1, 2),
    *(loans.AlreadyDecided(status, 5, NOW) for status in LoanStatus), loans.AlreadyDecided(LoanStatus.WITHDRAWN),
    loans.NotReturned(LoanStatus.SUBMITTED), loans.AmountAboveRequest(600_000_000, 500_000_000),
    loans.ReasonNeeded(Verdict.DECLINED), loans.StepsNeeded(("minutes", "pin")),
    NotOwnContact(), NotOnRoster(), NotOnRoster(Channel.WHATSAPP), SharedAddress(), BoundElsewhere(), NoInvitation(),
    TooManyWrongCodes(), DoubtIsOver(), PersonalPaper(), NothingToSay(), TextTooLong(2000, 1400), NobodyToTell(),
    NoRulesInForce(RuleKind.LOAN, date(2025, 10, 1)), AnotherSetInForce(RuleSet(code="loan-brief")),
]
KINDS_THAT_ARE_NEVER_RAISED = {LoanRefusal}


def every_refusal(base: type[Refusal] = Refusal) -> set[type[Refusal]]:
    found = set(base.__subclasses__())
    return found.union(*(every_refusal(refusal) for refusal in found))


def test_no_refusal_was_forgotten_here():
    for module in pkgutil.walk_packages(models.__path__, "models."):
        if ".migrations" not in module.name:
            importlib.import_module(module.name)
    ours = {refusal for refusal in every_refusal() if refusal.__module__.startswith("models.")}
    assert ours - KINDS_THAT_ARE_NEVER_RAISED == {type(refusal) for refusal in REFUSALS}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("refusal", REFUSALS, ids=repr)
def test_every_refusal_is_explained_politely_and_shortly(refusal, locale):
    with use_locale(locale):
        said = explain(refusal)
    assert 20 < len(said) < 700
    assert not {"kamu", "anda"} & set(said.casefold().split())


def test_an_unknown_refusal_is_a_bug_and_not_silence():
    with pytest.raises(AssertionError):
        explain(Refusal())
    with pytest.raises(AssertionError):
        explain(LoanRefusal())


def test_a_reason_is_told_in_words_not_by_its_code():
    assert "K06" not in explain(loans.NoMicrosite(False, "K06"))


def test_each_stale_press_has_a_sentence_of_its_own():
    assert len({explain_stale(stale) for stale in Stale}) == len(Stale)
