"""A seed that a screen has shown goes to no phone."""

import pytest

from accounts.actions.keys.enrolment import rows, steps
from accounts.enums import EnrolmentState
from accounts.models import Enrolment
from accounts.refusals import CodeWrong
from tests.accounts.enrolment_pages import get, text, to_the_phone, with_password
from tests.accounts.enrolment_walk import ORIGIN, Walk, code_of, first

pytestmark = pytest.mark.django_db(transaction=True)


def shown_seed(walk: Walk) -> str:
    """Return the seed that stands on the page for a plain authenticator app."""
    return rows.items_of(walk.enrolment)[0].secret


@pytest.mark.promise("KEY-4")
def test_whoever_saw_the_pairing_page_has_no_copy_of_the_phones_key(clock, ben):
    walk = first(ben).opened()
    shown = shown_seed(walk)

    walk.renewed().claimed().matched().fetched()

    assert shown not in walk.seeds.values()


@pytest.mark.promise("KEY-4")
def test_a_phone_that_was_lured_here_is_not_confirmed_without_a_code_that_it_shows(clock, ben):
    walk = first(ben).opened()
    shown = shown_seed(walk)
    walk.renewed().claimed().matched()

    with pytest.raises(CodeWrong):
        steps.confirm_on_web(code=code_of(shown), origin=ORIGIN, **walk.owned)


def test_a_page_that_was_asked_for_while_a_phone_came_shows_no_seed(clock, ben, monkeypatch):
    browser = with_password(ben)
    to_the_phone(browser, ben)
    look = rows.items_of

    def late(enrolment: Enrolment) -> list:
        Enrolment.objects.update(state=EnrolmentState.CLAIMED, pairing_digest=None)
        return look(enrolment)

    monkeypatch.setattr(rows, "items_of", late)
    answer = get(browser, "-pair")

    assert (answer.status_code, answer.url) == (302, "/key/setup/pair/")
    assert "otpauth" not in text(answer)
