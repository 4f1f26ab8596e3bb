"""How often the app asks the server: less with age, and at once when there is a reason."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from playwright.sync_api import Page, Request

from tests.browser.fixtures import Look
from tests.browser.key_app import KeyApp
from tests.browser.test_key_app import in_module
from tests.factories import Person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("KEY-11")]
SIX_MINUTES = 360_000
REASONS = {
    "it comes to the front": """for (const hidden of [true, false]) {
      Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
      document.dispatchEvent(new Event('visibilitychange')); }""",
    "it comes online": "dispatchEvent(new Event('online'));",
    "a push arrives": "navigator.serviceWorker.dispatchEvent(new MessageEvent('message', { data: 'look' }));",
    "somebody taps": "document.querySelector('[data-tab=check]').click();",
}


def is_question(request: Request) -> bool:
    return request.url.endswith("/requests/")


def gaps(page: Page, milliseconds: int, *, is_under_way: bool = False) -> list[int]:
    """Let time pass for an app that has just woken, and return how long it waited before it asked each time."""
    page.clock.install()
    awake = "window.asked = []; const ask = async () => asked.push(performance.now());"
    in_module(page, "polling", f"{awake} it.polling(ask, () => {str(is_under_way).lower()})();")
    page.clock.run_for(milliseconds)
    return [round(later - sooner, -2) for sooner, later in pairwise(page.evaluate("window.asked"))]


def test_it_asks_less_often_with_age(page: Page):
    page.goto("/key/")

    assert gaps(page, 600_000) == [5000] * 12 + [15_000] * 16 + [60_000] * 5


def test_it_asks_often_while_something_is_under_way(page: Page):
    page.goto("/key/")

    assert set(gaps(page, 600_000, is_under_way=True)) == {2000}


def test_a_slow_answer_is_waited_for_and_the_next_question_comes_once(page: Page):
    page.goto("/key/")
    page.clock.install()
    slow = "const ask = () => { asked += 1; return new Promise((done) => setTimeout(done, 30_000)); };"
    in_module(page, "polling", f"window.asked = 0; {slow} window.wake = it.polling(ask, () => false); wake();")

    page.clock.run_for(10_000)
    assert page.evaluate("window.asked") == 1
    page.evaluate("() => void wake()")
    page.clock.run_for(31_000)
    assert page.evaluate("window.asked") == 2
    page.clock.run_for(5_000)
    assert page.evaluate("window.asked") == 3


@pytest.mark.parametrize("reason", REASONS)
def test_an_app_left_open_is_quiet_and_asks_at_once_when(open_browser: Callable[..., Page], ada: Person, reason: str):
    app = KeyApp(open_browser(Look(400))).pair(ada)
    page = app.page
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.clock.install()
    with page.expect_request_finished(is_question):
        app.tab("Accounts")  # a question under way is waited for, and its end sets the next time
    page.wait_for_timeout(500)
    with page.expect_request_finished(is_question):
        page.clock.fast_forward(SIX_MINUTES)
    page.wait_for_timeout(500)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.fast_forward(40_000)
    page.wait_for_timeout(500)
    assert asked == []

    with page.expect_request("**/requests/", timeout=3000):
        page.evaluate(f"() => {{ {REASONS[reason]} }}")
