"""Identity proofing for an enrolment (KEY-4): an e-mailed code; before the first Key, answers or details as well."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.actions.authenticators import emailed_code, security_answers
from accounts.actions.keys.enrolment import rows
from accounts.actions.welcome import letters
from accounts.enums import Action, CodePurpose, EnrolmentPurpose, EnrolmentState, MandateRole
from accounts.models import Enrolment, Mandate, SecurityAnswer, User
from accounts.policies.keys import identity_proofing
from accounts.refusals import DetailsWrong, NothingToAsk, refusing, too_often
from portal.audit.record import record
from portal.lib import client, hash_semaphore
from portal.throttle import limits
from portal.throttle.reserve import give_back, reserve

BIRTH_DATE, DETAIL = "birth_date", "detail"  # names of the details in ``given``


@dataclass(frozen=True)
class _OnFile:
    birth_date: str
    postcode: str
    accounts: tuple[str, ...]  # their numbers
    phone: str

    @property
    def codes(self) -> tuple[str, ...]:
        """Return what is compared without spaces and punctuation."""
        return (self.postcode, *self.accounts)


def send_email(*, enrolment: Enrolment, origin: client.Origin, now: datetime) -> None:
    """Send a code that proves the mailbox, or a new one. Needs: no open transaction. Raises: ``TooOften``."""
    if enrolment.state != EnrolmentState.EMAIL:
        raise rows.over(enrolment)
    emailed_code.send(
        user=enrolment.user,
        purpose=CodePurpose.ENROL,
        by=enrolment.user,
        origin=origin,
        now=now,
        flow=enrolment.flow,
    )


def accept_email(*, enrolment: Enrolment, binding: str, code: str, origin: client.Origin, now: datetime) -> Enrolment:
    """Accept the e-mailed code. Needs: no open transaction.

    Raises: ``EmailedCodeWrong``, ``TooOften``, and ``EnrolmentOver`` when the enrolment is not at this step.
    """
    if enrolment.state != EnrolmentState.EMAIL:
        raise rows.over(enrolment)
    emailed_code.accept(
        user=enrolment.user, purpose=CodePurpose.ENROL, code=code, origin=origin, now=now, flow=enrolment.flow
    )
    step = "prove-first" if enrolment.purpose == EnrolmentPurpose.FIRST else "prove-added"
    return _prove(enrolment, binding, EnrolmentState.EMAIL, step, shown="e-mail", origin=origin, now=now)


@refusing(too_often)
def accept_details(
    *, enrolment: Enrolment, binding: str, given: Mapping[str, str], origin: client.Origin, now: datetime
) -> Enrolment:
    """Accept the security answers or personal details; ``given`` as for ``is_right``.

    Effects: an attempt reserved and given back. Needs: no open transaction.
    Raises: ``DetailsWrong`` (without saying which part), ``TooOften``, ``NothingToAsk``, ``EnrolmentOver``.
    """
    if enrolment.state != EnrolmentState.DETAILS:
        raise rows.over(enrolment)
    attempt = reserve(limits.DETAILS.of(enrolment.user.username_hash), now=now)
    try:
        right = is_right(enrolment.user, given)
    except hash_semaphore.HashingOverloaded:
        give_back(attempt)
        raise
    if not right:
        raise attempt.refusal(DetailsWrong(tries_left=attempt.tries_left))
    give_back(attempt)
    return _prove(enrolment, binding, EnrolmentState.DETAILS, "prove-first", shown="details", origin=origin, now=now)


def _prove(
    enrolment: Enrolment,
    binding: str,
    state: EnrolmentState,
    step: str,
    *,
    shown: str,
    origin: client.Origin,
    now: datetime,
) -> Enrolment:
    """Record a correct proof, unless the enrolment has moved meanwhile: the step has two meanings."""
    with transaction.atomic():
        locked = rows.lock_owned(enrolment, binding, now=now)
        if locked.state != state:
            raise rows.over(locked)
        rows.move(locked, step, now=now)
        record(
            Action.ENROLMENT_PROVED,
            by=locked.user,
            on=locked.user,
            now=now,
            origin=origin,
            flow=locked.flow,
            shown=shown,
        )
    return locked


def questions_for(user: User) -> tuple[str, ...]:
    """Return the security questions for this user, by name; none if personal details are asked for instead.

    Raises: ``NothingToAsk``.
    """
    if asked := identity_proofing.questions_asked(_answers_of(user)):
        return asked
    known = _details_of(user)
    if identity_proofing.can_ask_details(known.birth_date, known.codes, known.phone):
        return ()
    if known.birth_date and letters.has_used_one(user):
        return ()  # the code of the letter is the other detail
    raise NothingToAsk


def is_right(user: User, given: Mapping[str, str]) -> bool:
    """Check all the answers together, without saying which part is wrong.

    ``given``: answers by question, or an ISO date and one more detail under the names above. Every answer costs
    one hash, right or wrong. Raises: ``NothingToAsk``.
    """
    if asked := questions_for(user):
        rows = _answers_of(user)
        right = [security_answers.is_answer(rows[question], given.get(question, "")) for question in asked]
        return all(right)
    known = _details_of(user)
    typed_date, typed_detail = given.get(BIRTH_DATE, ""), given.get(DETAIL, "")
    has_letter = letters.matches(user, typed_detail)
    return identity_proofing.are_details(
        known.birth_date, known.codes, known.phone, typed_date=typed_date, typed_detail=typed_detail
    ) | (identity_proofing.is_birth_date(known.birth_date, typed_date) & has_letter)


def can_ask_beside_letter(user: User) -> bool:
    """Tell whether a detail is on file that a welcome letter does not show; the postcode is on its envelope."""
    known = _details_of(user)
    return bool(known.accounts or known.phone)


def is_right_beside_letter(user: User, given: Mapping[str, str]) -> bool:
    """Check the birth date and, if there is one, a detail that a welcome letter does not show; as ``is_right``.

    Whoever has no such detail on file is not asked for one: the letter and the e-mailed code are proofs of their own.
    """
    known = _details_of(user)
    typed_date, typed_detail = given.get(BIRTH_DATE, ""), given.get(DETAIL, "")
    if not (known.accounts or known.phone):
        return identity_proofing.is_birth_date(known.birth_date, typed_date)
    return identity_proofing.are_details(
        known.birth_date, known.accounts, known.phone, typed_date=typed_date, typed_detail=typed_detail
    )


def _answers_of(user: User) -> dict[str, SecurityAnswer]:
    return {row.question: row for row in security_answers.current(user)}


def _details_of(user: User) -> _OnFile:
    person = user.customer
    if person is None:
        return _OnFile("", "", (), "")
    own = Mandate.objects.filter(user=user, role=MandateRole.OWNER)
    numbers = own.values_list("account__number", flat=True)
    return _OnFile(person.birth_date, str(person.address.get("postcode", "")), tuple(numbers), person.phone)
