"""Moving from an old phone to a new one, phone to phone, and turning off what is on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Key
from helpcenter import causes
from tests.browser.fixtures import Look
from tests.browser.key_app import PIN, KeyApp
from tests.factories import Person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def old(open_browser: Callable[..., Page], ada: Person, mallory: Person) -> KeyApp:
    """The old phone, with two accounts on it."""
    return KeyApp(open_browser(Look(400))).pair(ada, mallory, name="Old Pixel")


@pytest.fixture
def new(open_browser: Callable[..., Page]) -> KeyApp:
    """The new phone, fresh out of its box."""
    return KeyApp(open_browser(Look(400, "dark")))


def come_together(old: KeyApp, new: KeyApp) -> str:
    """Carry the code from the old phone to the new one; return the number both show."""
    old.tab("Accounts")
    old.page.get_by_role("button", name="Move to a new phone").click()
    old.page.get_by_role("button", name="Show the code").click()
    old.page.get_by_role("dialog").get_by_label("PIN").fill(PIN)
    code = old.page.locator(".big-code [data-slot=code]").inner_text()

    new.page.goto("/key/")
    new.begin()
    new.page.get_by_label("Code from the other screen").fill(code.lower())
    new.page.get_by_label("Name of this phone").fill("New Pixel")
    new.page.get_by_role("button", name="Continue").click()
    new.screen("match")
    number = new.page.locator("[data-slot=number]").inner_text()
    old.screen("moveMatch")
    expect(old.page.locator("[data-slot=number]")).to_have_text(number)
    return number


@pytest.mark.promise("KEY-8")
def test_all_accounts_move_to_the_new_phone_and_the_old_one_empties_itself(old: KeyApp, new: KeyApp):
    come_together(old, new)
    old.page.locator("[data-do=yes]").click()
    new.screen("takeOver")
    expect(new.page.locator("main")).to_contain_text("(ada)")
    new.page.locator("[data-do=yes]").click()

    new.codes()
    expect(new.page.locator(".code")).to_have_count(2)
    expect(new.page.locator(".badge-warn:visible")).to_have_count(0)
    old.screen("ended")
    expect(old.page.locator("main")).to_contain_text(old.word("ended-moved"))
    live = Key.objects.filter(confirmed=True, phone__isnull=False)
    assert {key.phone.name for key in live} == {"New Pixel"}
    assert live.count() == 2


@pytest.mark.promise("KEY-5", "KEY-8")
def test_numbers_that_differ_stop_the_move_and_the_old_phone_works_on(old: KeyApp, new: KeyApp):
    come_together(old, new)
    old.page.locator("[data-do=no]").click()

    old.screen("moveOver")
    new.screen("pairOver")
    old.tab("Codes")
    expect(old.page.locator(".code")).to_have_count(2)
    assert not Key.objects.filter(phone__name="New Pixel", confirmed=True).exists()


@pytest.mark.promise("KEY-8")
def test_a_phone_that_was_lured_into_a_move_takes_nothing(old: KeyApp, new: KeyApp):
    come_together(old, new)
    old.page.locator("[data-do=yes]").click()
    new.page.locator("[data-do=no]").click()

    new.screen("pairOver")
    new.tab("Codes")
    expect(new.page.locator("[data-is=codes-empty]")).to_be_visible()
    assert not Key.objects.filter(phone__name="New Pixel", confirmed=True).exists()


@pytest.mark.promise("KEY-5")
def test_a_wrong_code_is_refused_in_words_and_can_be_typed_again(new: KeyApp):
    new.page.goto("/key/")
    new.begin()
    new.page.get_by_label("Code from the other screen").fill("2222-2222")
    new.page.get_by_label("Name of this phone").fill("New Pixel")
    new.page.get_by_role("button", name="Continue").click()

    expect(new.page.locator("[data-error]")).to_have_text(causes.get("Y6").words())
    expect(new.page.get_by_role("button", name="Continue")).to_be_enabled()


@pytest.mark.promise("KEY-7")
def test_one_account_is_turned_off_on_the_phone_and_the_other_stays(old: KeyApp):
    old.tab("Accounts")
    old.page.get_by_label("Name of this phone").fill("My only phone")
    old.page.get_by_role("button", name="Save").click()
    expect(old.page.locator("[data-say]")).to_have_text(old.word("saved"))
    old.page.get_by_role("button", name="Turn off for mallory").click()
    expect(old.page.locator("[data-is=turn-off]")).to_be_visible()
    old.page.get_by_role("button", name="Turn off", exact=True).click()
    old.page.get_by_role("dialog").get_by_label("PIN").fill(PIN)

    old.screen("accounts")
    expect(old.page.locator("li.row")).to_have_count(1)
    old.row.refresh_from_db()
    assert old.row.name == "My only phone"
    assert Key.objects.filter(phone=old.row, confirmed=True).count() == 1


@pytest.mark.promise("KEY-7", "KEY-8")
def test_everything_on_the_phone_is_turned_off_in_one_act(old: KeyApp):
    old.tab("Accounts")
    old.page.get_by_role("button", name="Turn off everything on this phone").click()
    old.page.get_by_role("button", name="Turn off", exact=True).click()
    old.page.get_by_role("dialog").get_by_label("PIN").fill(PIN)

    old.screen("ended")
    assert not Key.objects.filter(phone=old.row, confirmed=True).exists()
