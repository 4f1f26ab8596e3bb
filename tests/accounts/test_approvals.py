"""Requests to approve: sent within limits, answered once, bound to the sign-in that asked."""

import pytest
from django.db import transaction

from accounts.actions import approvals
from accounts.actions.sign_in import Pending
from accounts.enums import Action, RequestState
from accounts.models import Key, SecurityEvent, SignInRequest
from accounts.policies import signing
from accounts.refusals import (
    NumberWrong,
    RequestOver,
    SignInTooSlow,
)
from portal.lib import client
from tests import factories
from tests.conftest import Clock
from tests.factories import KeyPhone, Person

pytestmark = pytest.mark.django_db
HERE = client.Origin("203.0.113.7", "Chrome on Windows", "7F3K2Q9C")


@pytest.fixture
def phone(ada: Person, clock: Clock) -> KeyPhone:
    """Ada's phone, with a Key of hers."""
    return factories.phone(ada)


def pending_of(person: Person, clock: Clock) -> Pending:
    user = person.user
    return Pending(user.pk, user.auth_epoch, user.name_digest, "stranger", clock.now.timestamp())


def ask(person: Person, clock: Clock, **more: str) -> approvals.Asked:
    return approvals.ask(pending=pending_of(person, clock), origin=HERE, now=clock.now, **more)


def answer(
    phone: KeyPhone,
    request: SignInRequest,
    clock: Clock,
    *,
    decision: str = approvals.APPROVE,
    number: str = "",
    reason: str = "",
    version: str = "1.0",
    **changed: object,
) -> SignInRequest:
    """Sign an answer as the Key app does; ``changed``: what is sent differs from what was signed."""
    time = int(clock.now.timestamp())
    text = signing.answer_text(
        request=request.reference, account=request.user.username, decision=decision, number=number, time=time
    )
    said = {"decision": decision, "number": number, "reason": reason, "time": time, "signature": phone.sign(text)}
    given = approvals.Answer(**said | changed)
    return approvals.answer(
        phone=phone.row, reference=request.reference, given=given, version=version, origin=HERE, now=clock.now
    )


def deny(phone: KeyPhone, request: SignInRequest, clock: Clock, reason: str = "not_me") -> SignInRequest:
    return answer(phone, request, clock, decision=approvals.DENY, reason=reason)


def use(person: Person, asked: approvals.Asked, clock: Clock) -> Key:
    with transaction.atomic():
        return approvals.use(pending=pending_of(person, clock), reference=asked.request.reference, now=clock.now)


def other_than(number: str) -> str:
    return f"{(int(number) + 1) % 100:02}"


@pytest.mark.promise("KEY-2")
def test_the_right_number_approves_once(ada: Person, phone: KeyPhone, clock: Clock) -> None:
    asked = ask(ada, clock)

    answer(phone, asked.request, clock, number=asked.number)

    assert use(ada, asked, clock).phone == phone.row
    assert approvals.standing_of(asked.request.reference, now=clock.now) == RequestState.USED
    with pytest.raises(SignInTooSlow):
        use(ada, asked, clock)


@pytest.mark.promise("KEY-2")
def test_the_third_wrong_number_ends_the_request(ada: Person, phone: KeyPhone, clock: Clock) -> None:
    asked = ask(ada, clock)
    wrong = other_than(asked.number)

    for left in (2, 1):
        with pytest.raises(NumberWrong) as refused:
            answer(phone, asked.request, clock, number=wrong)
        assert refused.value.facts["tries_left"] == left
    with pytest.raises(RequestOver):
        answer(phone, asked.request, clock, number=wrong)

    with pytest.raises(RequestOver):
        answer(phone, asked.request, clock, number=asked.number)
    with pytest.raises(RequestOver):
        use(ada, asked, clock)
    assert SecurityEvent.objects.filter(action=Action.REQUEST_FAILED).count() == 1
