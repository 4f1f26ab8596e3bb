"""Password resets under twenty at once: one success each."""

from functools import partial

import pytest

from accounts.models import FormerPassword, User
from portal.audit.models import SecurityEvent
from portal.lib import clock as portal_clock
from portal.outbox.models import Notice
from portal.throttle.models import Throttle
from recovery.actions.resets import rows, steps, worker_tasks
from recovery.models import PasswordReset
from tests.races import AT_ONCE, ROUNDS, at_once, done
from tests.recovery.conftest import ORIGIN, QUESTIONS, ada_with_records

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def fresh() -> steps.Owned:
    begun = steps.begin(username="ada", ticket="ticket", browser=BROWSER, origin=ORIGIN, now=portal_clock.now())
    return again(begun)


BROWSER = ""


def again(reset: PasswordReset) -> steps.Owned:
    return steps.Owned(rows.find(reset_id=reset.pk, ticket="ticket", now=portal_clock.now()), "ticket")


def code_of() -> str:
    worker_tasks.send_codes(portal_clock.now())
    return str(Notice.objects.filter(kind="reset_code").latest("pk").facts["code"]).replace(" ", "")


@pytest.mark.promise("RESET-2")
@pytest.mark.asvs("2.3.4")
@pytest.mark.asvs("6.5.1")
def test_of_twenty_uses_of_one_code_one_succeeds() -> None:
    ada_with_records()
    for _ in range(min(ROUNDS, 4)):
        owned = fresh()
        code = code_of()

        def use(owned: steps.Owned = owned, code: str = code) -> object:
            return steps.accept_code(owned, code=code, origin=ORIGIN, now=portal_clock.now())

        assert done(at_once(*[use] * AT_ONCE)) == 1


@pytest.mark.promise("RESET-4")
@pytest.mark.asvs("2.3.4")
@pytest.mark.asvs("15.4.2")
def test_of_twenty_new_passwords_at_once_one_is_set() -> None:
    ada = ada_with_records()
    ada.user.key_set.all().delete()
    for number in range(min(ROUNDS, 4)):
        owned = fresh()
        moved = steps.accept_code(owned, code=code_of(), origin=ORIGIN, now=portal_clock.now())
        moved = steps.accept_details(again(moved), given=QUESTIONS, origin=ORIGIN, now=portal_clock.now())
        last = again(moved)
        before = FormerPassword.objects.count()

        def use(password: str, last: steps.Owned = last) -> object:
            return steps.choose_password(last, new_password=password, origin=ORIGIN, now=portal_clock.now())

        tries = [partial(use, f"Nine-Lanterns-{number}-Over-{each}-Water") for each in range(AT_ONCE)]
        results = at_once(*tries)
        Throttle.objects.filter(limit="new-password").delete()

        assert done(results) == 1
        assert FormerPassword.objects.count() == before + 1
        assert SecurityEvent.objects.filter(action="password_set").count() == number + 1
        winner = next(each for each, result in enumerate(results) if isinstance(result, PasswordReset))
        assert User.objects.get(username="ada").check_password(f"Nine-Lanterns-{number}-Over-{winner}-Water")
