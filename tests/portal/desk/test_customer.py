"""The desk's page of one customer: its first line answers whether they can sign in, and why not (CASE-8)."""

import pytest
from django.urls import reverse

from tests import factories
from tests.accounts.welcome_work import newcomer
from tests.conftest import Clock
from tests.factories import Person
from tests.lint_html import problems
from tests.looks import look
from tests.pages import marks
from tests.portal.desk.states import STATES

pytestmark = pytest.mark.django_db(transaction=True)
# Verdict, cause and the step beside the answer, by state.
ANSWERS = {
    "paused": ("err", "L1", "end-pause"),
    "suspended": ("err", "L2", ""),
    "without-key": ("err", "K6", ""),
    "wrong-clock": ("err", "K2", ""),
    "old-app": ("warn", "K5", ""),
    "in-recovery": ("warn", "", ""),
    "on-paper": ("warn", "W1", ""),
    "well": ("ok", "", ""),
}


@pytest.mark.promise("CASE-8")
@pytest.mark.parametrize("state", STATES)
def test_the_first_line_answers_why_somebody_cannot_sign_in(agent: Person, clock: Clock, state: str):
    STATES[state]("cleo")

    page = look(factories.signed_in(agent), " Cleo")

    html = page.content.decode()
    shown = html.partition('class="button" href="')[2].partition('"')[0] if 'class="button" href="' in html else ""
    assert page.status_code == 200
    assert (marks(page, "verdict"), marks(page, "cause")) == ([ANSWERS[state][0]], [ANSWERS[state][1]])
    assert shown.rstrip("/").rpartition("/")[2] == ANSWERS[state][2]
    assert html.index("data-verdict") < html.index("<h2")
    assert problems(html) == []


@pytest.mark.promise("CASE-8")
def test_a_new_letter_stands_beside_the_answer_and_nowhere_else(agent: Person, clock: Clock):
    vera = newcomer()

    html = look(factories.signed_in(agent), "vera").content.decode()

    asking = reverse("admin:accounts_welcomeletter_ask", args=[vera.pk])
    answer, rest = html.partition("</section>")[::2]
    assert (answer.count(asking), rest.count(asking)) == (1, 0)
    assert problems(html) == []
