"""First sign-ins under twenty at once: one letter lets one in, once."""

from functools import partial

import pytest
from django.conf import settings
from django.test import Client

from accounts.actions.first_sign_in import rows, steps
from accounts.actions.welcome import letters
from accounts.enums import LetterReason
from accounts.models import FirstSignIn, FormerPassword, User, WelcomeLetter
from portal.audit.models import SecurityEvent
from portal.lib import clock as portal_clock
from portal.outbox.models import Notice
from portal.throttle.models import Throttle
from tests.accounts.enrolment_walk import ORIGIN, mailed_code
from tests.accounts.welcome_work import code_for, newcomer
from tests.races import AT_ONCE, ROUNDS, at_once, done

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
DETAILS = {"birth_date": "1985-12-10"}


def owned(row: FirstSignIn, ticket: str) -> steps.Owned:
    return steps.Owned(rows.find(row_id=row.pk, ticket=ticket, now=portal_clock.now()), ticket)


def at_password(user: User, code: str, ticket: str) -> steps.Owned:
    """Walk one browser of the user to the last step."""
    now = portal_clock.now
    row = steps.begin(username=user.username, code=code, ticket=ticket, origin=ORIGIN, now=now())
    steps.accept_details(owned(row, ticket), given=DETAILS, origin=ORIGIN, now=now())
    Throttle.objects.filter(limit__in=["email-code-sent"]).delete()
    steps.send_code(owned(row, ticket), origin=ORIGIN, now=now())
    steps.accept_code(owned(row, ticket), code=mailed_code(user), origin=ORIGIN, now=now())
    return owned(row, ticket)


@pytest.mark.promise("FIRM-3")
@pytest.mark.asvs("2.3.4")
def test_of_twenty_browsers_with_one_letter_one_sets_the_password() -> None:
    for number in range(min(ROUNDS, 4)):
        user = newcomer(f"racer{number}")
        code = code_for(user)
        ready = [at_password(user, code, f"ticket-{each}") for each in range(AT_ONCE)]

        def use(each: int, ready: list[steps.Owned] = ready) -> object:
            password = f"Nine-Lanterns-{each}-Over-Water"
            return steps.choose_password(ready[each], new_password=password, origin=ORIGIN, now=portal_clock.now())

        results = at_once(*[partial(use, each) for each in range(AT_ONCE)])

        assert done(results) == 1
        assert FirstSignIn.objects.filter(letter__user=user, state="done").count() == 1
        assert WelcomeLetter.objects.filter(user=user, used_at__isnull=False).count() == 1
        assert FormerPassword.objects.filter(user=user).count() == 1
        assert SecurityEvent.objects.filter(subject=user, action="welcome_used").count() == 1
        winner = next(each for each, result in enumerate(results) if isinstance(result, FirstSignIn))
        assert User.objects.get(pk=user.pk).check_password(f"Nine-Lanterns-{winner}-Over-Water")


@pytest.mark.promise("FIRM-3")
def test_of_twenty_guesses_at_once_five_are_evaluated() -> None:
    for number in range(min(ROUNDS, 4)):
        user = newcomer(f"victim{number}")
        code_for(user)

        def guess(each: int, user: User = user, address: str = f"198.51.100.{number + 1}") -> int:
            pair = {"username": user.username, "code": f"2345 2345 {each:04}"}
            return Client(REMOTE_ADDR=address).post("/welcome/", pair).status_code

        statuses = at_once(*[partial(guess, each) for each in range(AT_ONCE)])

        assert statuses.count(200) == settings.PORTAL_FAILURE_LIMIT - 1
        assert statuses.count(429) == AT_ONCE - settings.PORTAL_FAILURE_LIMIT + 1


def test_a_letter_asked_for_twenty_times_at_once_is_one_letter() -> None:
    for number in range(min(ROUNDS, 4)):
        user = newcomer(f"loser{number}")
        code_for(user)

        def ask(user: User = user) -> object:
            return letters.want(user=user, why=LetterReason.FEED, by=None, now=portal_clock.now())

        assert done(at_once(*[ask] * AT_ONCE)) == AT_ONCE
        assert WelcomeLetter.objects.filter(user=user).count() == 2
        assert Notice.objects.filter(user=user, kind="letter_wanted").count() == 1
