"""Backup codes: ten on paper, each good once (KEY-13)."""

import math
import re
from functools import partial

import pytest
from django.db import transaction

from accounts.actions import password, sessions, slow_hash_lookup, suspension
from accounts.actions.authenticators import backup_codes
from accounts.models import BackupCode, User
from accounts.policies import backup_codes as rules
from accounts.refusals import BackupCodeWrong, Refusal, SignInTooSlow, Suspended
from portal.audit.models import SecurityEvent
from portal.lib import clock as portal_clock
from portal.lib.client import Origin
from portal.outbox.models import Notice
from portal.throttle import limits
from portal.throttle.reserve import LimitReached, Reservation
from tests import factories
from tests.accounts.hash_work import Work
from tests.conftest import Clock
from tests.factories import Person
from tests.races import AT_ONCE, ROUNDS, at_once, done

HERE = Origin("203.0.113.7", "Chrome on Windows", "ABCD2345")


def make(person: Person) -> list[str]:
    return backup_codes.make(user=person.user, by=person.user, origin=HERE, now=portal_clock.now())


def use_once(person: Person, code: str, *, tries_left: int = 4, **changes: object) -> BackupCode:
    now = portal_clock.now()
    used_up = None if tries_left else LimitReached(limits.CODE, now)
    attempt = Reservation((), tries_left, used_up)
    typed = backup_codes.look_up(user_id=person.user.pk, typed=code)
    given = {"session_version": person.user.session_version, "proved_at": math.inf, "attempt": attempt} | changes
    with transaction.atomic():
        return backup_codes.use_once(typed=typed, origin=HERE, now=now, **given)


@pytest.mark.promise("KEY-13")
def test_ten_codes_are_made_and_none_is_kept_readable(ada: Person, clock: Clock) -> None:
    codes = make(ada)

    assert len(set(codes)) == rules.COUNT
    assert all(re.fullmatch("[2-9CDFGHJKMNPQRTVWX]{4}-[2-9CDFGHJKMNPQRTVWX]{4}", code) for code in codes)
    stored = repr(list(BackupCode.objects.values()))
    assert not any(code in stored or code.replace("-", "") in stored for code in codes)
    told = repr(list(Notice.objects.values_list("kind", flat=True)))
    assert told == "['backup_codes_made']"
    assert SecurityEvent.objects.get(subject=ada.user).facts == {"codes": 10}


@pytest.mark.promise("KEY-13")
def test_each_code_works_once_however_it_is_typed(ada: Person, clock: Clock) -> None:
    first, second, *_ = make(ada)

    use_once(ada, f" {first.lower().replace('-', ' ')} ")
    used = use_once(ada, second.replace("-", ""))

    assert used.user == ada.user
    assert backup_codes.left(ada.user) == 8
    for code in (first, second):
        with pytest.raises(BackupCodeWrong) as refusal:
            use_once(ada, code)
        assert "Tries left: 4." in refusal.value.words()


@pytest.mark.parametrize("typed", ["", "7K3M", "7K3M-Q9XT-2", "ÄÖÜÄ-ÖÜÄÖ", "0000-0000", "x" * 900])
def test_what_is_no_code_of_theirs_is_a_wrong_one(ada: Person, clock: Clock, typed: str) -> None:
    make(ada)

    with pytest.raises(BackupCodeWrong):
        use_once(ada, typed)


def test_another_persons_code_opens_nothing(ada: Person, mallory: Person, clock: Clock) -> None:
    code = make(ada)[0]
    make(mallory)

    with pytest.raises(BackupCodeWrong):
        use_once(mallory, code)
    assert use_once(ada, code).pk


def test_a_row_moved_to_somebody_else_opens_nothing(ada: Person, mallory: Person, clock: Clock) -> None:
    code = make(ada)[0]
    BackupCode.objects.update(user=mallory.user)

    with pytest.raises(BackupCodeWrong):
        use_once(mallory, code)


def test_new_codes_end_the_older_ones_but_not_the_memory_of_used_ones(ada: Person, clock: Clock) -> None:
    used, unused, *_ = make(ada)
    use_once(ada, used)

    make(ada)

    assert backup_codes.left(ada.user) == 10
    assert BackupCode.objects.filter(user=ada.user).count() == 11
    with pytest.raises(BackupCodeWrong):
        use_once(ada, unused)


@pytest.mark.promise("KEY-13")
def test_the_owner_is_told_how_many_are_left_and_when_they_are_few(ada: Person, clock: Clock) -> None:
    codes = make(ada)

    for code in codes:
        use_once(ada, code)

    told = [notice.facts for notice in Notice.objects.filter(kind="backup_code_used").order_by("pk")]
    assert [fact["left"] for fact in told] == list(range(9, -1, -1))
    assert [fact["left"] for fact in told if fact["few"]] == [2, 1, 0]


def test_the_last_wrong_try_is_refused_as_the_pause_it_begins(ada: Person, clock: Clock) -> None:
    with pytest.raises(LimitReached):
        use_once(ada, "7K3M-Q9XT", tries_left=0)


def test_a_code_opens_nothing_once_everything_was_ended(ada: Person, clock: Clock) -> None:
    code, epoch = make(ada)[0], ada.user.session_version
    with transaction.atomic():
        sessions.end_everything(User.objects.get(pk=ada.user.pk))

    with pytest.raises(SignInTooSlow):
        use_once(ada, code, session_version=epoch)


def test_one_password_is_good_for_one_proof(ada: Person, clock: Clock) -> None:
    first, second, *_ = make(ada)
    proved_at = clock.now.timestamp()
    clock.move(seconds=5)
    use_once(ada, first, proved_at=proved_at)

    with pytest.raises(SignInTooSlow):
        use_once(ada, second, proved_at=proved_at)


def test_a_log_in_on_hold_stays_shut(ada: Person, clock: Clock) -> None:
    code = make(ada)[0]
    held = suspension.suspend(ada.user, reason="x", by=None, origin=None, now=clock.now)

    with pytest.raises(Suspended):
        use_once(ada, code, session_version=held.session_version)


def test_checking_a_code_costs_one_hash_however_many_there_are(ada: Person, clock: Clock, work: Work) -> None:
    codes = make(ada)
    work.done.clear()

    use_once(ada, codes[7])
    assert len(work.done) == 1
    work.done.clear()
    with pytest.raises(BackupCodeWrong):
        use_once(ada, "2222-2222")
    assert len(work.done) == 1


def test_codes_survive_a_change_of_the_hashing_cost(ada: Person, clock: Clock, settings: object) -> None:
    code = make(ada)[0]
    settings.PORTAL_ARGON2_PASSES += 1

    assert use_once(ada, code).pk


def test_codes_and_former_passwords_do_not_mix(ada: Person) -> None:
    salt, cost = ada.user.password_history_salt, slow_hash_lookup.parameters()

    names = (backup_codes._NAMESPACE, password._HISTORY)
    kept = {slow_hash_lookup.digest(name, "7M2KPQ9X", salt=salt, cost=cost) for name in names}

    assert len(kept) == 2


@pytest.mark.race
@pytest.mark.promise("KEY-13")
@pytest.mark.django_db(transaction=True)
def test_twenty_parallel_uses_of_one_backup_code_succeed_once() -> None:
    for number in range(ROUNDS):
        person = factories.customer(f"backup{number}")
        code = make(person)[0]

        outcomes = at_once(*[partial(use_once, person, code)] * AT_ONCE)

        assert done(outcomes) == 1
        assert {type(refusal) for refusal in outcomes if isinstance(refusal, Refusal)} == {BackupCodeWrong}
        assert backup_codes.left(person.user) == 9
        assert SecurityEvent.objects.filter(subject=person.user, action="backup_code_used").count() == 1
        assert Notice.objects.filter(user=person.user, kind="backup_code_used").count() == 1
