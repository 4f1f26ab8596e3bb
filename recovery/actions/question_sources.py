"""Sources of the right answers: a customer's records, read at the moment of comparison and never shown."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from django.db.models import QuerySet

from accounts.actions.authenticators import security_answers
from accounts.enums import ActivityKind, MandateRole
from accounts.models import AccountActivity, Customer, User
from accounts.policies.keys.identity_proofing import ANSWERS_ASKED
from portal.lib import digests
from recovery.actions import one_time_secrets
from recovery.enums import Outcome, Prompt, Source
from recovery.models import PlanItem
from recovery.policies import answer_matching, question_plan
from recovery.policies.question_plan import Draft

_WINDOW = timedelta(days=90)
_SETTLED = timedelta(days=1)


class EvidenceSource(Protocol):
    """One kind of record. ``draw`` offers questions, ``compare`` judges an answer; neither reveals it."""

    def draw(self, subject: User, *, now: datetime) -> Iterable[Draft]:
        """Return every question that this person can be asked."""

    def compare(self, subject: User, item: PlanItem, given: str) -> Outcome:
        """Return the outcome of an answer."""


class PersonalDetails:
    """Birth date and registered address."""

    def draw(self, subject: User, *, now: datetime) -> Iterable[Draft]:
        """Offer the details on file."""
        return [
            Draft(Source.PERSONAL, prompt, str(prompt))
            for prompt in question_plan.PERSONAL
            if self._expected(subject, prompt)
        ]

    def compare(self, subject: User, item: PlanItem, given: str) -> Outcome:
        """Compare a date or an address."""
        comparer = answer_matching.dates if item.prompt == Prompt.BIRTH_DATE else answer_matching.addresses
        return _outcome(comparer(self._expected(subject, item.prompt), given))

    def _expected(self, subject: User, prompt: str) -> str:
        customer = _customer(subject)
        if prompt == Prompt.BIRTH_DATE:
            return str(customer.birth_date)
        number = answer_matching.house_number(str(customer.address.get("line1", "")))
        postcode = str(customer.address.get("postcode", ""))
        return f"{number}|{postcode}" if number and postcode else ""


class Application:
    """Statements made when the account was opened."""

    _comparers: dict[str, answer_matching.Comparer] = {
        Prompt.OPENED: answer_matching.months,
        Prompt.EMPLOYER: answer_matching.names,
        Prompt.FIRST_BANK: answer_matching.names,
        Prompt.TAX_COUNTRY: answer_matching.places,
        Prompt.EXPERIENCE: answer_matching.bands,
    }

    def draw(self, subject: User, *, now: datetime) -> Iterable[Draft]:
        """Offer each statement on file."""
        stated = _customer(subject).application
        return [
            Draft(Source.APPLICATION, prompt, str(prompt)) for prompt in question_plan.APPLICATION if stated.get(prompt)
        ]

    def compare(self, subject: User, item: PlanItem, given: str) -> Outcome:
        """Compare by the kind of statement."""
        expected = str(_customer(subject).application.get(item.locator, ""))
        return _outcome(self._comparers[item.prompt](expected, given))


class Activity:
    """The customer's activity on their own accounts; nothing that others can cause, nothing in the last day."""

    _kinds: dict[str, tuple[ActivityKind, str]] = {
        Prompt.ORDER_INSTRUMENT: (ActivityKind.ORDER, "instrument"),
        Prompt.ORDER_AMOUNT: (ActivityKind.ORDER, "amount"),
        Prompt.DEPOSIT_AMOUNT: (ActivityKind.DEPOSIT, "amount"),
        Prompt.WITHDRAWAL_AMOUNT: (ActivityKind.WITHDRAWAL, "amount"),
        Prompt.TRANSFER_AMOUNT: (ActivityKind.TRANSFER, "amount"),
    }

    def draw(self, subject: User, *, now: datetime) -> Iterable[Draft]:
        """Offer the newest event of each kind; a kind that did not happen makes a decoy."""
        recent = list(self._events(subject).filter(at__gt=now - _WINDOW).order_by("-at", "-pk"))
        newest = {kind: next((event for event in recent if event.kind == kind), None) for kind in ActivityKind}
        for prompt, (kind, field) in self._kinds.items():
            event = newest[kind]
            if event is None:
                yield Draft(Source.ACTIVITY, Prompt(prompt), is_decoy=True)
            elif event.at <= now - _SETTLED and getattr(event, field):
                yield Draft(Source.ACTIVITY, Prompt(prompt), f"activity:{event.pk}")
        yield Draft(Source.ACTIVITY, Prompt.PHONE_ORDER, is_decoy=True)

    def compare(self, subject: User, item: PlanItem, given: str) -> Outcome:
        """Compare with the event; the right answer to a decoy is that it never happened."""
        if item.is_decoy:
            return _outcome(answer_matching.is_nothing(given))
        field = self._kinds[item.prompt][1]
        event = self._events(subject).filter(pk=item.locator.removeprefix("activity:")).first()
        expected = str(getattr(event, field, "") or "")
        return _outcome(
            (answer_matching.instruments if field == "instrument" else answer_matching.money)(expected, given)
        )

    def _events(self, subject: User) -> QuerySet[AccountActivity]:
        owned = {"account__mandates__user": subject, "account__mandates__role": MandateRole.OWNER}
        return AccountActivity.objects.filter(own=True, **owned)


class SecurityQuestions:
    """The customer's security questions; their answers are stored as slow hashes only."""

    def draw(self, subject: User, *, now: datetime) -> Iterable[Draft]:
        """Offer the same two in every round, however many have an answer: more rounds must not try more of them."""
        names = security_answers.current(subject).values_list("question", flat=True)[:ANSWERS_ASKED]
        return [Draft(Source.QUESTION, Prompt.QUESTION, f"answer:{name}", name) for name in names]

    def compare(self, subject: User, item: PlanItem, given: str) -> Outcome:
        """Compare at the cost of one hash."""
        row = security_answers.current(subject).filter(question=item.question).first()
        return _outcome(row is not None and security_answers.is_answer(row, given))


_SOURCES: dict[str, EvidenceSource] = {
    Source.PERSONAL: PersonalDetails(),
    Source.APPLICATION: Application(),
    Source.ACTIVITY: Activity(),
    Source.QUESTION: SecurityQuestions(),
}


def questions_for(subject: User | None, *, username_hash: str, now: datetime) -> list[Draft]:
    """Return every question for a person; for an unknown username, of an imaginary person derived from it."""
    if subject is None:
        return question_plan.imagined(int(digests.keyed("imagined-person", username_hash), 16))
    return [draft for source in _SOURCES.values() for draft in source.draw(subject, now=now)]


def judge(subject: User | None, item: PlanItem, given: str) -> Outcome:
    """Return the outcome of an answer. Takes as long if there is nothing to compare with."""
    if answer_matching.is_forgotten(given):
        return Outcome.UNKNOWN
    if subject is None or not (item.locator or item.is_decoy):
        if item.source == Source.QUESTION:
            one_time_secrets.spend_a_hash(given)
        return Outcome.VOID
    return _SOURCES[item.source].compare(subject, item, given)


def _customer(subject: User) -> Customer:
    if subject.customer is None:
        raise TypeError("only customers have records to ask about")
    return subject.customer


def _outcome(is_right: bool) -> Outcome:
    return Outcome.MET if is_right else Outcome.NOT_MET
