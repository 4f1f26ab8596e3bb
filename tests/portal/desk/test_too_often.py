"""What one member of staff does for one customer again and again is refused, to them alone (LOCK-1, CASE-8)."""

from functools import partial

import pytest

from accounts.actions.desk import helping
from accounts.enums import Action
from accounts.models import PlatformSession
from portal.audit.models import SecurityEvent
from portal.throttle import limits
from portal.throttle.models import Throttle
from tests import factories
from tests.conftest import Clock
from tests.factories import Person
from tests.pages import cause_of, levels
from tests.portal.desk import states
from tests.portal.desk.test_helping import BECAUSE, Desk
from tests.races import AT_ONCE, ROUNDS, at_once, done

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("CASE-8")]


@pytest.mark.promise("LOCK-1")
def test_nobody_ends_one_pause_after_the_other_while_somebody_guesses(agent: Person, reviewer: Person, clock: Clock):
    cleo = states.paused("cleo")
    desk = Desk(agent, "cleo")
    for _ in range(limits.PAUSE_ENDED.bounds.tries):
        desk.take("end-pause")
        clock.move(seconds=30)
        states.pause(cleo)

    answer = desk.take("end-pause")

    assert (answer.status_code, cause_of(answer), "end-pause" in desk.offers()) == (429, "T1", True)
    assert SecurityEvent.objects.filter(action=Action.CODE_USED).count() == limits.PAUSE_ENDED.bounds.tries
    row = Throttle.objects.get(limit="password")
    lift = f"/admin/throttle/throttle/{row.pk}/lift/"
    desk.browser.post(lift, {"reason": BECAUSE, "code": agent.code()})
    assert Throttle.objects.get(pk=row.pk).used == row.tries
    assert levels(Desk(reviewer, "cleo").take("end-pause")) == ["success"]


def test_nobody_signs_a_customer_out_again_and_again(ada: Person, agent: Person, reviewer: Person, clock: Clock):
    desk = Desk(agent, "ada")
    for _ in range(limits.SIGNED_OUT.bounds.tries + 1):
        ada.user.refresh_from_db()
        factories.signed_in(ada)
        answer = desk.take("sign-out")
        clock.move(seconds=30)

    assert (answer.status_code, cause_of(answer)) == (429, "T1")
    assert PlatformSession.objects.filter(user=ada.user).count() == 1
    assert SecurityEvent.objects.filter(action=Action.CODE_USED).count() == limits.SIGNED_OUT.bounds.tries
    assert levels(Desk(reviewer, "ada").take("sign-out")) == ["success"]


def test_a_pause_that_several_end_at_once_is_ended_once(agent: Person, clock: Clock):
    cleo = states.paused("cleo")
    Desk(agent, "cleo")
    how = {"user": cleo.user, "reason": BECAUSE, "by": agent.user, "origin": states.ORIGIN, "now": clock.now}
    for number in range(1, ROUNDS + 1):
        Throttle.objects.all().delete()
        states.pause(cleo)

        assert done(at_once(*[partial(helping.end_pauses, **how)] * AT_ONCE)) == 1
        assert SecurityEvent.objects.filter(action=Action.PAUSE_LIFTED).count() == number
