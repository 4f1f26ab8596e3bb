"""What nobody gets past on a phone with the Key: no second tab, quick finger, clock set back or lost line does it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Key, Report
from portal.lib import clock
from tests.browser.fixtures import Look, assert_accessible
from tests.browser.key_app import CODE, PIN, Finger, KeyApp
from tests.browser.test_key_app import EVERY_RECORD, in_module
from tests.browser.test_key_move import come_together
from tests.browser.test_key_requests import asked
from tests.factories import Person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def app(open_browser: Callable[..., Page]) -> KeyApp:
    return KeyApp(open_browser(Look(400)))


def wrong_tries(page: Page) -> int:
    return in_module(page, "lock", "return (await it.pinNow()).wrong;")


@pytest.mark.promise("KEY-3")
def test_installing_the_app_from_the_browsers_menu_opens_no_locked_key(app: KeyApp, ada: Person):
    app.pair(ada)
    app.page.get_by_role("button", name="Lock").click()

    app.page.evaluate("dispatchEvent(new Event('appinstalled'))")

    app.screen("locked")
    app.page.reload()
    app.page.evaluate("dispatchEvent(new Event('appinstalled'))")
    app.screen("locked")


@pytest.mark.promise("KEY-3")
def test_a_tab_left_at_the_first_screen_sets_up_no_second_lock(app: KeyApp, ada: Person):
    other = app.page.context.new_page()
    other.goto("/key/")
    other.locator("[data-do=skip]").click()

    app.pair(ada)

    expect(other.locator("body")).to_have_attribute("data-screen", "locked")
    again = "return it.begin({}).then(() => 'begun', (failed) => failed.name);"
    assert in_module(app.page, "store", again) == "ConstraintError"
    app.page.reload()
    app.unlock()
    app.screen("codes")
    assert len(app.code_of("ada")) == 6


def test_emptying_the_phone_in_one_tab_empties_what_another_shows(app: KeyApp, ada: Person):
    app.pair(ada)
    other = app.page.context.new_page()
    other.goto("/key/")
    other.locator("[data-do=again]").click()

    other.locator("[data-do=wipe]").click()

    app.screen("ended")
    expect(app.page.locator(".code")).to_have_count(0)


def test_an_account_that_another_tab_forgot_is_not_half_brought_back(app: KeyApp, ada: Person, mallory: Person):
    app.pair(ada, mallory)

    in_module(app.page, "vault", "await it.changeAccount('another', { pinned: true });")

    app.page.reload()
    app.unlock()
    app.screen("codes")
    expect(app.page.locator(".code")).to_have_count(2)


@pytest.mark.promise("KEY-3")
def test_a_finger_that_bounces_on_the_last_digit_spends_one_try(app: KeyApp, ada: Person):
    app.pair(ada)
    app.page.get_by_role("button", name="Lock").click()
    app.page.get_by_label("PIN", exact=True).fill("00000")

    app.page.locator("[data-digit='0']").evaluate("(key) => { key.click(); key.click(); }")

    expect(app.page.locator("[data-error]")).to_have_text(app.word("pin-wrong"))
    assert wrong_tries(app.page) == 1


@pytest.mark.promise("KEY-12")
def test_a_denial_tapped_twice_is_one_and_keeps_its_advice_on_the_screen(page: Page, app: KeyApp, ada: Person):
    app.pair(ada)
    asked(page, app, ada)
    app.screen("request")
    sent = []
    app.page.on("request", lambda one: "answer" in one.url and sent.append(one.url))

    app.page.locator("[data-do=deny]").evaluate("(button) => { button.click(); button.click(); }")

    app.screen("denied")
    app.page.wait_for_timeout(500)
    app.screen("denied")
    assert len(sent) == 1
    assert Report.objects.count() == 1


@pytest.mark.promise("KEY-3")
def test_a_clock_set_back_keeps_nobody_out_for_longer_than_the_longest_wait(app: KeyApp):
    app.page.goto("/key/")
    waits = "const hour = 3_600_000; return [0, 1, 2, 25].map((late) => it.waitOf({ until: hour }, hour * (1 - late)));"

    assert in_module(app.page, "lock", waits) == [0, 3600, 0, 0]


@pytest.mark.promise("KEY-3")
def test_a_clock_set_back_while_out_of_sight_locks_the_key(app: KeyApp, ada: Person):
    app.pair(ada)
    page = app.page
    hide = "(hidden) => { Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});"
    hide += " document.dispatchEvent(new Event('visibilitychange')); }"
    page.clock.install(time=clock.now())

    page.evaluate(hide, True)
    page.clock.set_system_time(clock.now() - timedelta(hours=1))
    page.evaluate(hide, False)

    app.screen("locked")


def test_secrets_that_arrive_while_the_key_locks_itself_are_left_for_later(app: KeyApp, ada: Person):
    page = app.page
    Finger(page)
    app.people = (ada,)
    page.expose_function("serverSays", app._say)
    page.add_init_script(
        "window.held = new Promise((done) => (window.letGo = done)); const reach = window.fetch;"
        "window.fetch = async (address, how) => {"
        "  const [, part] = /v1\\/(pair|confirm|prove)\\/$/.exec(address) ?? [];"
        "  if (!part) return reach(address, how);"
        "  if (part === 'confirm') { document.documentElement.dataset.asked = ''; await window.held; }"
        "  const said = await window.serverSays(part, how.body);"
        "  return new Response(JSON.stringify(said), { status: said.cause ? 409 : 200 }); };"
    )
    page.goto(f"/key/#pair={CODE}")
    app.begin("check")
    page.get_by_role("button", name="Continue").click()
    app.screen("match")
    expect(page.locator("html[data-asked]")).to_be_attached()

    page.get_by_role("button", name="Lock").click()
    page.evaluate("window.letGo()")
    page.wait_for_timeout(500)

    app.screen("locked")
    accounts = EVERY_RECORD.replace("return Promise.all", "const [accounts] = await Promise.all")[:-1]
    assert page.evaluate(accounts + "return accounts.length; }") == 0
    page.locator("main [data-do=check]").click()
    app.screen("paired")
    assert page.evaluate(accounts + "return accounts.every((one) => one.seed.encrypted instanceof ArrayBuffer); }")


@pytest.mark.promise("KEY-3")
def test_turning_away_from_the_fingerprint_is_not_called_a_lost_line(app: KeyApp, ada: Person):
    finger = Finger(app.page)
    app.pair(ada, lock="check")
    app.tab("Accounts")
    app.page.get_by_role("button", name="Turn off for ada", exact=True).click()
    finger.is_right(False)

    app.page.get_by_role("button", name="Turn off", exact=True).click()

    expect(app.page.locator("[data-error]")).to_have_text(app.word("check-failed"))
    assert Key.objects.get(phone=app.row).confirmed


@pytest.mark.promise("KEY-8")
def test_a_move_that_lost_its_line_goes_on_when_the_new_phone_is_opened_again(
    app: KeyApp, open_browser: Callable[..., Page], ada: Person, mallory: Person
):
    app.pair(ada, mallory, name="Old Pixel")
    new = KeyApp(open_browser(Look(400)))
    lost = lambda route: route.abort("internetdisconnected")  # noqa: E731
    new.page.route("**/prove/", lost)
    come_together(app, new)
    with new.page.expect_event("requestfailed", lambda request: "prove" in request.url):
        app.page.locator("[data-do=yes]").click()
        new.page.locator("[data-do=yes]").click()
    new.page.unroute("**/prove/", lost)

    new.page.reload()
    new.unlock(PIN)

    app.screen("ended")
    expect(new.page.locator(".badge-warn:visible")).to_have_count(0)
    assert Key.objects.filter(confirmed=True, phone__name="New Pixel").count() == 2


@pytest.mark.promise("KEY-2")
def test_a_name_written_to_turn_the_line_around_turns_nothing_but_itself(page: Page, app: KeyApp, ada: Person):
    ada.user.customer.given_name, ada.user.customer.family_name = "\u202e<b>live", "x" * 60
    ada.user.customer.save()
    app.pair(ada)
    asked(page, app, ada)
    app.screen("request")

    slots = app.page.locator(".about [data-slot]")
    assert set(slots.evaluate_all("(all) => all.map((one) => getComputedStyle(one).unicodeBidi)")) == {"isolate"}
    expect(app.page.locator(".about")).to_contain_text("<b>live")
    assert_accessible(app.page)
