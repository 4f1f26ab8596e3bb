"""Sources of the right answers: a customer's records, read at the moment of comparison and never shown."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db.models import Max, Min, QuerySet

from accounts.actions.authenticators import security_answers
from accounts.actions.welcome import letters
from accounts.enums import ActivityKind, MandateRole
from accounts.models import AccountActivity, Customer, Mandate, User
from accounts.policies.keys.identity_proofing import ANSWERS_ASKED
from portal.lib import digests
from recovery.actions import one_time_secrets
from recovery.enums import Outcome, Prompt, Source
from recovery.models import PlanItem
from recovery.policies import answer_matching, question_plan
from recovery.policies.question_plan import Draft

_WINDOW = timedelta(days=90)
_SETTLED = timedelta(days=1)
_MOST_ACCOUNTS = 100  # of one person


class EvidenceSource(Protocol):
    """One kind of record. ``draw`` offers questions, ``compare`` judges an answer; neither reveals it."""

    def draw(self, subject: User, *, now: datetime) -> Iterable[Draft]:
        """Return every question that this person can be asked."""

    def compare(self, subject: User, item: PlanItem, given: str) -> Outcome:
        """Return the outcome of an answer."""


class PersonalDetails:
    """Birth date, and what else tells one person from another."""

    _comparers: dict[str, answer_matching.Comparer] = {
        Prompt.BIRTH_DATE: answer_matching.dates,
        Prompt.ADDRESS: answer_matching.addresses,
        Prompt.PHONE: answer_matching.phones,
        Prompt.MIDDLE_NAME: answer_matching.names,
        Prompt.ACCOUNT_NUMBER: answer_matching.any_code,
    }

    def draw(self, subject: User, *, now: datetime) -> Iterable[Draft]:
        """Offer the details on file."""
        return [
            Draft(Source.PERSONAL, prompt, str(prompt))
            for prompt in question_plan.PERSONAL
            if (_has_welcome_code(subject) if prompt == Prompt.WELCOME_CODE else self._expected(subject, prompt))
        ]

    def compare(self, subject: User, item: PlanItem, given: str) -> Outcome:
        """Compare by the kind of detail."""
        if item.prompt == Prompt.WELCOME_CODE:
            return _outcome(_is_welcome_code(subject, given))
        return _outcome(self._comparers[item.prompt](self._expected(subject, item.prompt), given))

    def _expected(self, subject: User, prompt: str) -> str:
        return self._readers[prompt](subject)

    _readers: dict[str, Callable[[User], str]] = {
        Prompt.BIRTH_DATE: lambda subject: str(_customer(subject).birth_date),
        Prompt.ADDRESS: lambda subject: _address(_customer(subject).address),
        Prompt.PHONE: lambda subject: str(_customer(subject).phone),
        Prompt.MIDDLE_NAME: lambda subject: str(_customer(subject).middle_name),
        Prompt.ACCOUNT_NUMBER: lambda subject: _account_numbers(subject),  # noqa: PLW0108  defined below
    }


def _address(on_file: Mapping[str, Any]) -> str:
    lines = [str(on_file.get(line, "")) for line in ("line1", "line2")]
    return answer_matching.address(lines, str(on_file.get("city", "")), str(on_file.get("postcode", "")))


def _account_numbers(subject: User) -> str:
    own = Mandate.objects.filter(user=subject, role=MandateRole.OWNER).order_by("account")
    return "\n".join(own.values_list("account__number", flat=True)[:_MOST_ACCOUNTS])


def _has_welcome_code(subject: User) -> bool:
    return bool(_customer(subject).application.get("welcome_code")) or letters.has_used_one(subject)


def _is_welcome_code(subject: User, given: str) -> bool:
    """Compare with the code of the letter that let the user in, or of one that the firm had sent before."""
    earlier = str(_customer(subject).application.get("welcome_code", ""))
    return letters.matches(subject, given) or bool(earlier and answer_matching.codes(earlier, given))


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
    """Return every question for a person; for an unknown username, those of a customer without their answers.

    Which customer is derived from the username, so that the questions are as those of real people are at this firm:
    the same in every round, and of every kind as often as among them.
    """
    like = subject or _customer_like(seed := int(digests.keyed("imagined-person", username_hash), 16))
    if like is None:
        return question_plan.imagined(seed)
    known = [draft for source in _SOURCES.values() for draft in source.draw(like, now=now)]
    return known if subject else question_plan.likened(known)


def _customer_like(seed: int) -> User | None:
    """Return the same user with a customer for the same number, None if there are none.

    Some numbers stand for places that are not taken yet: for these another one is drawn, until somebody takes it.
    """
    people = User.objects.filter(customer__isnull=False)
    ends = people.aggregate(first=Min("pk"), last=Max("pk"))
    if ends["first"] is None:
        return None
    places = 1 << (ends["last"] - ends["first"]).bit_length()
    place = ends["first"] + seed % places
    if place > ends["last"]:
        place = ends["first"] + (seed >> 64) % max(places // 2, 1)
    return people.select_related("customer").filter(pk__gte=place).order_by("pk").first()


def judge(subject: User | None, item: PlanItem, given: str) -> Outcome:
    """Return the outcome of an answer; what is not on file does not count, whatever is said.

    Takes as long if there is nothing to compare with.
    """
    is_on_file = subject is not None and bool(item.locator or item.is_decoy)
    if answer_matching.is_forgotten(given):
        return Outcome.UNKNOWN if is_on_file else Outcome.VOID
    if subject is None or not is_on_file:
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
