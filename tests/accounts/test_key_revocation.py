"""Turning a Key off, losing a phone, ending everything: what goes, what stays, who is told."""

import hashlib
import math
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from django.db import connections, transaction
from django.test import Client

from accounts.actions.authenticators import backup_codes
from accounts.actions.keys import key_codes, key_revocation
from accounts.enums import EndReason, RequestState
from accounts.models import BackupCode, Key, Passkey, Phone, PlatformSession, PushChallenge, User
from accounts.refusals import PhoneEnded, Refusal
from portal.audit.models import SecurityEvent
from portal.lib import clock as portal_clock
from portal.lib.client import Origin
from portal.outbox.models import Notice
from portal.throttle.reserve import Reservation
from tests import factories
from tests.conftest import Clock
from tests.factories import Person
from tests.races import AT_ONCE, ROUNDS, at_once

HERE = Origin("203.0.113.7", "Chrome on Windows", "ABCD2345")


def key_of(person: Person, phone: Phone | None = None) -> Key:
    return Key.objects.get(user=person.user, phone=phone)


def end_key(key: Key, reason: EndReason = EndReason.TURNED_OFF, keep: PlatformSession | None = None) -> Key:
    return key_revocation.end_key(key=key, reason=reason, by=key.user, origin=HERE, now=portal_clock.now(), keep=keep)


def lose(phone: Phone, by: Person, keep: PlatformSession | None = None) -> list[Key]:
    return key_revocation.report_lost(phone=phone, by=by.user, origin=HERE, now=portal_clock.now(), keep=keep)


def ask(person: Person) -> PushChallenge:
    now = portal_clock.now()
    epoch = User.objects.get(pk=person.user.pk).session_version
    return PushChallenge.objects.create(
        user=person.user,
        number_digest="x" * 64,
        device="Chrome on Windows",
        address="203.0.113.7",
        is_new_browser=False,
        session_version=epoch,
        created_at=now,
        expires_at=now + timedelta(minutes=2),
    )


def actions(person: Person) -> list[str]:
    return list(SecurityEvent.objects.filter(subject=person.user).order_by("n").values_list("action", flat=True))


@pytest.mark.promise("KEY-7")
def test_a_key_that_is_turned_off_opens_nothing_and_its_owner_is_told(ada: Person, clock: Clock) -> None:
    end_key(key_of(ada))

    off = key_of(ada)
    assert (off.confirmed, off.ended_at, off.end_reason) == (False, clock.now, "turned_off")
    assert actions(ada) == ["key_ended"]
    assert Notice.objects.get().kind == "key_off"
    assert not factories.sign_in(Client(), ada).cookies.get("session")


def test_a_key_ends_once(ada: Person, clock: Clock) -> None:
    key = key_of(ada)
    end_key(key, EndReason.LOST)

    with pytest.raises(PhoneEnded) as refusal:
        end_key(key)

    assert refusal.value.reason == "lost"
    assert Notice.objects.count() == 1


@pytest.mark.asvs("7.4.3")
def test_turning_a_key_off_ends_the_other_sign_ins_and_keeps_the_one_it_was_done_from(
    ada: Person, clock: Clock
) -> None:
    phone = factories.phone(ada)
    here, elsewhere, half = factories.signed_in(ada), factories.signed_in(ada), Client()
    factories.type_password(half, "ada", ada.password)
    keep = PlatformSession.objects.get(digest=_digest(here))

    end_key(key_of(ada, phone), keep=keep)

    assert here.get("/security/").status_code == 200
    assert elsewhere.get("/security/").status_code == 302
    assert factories.type_code(half, ada.code()).status_code == 200
    assert PlatformSession.objects.count() == 1


def test_a_sign_in_that_stands_on_the_key_ends_with_it(ada: Person, clock: Clock) -> None:
    here = factories.signed_in(ada)

    end_key(key_of(ada), keep=PlatformSession.objects.get())

    assert here.get("/security/").status_code == 302
    assert not PlatformSession.objects.exists()


@pytest.mark.parametrize("others", [0, 1])
def test_a_phone_ends_with_its_last_key(ada: Person, mallory: Person, clock: Clock, others: int) -> None:
    phone = factories.phone(*[ada, mallory][: 1 + others])

    end_key(key_of(ada, phone))

    assert (Phone.objects.get().ended_at is None) is bool(others)


@pytest.mark.promise("KEY-8")
@pytest.mark.promise("KEY-9")
def test_a_lost_phone_goes_with_all_its_keys_in_one_act(ada: Person, mallory: Person, clock: Clock) -> None:
    lost, other = factories.phone(ada, mallory), factories.phone(ada, name="Ada's tablet")
    lost.subscription = {"endpoint": "https://push.example/1", "p256dh": "x", "auth": "y"}
    lost.save()
    waiting, hers = ask(ada), ask(mallory)

    ended = lose(lost, ada)

    assert {key.user for key in ended} == {ada.user, mallory.user}
    row = Phone.objects.get(pk=lost.pk)
    assert (row.ended_at, row.end_reason, row.subscription) == (clock.now, "lost", {})
    assert not Key.objects.filter(phone=lost, confirmed=True).exists()
    assert Key.objects.get(phone=other).confirmed
    assert key_of(ada).confirmed
    assert set(PushChallenge.objects.filter(pk__in=[waiting.pk, hers.pk]).values_list("state", flat=True)) == {
        RequestState.WITHDRAWN
    }
    assert (actions(ada), actions(mallory)) == (["phone_lost"], ["phone_lost"])
    assert sorted(Notice.objects.values_list("kind", "user__username")) == [
        ("phone_lost", "ada"),
        ("phone_lost", "mallory"),
    ]


def test_a_phone_is_lost_once(ada: Person, clock: Clock) -> None:
    phone = factories.phone(ada)
    lose(phone, ada)

    with pytest.raises(PhoneEnded):
        lose(phone, ada)
    assert Notice.objects.count() == 1


def test_a_name_is_given_to_a_live_key_alone(ada: Person, clock: Clock) -> None:
    key = key_of(ada)
    key_revocation.rename_key(key=key, name="My Pixel", by=ada.user, origin=HERE, now=clock.now)
    assert key_of(ada).name == "My Pixel"
    end_key(key)

    with pytest.raises(PhoneEnded):
        key_revocation.rename_key(key=key, name="Again", by=ada.user, origin=HERE, now=clock.now)
    assert key_of(ada).name == "My Pixel"


def test_ending_all_proofs_leaves_none_and_spares_everybody_else(ada: Person, mallory: Person, clock: Clock) -> None:
    own, shared = factories.phone(ada), factories.phone(ada, mallory, name="Shared")
    for person in (ada, mallory):
        backup_codes.make(user=person.user, by=person.user, origin=HERE, now=clock.now)
        Passkey.objects.create(
            user=person.user, name="x", credential_id=person.user.username, public_key="x", created_at=clock.now
        )

    with transaction.atomic():
        ended = key_revocation.revoke_authenticators(
            user=ada.user, reason=EndReason.RECOVERED, by=None, origin=None, now=clock.now
        )

    assert ended == 3
    assert not Key.objects.filter(user=ada.user, confirmed=True).exists()
    assert not Passkey.objects.filter(user=ada.user, confirmed=True).exists()
    assert (backup_codes.left(ada.user), backup_codes.left(mallory.user)) == (0, 10)
    assert Passkey.objects.get(user=mallory.user).confirmed
    assert Key.objects.filter(user=mallory.user, confirmed=True).count() == 2
    assert [Phone.objects.get(pk=row.pk).end_reason for row in (own, shared)] == ["recovered", ""]
    assert actions(ada)[-1] == "keys_ended"
    assert BackupCode.objects.count() == 10


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_lost_phone_and_its_keys_end_once_however_many_say_so() -> None:
    for number in range(ROUNDS):
        people = [factories.customer(f"lost{number}-{index}") for index in range(3)]
        phone = factories.phone(*people, name=f"Phone {number}")

        outcomes = at_once(*[partial(outcome, phone, people, index) for index in range(AT_ONCE)])

        assert outcomes.count("ended") <= 1
        assert {one if isinstance(one, str) else type(one) for one in outcomes} <= {"ended", "key", PhoneEnded}
        for person in people:
            assert actions(person) in (["phone_lost"], ["key_ended"])
            assert Notice.objects.filter(user=person.user).count() == 1
        assert Phone.objects.get(pk=phone.pk).ended_at


def outcome(phone: Phone, people: list[Person], index: int) -> str:
    """Report the phone lost, or (every fifth) turn one of its Keys off meanwhile."""
    person = people[index % 3]
    if index % 5 == 4:
        end_key(key_of(person, phone))
        return "key"
    lose(phone, person)
    return "ended"


def _digest(client: Client) -> str:
    return hashlib.sha256(client.cookies["session"].value.encode()).hexdigest()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_code_that_comes_while_its_key_is_turned_off_waits_for_the_person_and_never_jams() -> None:
    person = factories.customer("jam")
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        User.objects.select_for_update().get(pk=person.user.pk)
        used = pool.submit(use, person)
        time.sleep(0.5)  # by now the other has locked whatever it locks before the person

        end_key(key_of(person))

    assert used.result() == "NoKey"


def use(person: Person) -> str:
    """Use the code of the Key."""
    now = portal_clock.now()
    attempt = Reservation((), 4)
    facts = {"session_version": person.user.session_version, "proved_at": math.inf, "attempt": attempt, "now": now}
    try:
        with transaction.atomic():
            key_codes.use_code(user_id=person.user.pk, code=person.code(), **facts)
    except Refusal as refusal:
        return type(refusal).__name__
    else:
        return "used"
    finally:
        connections.close_all()
