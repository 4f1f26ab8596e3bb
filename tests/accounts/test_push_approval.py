"""Requests to approve: sent within limits, answered once, bound to the sign-in that asked."""

import pytest
from django.conf import settings
from django.db import transaction

from accounts.actions import sessions, suspension
from accounts.actions.keys import key_revocation
from accounts.actions.sign_in import push_approval
from accounts.enums import Action, DenyReason, EndReason, RequestState
from accounts.models import BackupCode, Key, Passkey, PushChallenge, Report
from accounts.policies import push_approval as rules
from accounts.refusals import (
    RequestDenied,
    RequestExpired,
    RequestOver,
    RequestsStopped,
    RequestWaiting,
    SignInTooSlow,
    Suspended,
    TooManyRequests,
)
from portal.audit.models import SecurityEvent
from portal.lib import client
from portal.outbox.models import Notice
from portal.throttle import limits
from tests import factories
from tests.conftest import Clock
from tests.factories import Person
from tests.phone import Phone, Said
from tests.phones import paired, row_of

pytestmark = pytest.mark.django_db
HERE = client.Origin("203.0.113.7", "Chrome on Windows", "7F3K2Q9C")
DENIED, APPROVED, NOT_ME = RequestState.DENIED, RequestState.APPROVED, DenyReason.NOT_ME


def pending_of(person: Person, clock: Clock) -> object:
    user = person.user
    return factories.pending(user, at=clock.now)


def ask(person: Person, clock: Clock, **more: str) -> push_approval.SentRequest:
    return push_approval.ask(pending=pending_of(person, clock), origin=HERE, now=clock.now, **more)


def waiting(asked: push_approval.SentRequest) -> dict[str, str]:
    """Return what the phone hears of a request."""
    return {"request": asked.request.reference, "account": asked.request.user.username}


def approve(phone: Phone, asked: push_approval.SentRequest) -> Said:
    return phone.approve(waiting(asked), asked.number)


def use(person: Person, asked: push_approval.SentRequest, clock: Clock) -> Key:
    with transaction.atomic():
        return push_approval.use(pending=pending_of(person, clock), reference=asked.request.reference, now=clock.now)


def standing(asked: push_approval.SentRequest, clock: Clock) -> str:
    return push_approval.state_of(asked.request.reference, now=clock.now)


# --- Sent -------------------------------------------------------------------------------------------


def test_a_request_goes_out_once_to_each_phone_of_the_person(ada: Person, mallory: Person, clock: Clock) -> None:
    first, second, strange = paired(ada), paired(ada, name="Tablet"), paired(mallory)

    asked = ask(ada, clock)

    assert [len(phone.requests()["requests"]) for phone in (first, second, strange)] == [1, 1, 0]
    event = SecurityEvent.objects.get(action=Action.REQUEST_SENT)
    assert (event.subject, event.actor, event.facts) == (ada.user, None, {"request": asked.request.pk})


def test_nobody_without_a_phone_is_asked(ada: Person, clock: Clock) -> None:
    assert ask(ada, clock) is None
    assert PushChallenge.objects.count() == 0


@pytest.mark.parametrize("reason", [EndReason.TURNED_OFF, EndReason.LOST])
def test_a_phone_that_is_off_is_not_asked(pixel: Phone, ada: Person, clock: Clock, reason: EndReason) -> None:
    key_revocation.end_phone(phone=row_of(pixel), reason=reason, by=ada.user, origin=HERE, now=clock.now)
    ada.user.refresh_from_db()

    assert ask(ada, clock) is None


def test_the_number_is_kept_as_a_digest_of_this_request(pixel: Phone, ada: Person, clock: Clock) -> None:
    first = ask(ada, clock)
    digests = {PushChallenge.objects.get(pk=first.request.pk).number_digest}
    for _ in range(2):
        digests.add(ask(ada, clock).request.number_digest)

    assert len(digests) == 3
    assert len(first.number) == settings.PORTAL_NUMBER_DIGITS
    assert first.number not in Notice.objects.filter(kind="request").values_list("facts", flat=True)


@pytest.mark.promise("KEY-2")
def test_three_requests_in_ten_minutes_and_no_more(pixel: Phone, ada: Person, clock: Clock) -> None:
    first = clock.now
    for _ in range(settings.PORTAL_PUSH_PER_10_MIN):
        ask(ada, clock)
        clock.move(minutes=2)

    with pytest.raises(TooManyRequests) as refused:
        ask(ada, clock)
    assert refused.value.until == first + rules.SILENCE

    clock.set(refused.value.until)
    assert ask(ada, clock)


def test_a_refused_request_leaves_the_one_that_waits(pixel: Phone, ada: Person, clock: Clock) -> None:
    for _ in range(settings.PORTAL_PUSH_PER_10_MIN):
        asked = ask(ada, clock)

    with pytest.raises(TooManyRequests):
        ask(ada, clock, instead_of=asked.request.reference)

    assert standing(asked, clock) == RequestState.WAITING


def test_sending_again_withdraws_the_request_before_and_no_other(pixel: Phone, ada: Person, clock: Clock) -> None:
    other, before = ask(ada, clock), ask(ada, clock)

    ask(ada, clock, instead_of=[before.request.reference])

    assert (standing(other, clock), standing(before, clock)) == (RequestState.WAITING, RequestState.WITHDRAWN)
    assert approve(pixel, before).cause == "N5"


@pytest.mark.promise("KEY-2", "LOCK-4")
def test_not_me_silences_requests_for_ten_minutes_and_starts_a_report(pixel: Phone, ada: Person, clock: Clock) -> None:
    pixel.deny(waiting(ask(ada, clock)))

    with pytest.raises(TooManyRequests) as refused:
        ask(ada, clock)
    assert refused.value.until == clock.now + rules.SILENCE
    assert Report.objects.get().user == ada.user

    clock.set(refused.value.until)
    assert ask(ada, clock)


def test_a_change_of_mind_starts_no_report_and_silences_nothing(pixel: Phone, ada: Person, clock: Clock) -> None:
    pixel.deny(waiting(ask(ada, clock)), "cancelled")

    assert ask(ada, clock)
    assert Report.objects.count() == 0


def twice_denied(phone: Phone, person: Person, clock: Clock) -> None:
    for _ in range(rules.DENIALS):
        phone.deny(waiting(ask(person, clock)), "cancelled")
        clock.move(seconds=1)


@pytest.mark.promise("KEY-2")
def test_two_refusals_in_a_row_stop_requests_for_as_long_as_it_takes(pixel: Phone, ada: Person, clock: Clock) -> None:
    twice_denied(pixel, ada, clock)
    clock.move(days=90)

    with pytest.raises(RequestsStopped):
        ask(ada, clock)


def code_of_the_key(person: Person, clock: Clock) -> None:
    Key.objects.filter(user=person.user).update(last_used_at=clock.now)


def code_on_paper(person: Person, clock: Clock) -> None:
    BackupCode.objects.create(user=person.user, digest="d", created_at=clock.now, used_at=clock.now)


def passkey(person: Person, clock: Clock) -> None:
    Passkey.objects.create(user=person.user, credential_id="c", created_at=clock.now, last_used_at=clock.now)


@pytest.mark.parametrize("sign_in", [code_of_the_key, code_on_paper, passkey])
def test_a_sign_in_by_other_means_opens_requests_again(
    pixel: Phone, ada: Person, clock: Clock, sign_in: object
) -> None:
    twice_denied(pixel, ada, clock)

    sign_in(ada, clock)

    assert ask(ada, clock)


def test_an_approval_between_two_refusals_keeps_requests_open(pixel: Phone, ada: Person, clock: Clock) -> None:
    for decide in (lambda asked: pixel.deny(waiting(asked), "cancelled"), lambda asked: approve(pixel, asked)) * 2:
        decide(ask(ada, clock))
        clock.move(minutes=5)

    assert ask(ada, clock)


# --- Used -------------------------------------------------------------------------------------------


@pytest.mark.promise("KEY-2")
def test_an_approval_is_used_once(pixel: Phone, ada: Person, clock: Clock) -> None:
    asked = ask(ada, clock)
    approve(pixel, asked)

    key = use(ada, asked, clock)

    assert (key.phone, key.last_used_at, key.is_first_use) == (row_of(pixel), clock.now, True)
    assert standing(asked, clock) == RequestState.USED
    with pytest.raises(SignInTooSlow):
        use(ada, asked, clock)


def leave(phone: Phone, asked: push_approval.SentRequest, clock: Clock) -> None:
    """Answer nothing."""


def refuse(phone: Phone, asked: push_approval.SentRequest, clock: Clock) -> None:
    phone.deny(waiting(asked))


def cancel(phone: Phone, asked: push_approval.SentRequest, clock: Clock) -> None:
    phone.deny(waiting(asked), "cancelled")


def mistype(phone: Phone, asked: push_approval.SentRequest, clock: Clock) -> None:
    for _ in range(limits.PUSH_NUMBER.bounds.tries):
        phone.approve(waiting(asked), f"{(int(asked.number) + 1) % 100:02}")


def run_out(phone: Phone, asked: push_approval.SentRequest, clock: Clock) -> None:
    clock.move(seconds=settings.PORTAL_PUSH_SECONDS)


def approve_and_run_out(phone: Phone, asked: push_approval.SentRequest, clock: Clock) -> None:
    approve(phone, asked)
    run_out(phone, asked, clock)


def approve_and_withdraw(phone: Phone, asked: push_approval.SentRequest, clock: Clock) -> None:
    approve(phone, asked)
    assert push_approval.withdraw(asked.request.reference)


def approve_and_turn_off(phone: Phone, asked: push_approval.SentRequest, clock: Clock) -> None:
    approve(phone, asked)
    phone.remove()


def approve_and_end_everything(phone: Phone, asked: push_approval.SentRequest, clock: Clock) -> None:
    approve(phone, asked)
    sessions.end_everything(asked.request.user)


def approve_and_hold(phone: Phone, asked: push_approval.SentRequest, clock: Clock) -> None:
    approve(phone, asked)
    suspension.suspend(asked.request.user, reason="test", by=None, origin=None, now=clock.now)


ENDS = [
    (leave, RequestWaiting, RequestState.WAITING),
    (refuse, RequestDenied, RequestState.DENIED),
    (cancel, RequestOver, RequestState.DENIED),
    (mistype, RequestOver, RequestState.FAILED),
    (run_out, RequestExpired, rules.EXPIRED),
    (approve_and_run_out, RequestExpired, rules.EXPIRED),
    (approve_and_withdraw, RequestOver, RequestState.WITHDRAWN),
    (approve_and_turn_off, SignInTooSlow, RequestState.APPROVED),
    (approve_and_end_everything, SignInTooSlow, RequestState.APPROVED),
    (approve_and_hold, SignInTooSlow, RequestState.APPROVED),  # a hold ends everything as well
]


@pytest.mark.parametrize(("act", "refusal", "state"), ENDS, ids=lambda value: getattr(value, "__name__", None))
def test_only_a_fresh_approval_opens_anything(
    pixel: Phone, ada: Person, clock: Clock, act: object, refusal: type[Exception], state: str
) -> None:
    asked, pending = ask(ada, clock), pending_of(ada, clock)

    act(pixel, asked, clock)

    with transaction.atomic(), pytest.raises(refusal) as said:
        push_approval.use(pending=pending, reference=asked.request.reference, now=clock.now)
    assert type(said.value) is refusal
    assert standing(asked, clock) == state


def test_a_hold_without_a_new_epoch_shuts_it_as_well(pixel: Phone, ada: Person, clock: Clock) -> None:
    asked = ask(ada, clock)
    approve(pixel, asked)
    ada.user.suspended_at = clock.now
    ada.user.save()

    with pytest.raises(Suspended):
        use(ada, asked, clock)


def test_an_approval_of_the_last_second_may_be_used_for_ten_more(pixel: Phone, ada: Person, clock: Clock) -> None:
    for later in (9, 10):
        asked = ask(ada, clock)
        clock.move(seconds=settings.PORTAL_PUSH_SECONDS - 1)
        approve(pixel, asked)
        clock.move(seconds=later)
        if later == 9:
            assert use(ada, asked, clock)

    with pytest.raises(RequestExpired):
        use(ada, asked, clock)


@pytest.mark.promise("KEY-9")
def test_of_two_sign_ins_at_once_approving_one_never_opens_the_other(pixel: Phone, ada: Person, clock: Clock) -> None:
    own, other = ask(ada, clock), ask(ada, clock)

    approve(pixel, own)

    with pytest.raises(RequestWaiting):
        use(ada, other, clock)
    assert use(ada, own, clock)
    with pytest.raises(RequestWaiting):
        use(ada, other, clock)


@pytest.mark.promise("KEY-9")
def test_the_approval_of_one_account_opens_no_other(ada: Person, mallory: Person, clock: Clock) -> None:
    shared = paired(ada, mallory)
    asked = ask(ada, clock)
    approve(shared, asked)

    with pytest.raises(SignInTooSlow):
        use(mallory, asked, clock)


def test_the_number_of_one_sign_in_does_not_answer_another(pixel: Phone, ada: Person, clock: Clock) -> None:
    own, other = ask(ada, clock), ask(ada, clock)
    PushChallenge.objects.filter(pk=other.request.pk).update(number_digest=own.request.number_digest)

    assert pixel.approve(waiting(other), own.number).cause == "N4"


def test_a_standing_costs_one_statement(
    pixel: Phone, ada: Person, clock: Clock, django_assert_num_queries: object
) -> None:
    asked = ask(ada, clock)

    with django_assert_num_queries(1):
        standing(asked, clock)
    with django_assert_num_queries(1):
        assert push_approval.state_of("nothing", now=clock.now) == ""


def test_asking_costs_the_same_however_much_was_asked_before(
    ada: Person, clock: Clock, django_assert_num_queries: object
) -> None:
    paired(ada)
    for _ in range(12):
        with django_assert_num_queries(12):
            asked = ask(ada, clock)
        push_approval.withdraw(asked.request.reference)
        clock.move(minutes=10)


def test_an_approval_opens_nothing_after_the_password_has_opened_a_sign_in(ada: Person, clock: Clock) -> None:
    phone, pending = paired(ada), pending_of(ada, clock)
    asked = ask(ada, clock)
    clock.move(seconds=5)
    assert approve(phone, asked).status == 200
    Key.objects.filter(user=ada.user, phone=None).update(last_used_at=clock.now)

    with pytest.raises(SignInTooSlow), transaction.atomic():
        push_approval.use(pending=pending, reference=asked.request.reference, now=clock.now)
