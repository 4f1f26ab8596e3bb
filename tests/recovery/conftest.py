"""A case walked from its first claim to its end, step by step."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.actions.authenticators.security_answers import set_answers
from accounts.actions.password import Prepared
from accounts.enums import ActivityKind, Role
from accounts.hashers import PortalArgon2Hasher
from accounts.models import AccountActivity, Enrolment, EnrolmentItem, User
from portal.lib.client import Origin
from portal.outbox.models import Notice, NoticeState
from recovery.actions import claims, completion, grants, possession, questions, reviews, statements, timers
from recovery.actions.completion import NewKey
from recovery.enums import Observed, Prompt, Purpose
from recovery.methods import METHODS
from recovery.models import Case, Claim, Decision, PlanItem, RecoveryGrant
from tests import factories
from tests.factories import Person

ORIGIN = Origin(address="198.51.100.7", device="Firefox on Linux", request_id="REQ")
BROWSER = "the-claimants-browser"
NEW_PASSWORD = "Nine-Lanterns-Over-Water-7"
TICKET = "the-ticket-of-the-claimants-browser"
NEW_SEED = factories.seed_of("the new phone")
REASON = "Everything on file agrees with what the caller said."
PERSONAL = {
    "address": {"line1": "12 St James Square", "city": "London", "postcode": "SW1Y 4JH", "country": "GB"},
    "application": {
        "opened": "2019-03-14",
        "employer": "Analytical Engines Ltd",
        "first_bank": "Thames Bank",
        "tax_country": "GB",
        "experience": "5-10 years",
    },
}
QUESTIONS = {"first_school": "Marylebone", "childhood_friend": "Mary Somerville"}
RIGHT = {
    Prompt.BIRTH_DATE: "10 December 1985",
    Prompt.ADDRESS: "12, SW1Y 4JH",
    Prompt.OPENED: "March 2019",
    Prompt.EMPLOYER: "Analytical Engines",
    Prompt.FIRST_BANK: "Thames",
    Prompt.TAX_COUNTRY: "United Kingdom",
    Prompt.EXPERIENCE: "7",
    Prompt.ORDER_INSTRUMENT: "ACME",
    Prompt.ORDER_AMOUNT: "about 1,200",
    Prompt.DEPOSIT_AMOUNT: "5k",
    Prompt.WITHDRAWAL_AMOUNT: "none",
    Prompt.TRANSFER_AMOUNT: "none",
    Prompt.PHONE_ORDER: "none",
}


def right_answer(item: PlanItem) -> str:
    return QUESTIONS.get(item.question, "do not know") if item.prompt == Prompt.QUESTION else RIGHT[Prompt(item.prompt)]


def wrong_answer(item: PlanItem) -> str:
    return {Prompt.BIRTH_DATE: "1 May 1999", Prompt.ADDRESS: "99, AB1 2CD"}.get(Prompt(item.prompt), "Zzyzx 777777777")


def now():
    return timezone.now()


@dataclass
class Walk:
    """One case on its way; each verb does a step and returns this, so that a test reads as a story."""

    maker: User
    username: str = "ada"
    browser: str = BROWSER
    claim: Claim | None = None
    pin: str = ""
    seniors: dict[int, Person] = field(default_factory=dict)
    grant: RecoveryGrant | None = None
    enrolment: Enrolment | None = None
    first_part: str = ""

    @property
    def case(self) -> Case:
        return Case.objects.select_related("policy", "subject").get(pk=self.claim.case_id)

    @property
    def state(self) -> str:
        return self.case.state

    @property
    def decision(self) -> Decision:
        return Decision.objects.filter(case=self.claim.case_id).latest("pk")

    def opened(self, *, by: User | None = None, origin: Origin = ORIGIN) -> "Walk":
        made = claims.open_claim(
            username=self.username,
            lost=[Purpose.KEY],
            contact="",
            browser="" if by else self.browser,
            by=by,
            origin=origin,
            now=now(),
        )
        self.claim, self.pin = made.claim, made.pin
        return self

    def in_session(self) -> "Walk":
        if self.claim is None:
            self.opened()
        found = claims.find_claim(reference=self.claim.reference, pin=self.pin, now=now())
        questions.start_session(claim=found, by=self.maker, origin=ORIGIN, now=now())
        self.claim.refresh_from_db()
        return self

    def answered(self, how=right_answer) -> "Walk":
        for item in questions.unanswered(self.claim):
            questions.record_answer(item=item, answer=how(item), by=self.maker, origin=ORIGIN, now=now())
        questions.finish_round(claim=self.claim, by=self.maker, origin=ORIGIN, now=now())
        return self

    def stated(self, *codes: Observed) -> "Walk":
        statements.file_statement(
            claim=self.claim,
            codes=codes,
            recommends=True,
            call_reference="call 4711",
            by=self.maker,
            origin=ORIGIN,
            now=now(),
        )
        return self

    def with_mail_code(self) -> "Walk":
        mail = METHODS["mail"]
        possession.send(method=mail, claim=self.claim, by=None, origin=ORIGIN, now=now())
        code = Notice.objects.filter(kind="code").latest("pk").facts["code"].replace(" ", "")
        possession.accept(method=mail, claim=self.claim, typed={"code": code}, origin=ORIGIN, now=now())
        return self

    def in_review(self, *codes: Observed) -> "Walk":
        return self.in_session().answered().stated(*codes).with_mail_code()

    def checker(self) -> Person:
        return self.seniors[self.decision.assigned_to_id]

    def looked_at(self, clock) -> "Walk":
        reviews.open_review(decision=self.decision, by=self.checker().user, origin=ORIGIN, now=now())
        clock.move(minutes=4)
        return self

    def approved(self, clock, *, own_check: str = "Called back myself.") -> "Walk":
        self.looked_at(clock)
        checker = self.checker()
        reviews.approve(
            decision=self.decision,
            reason=REASON,
            own_check=own_check,
            code=checker.code(),
            by=checker.user,
            origin=ORIGIN,
            now=now(),
        )
        return self

    def ready(self, clock) -> "Walk":
        self.in_review().approved(clock)
        return self.waited(clock)

    def waited(self, clock) -> "Walk":
        timers.tick(now())
        Notice.objects.filter(state=NoticeState.DUE).update(state=NoticeState.SENT, sent_at=now())
        clock.set(self.case.until)
        timers.tick(now())
        return self

    def started(self) -> "Walk":
        made = grants.start_grant(claim=self.claim, browser=self.browser, origin=ORIGIN, now=now())
        self.grant, self.first_part = made.grant, made.first_part
        return self

    def second_part(self) -> str:
        return Notice.objects.filter(kind="case_grant_part").latest("pk").facts["part"]

    def opened_grant(self) -> "Walk":
        self.grant = grants.open_grant(
            claim=self.claim,
            first_part=self.first_part,
            second_part=self.second_part(),
            browser=self.browser,
            origin=ORIGIN,
            now=now(),
        )
        return self

    def prepared(self, password: str = NEW_PASSWORD) -> Prepared:
        """Choose a password, and begin the Key that goes with it."""
        chosen = completion.choose_password(grant=self.grant, new_password=password, now=now())
        self.enrolment = completion.begin_key(grant=self.grant, ticket=TICKET, origin=ORIGIN, now=now())
        EnrolmentItem.objects.filter(enrolment=self.enrolment).delete()
        EnrolmentItem.objects.create(enrolment=self.enrolment, user=self.case.subject, secret=NEW_SEED)
        return chosen

    def new_key(self, code: str | None = None) -> NewKey:
        shown = Person(self.case.subject, "", NEW_SEED).code() if code is None else code
        return NewKey(self.enrolment, TICKET, shown, "New phone")

    def completed(self, password: str = NEW_PASSWORD, code: str | None = None) -> "Walk":
        prepared = self.prepared(password)
        completion.complete(grant=self.grant, prepared=prepared, key=self.new_key(code), origin=ORIGIN, now=now())
        return self


_cheap_hash_of = cache(make_password)


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch):
    """Hash at a small cost: a walk takes many, and none of these tests is about their cost."""
    monkeypatch.setattr(PortalArgon2Hasher, "memory_cost", 64)
    monkeypatch.setattr(PortalArgon2Hasher, "time_cost", 1)
    monkeypatch.setattr(factories, "hash_of", _cheap_hash_of)


def ada_with_records(username: str = "ada", **details: object) -> Person:
    """Make Ada, or somebody else, with everything on file that can be asked about."""
    ada = factories.customer(username, **PERSONAL | details)
    set_answers(ada.user, QUESTIONS)
    account = ada.user.mandates.get().account
    happened = [
        (ActivityKind.ORDER, 2, {"instrument": "ACME", "amount": "1210.40"}),
        (ActivityKind.DEPOSIT, 9, {"amount": "5000.00"}),
    ]
    for kind, days, facts in happened:
        at = now() - timedelta(days=days)
        AccountActivity.objects.create(account=account, at=at, kind=kind, own=True, **facts)
    return ada


@pytest.fixture
def holder(db) -> Person:
    return ada_with_records()


@pytest.fixture
def lee(db) -> Person:
    return factories.staff("lee", Role.SENIOR)


@pytest.fixture
def kim(db) -> Person:
    return factories.staff("kim", Role.SENIOR)


@pytest.fixture
def walk(clock, holder, agent, lee, kim) -> Walk:
    """Ada's case, not opened yet, with one agent and two seniors at the desk."""
    return Walk(agent.user, seniors={person.user.pk: person for person in (lee, kim)})


@pytest.fixture
def stranger(clock, agent, lee, kim) -> Walk:
    """The same for a name nobody has."""
    return Walk(agent.user, username="zzz")


@pytest.fixture
def desk(clock, db, agent, lee, kim) -> Walk:
    """An agent and two seniors, and nobody whose case it would be yet."""
    return Walk(agent.user, seniors={person.user.pk: person for person in (lee, kim)})
