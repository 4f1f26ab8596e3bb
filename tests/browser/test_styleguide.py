"""Every component, in every look, with script and without."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fixtures import assert_accessible, assert_fits

pytestmark = [pytest.mark.urls("tests.browser.guide_urls"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def guide(page: Page) -> Page:
    page.goto("/styleguide/")
    return page


def test_no_component_is_a_barrier_in_any_look(narrow_page):
    narrow_page.goto("/styleguide/")

    assert_accessible(narrow_page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_chosen_theme_wins_over_the_systems(page, theme):
    page.emulate_media(color_scheme="dark" if theme == "light" else "light")
    page.goto(f"/styleguide/?theme={theme}")

    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")

    assert ground == {"light": "rgb(245, 247, 250)", "dark": "rgb(16, 22, 29)"}[theme]


def test_without_script_nothing_is_missing_and_nothing_is_in_vain(page_without_script):
    page_without_script.goto("/styleguide/")

    expect(page_without_script.locator("[data-password-toggle]:visible, [data-copy]:visible")).to_have_count(0)
    expect(page_without_script.get_by_role("link", name="Try again")).to_have_count(2)
    assert_fits(page_without_script)


def test_the_error_summary_takes_the_focus_and_hands_it_to_the_field(guide):
    expect(guide.locator("#error-summary")).to_be_focused()

    guide.get_by_role("link", name="Topic:").click()

    expect(guide.locator("#refused_topic")).to_be_focused()


def test_the_summary_leads_into_a_group_of_choices(guide):
    guide.get_by_role("link", name="How may we reach you?").click()

    expect(guide.locator("#refused_way_0")).to_be_focused()


def test_a_password_can_be_shown_and_is_hidden_again_when_sent(guide):
    guide.evaluate("document.querySelector('#blank_password').form.addEventListener('submit', e => e.preventDefault())")
    field = guide.locator("#blank_password")
    form = guide.locator("form", has=field)
    field.fill("Open-Sesame-1")

    form.get_by_role("button", name="Show password").click()
    expect(field).to_have_attribute("type", "text")
    expect(form.get_by_role("status")).to_have_text("Your password is shown.")

    form.get_by_role("button", name="Continue").click()
    expect(field).to_have_attribute("type", "password")
    expect(field).to_have_value("Open-Sesame-1")
    expect(form.get_by_role("button", name="Show password")).to_be_visible()


def test_caps_lock_is_told(guide):
    field = guide.locator("#blank_password")
    line = guide.get_by_text("Caps Lock is on.").first
    expect(line).to_be_hidden()

    field.evaluate("e => e.dispatchEvent(new KeyboardEvent('keydown', {key: 'A', modifierCapsLock: true}))")
    expect(line).to_be_visible()

    field.evaluate("e => e.dispatchEvent(new KeyboardEvent('keyup', {key: 'a'}))")
    expect(line).to_be_hidden()


def test_the_rules_of_a_new_password_are_ticked_and_told(guide):
    rules = guide.locator("[data-password-rules]")

    guide.locator("#id_new_password").fill("Abcdefg1")

    expect(rules.locator("li.met")).to_have_count(4)
    expect(rules.get_by_role("status")).to_have_text("Still needed: a special character, such as ! or %")

    guide.locator("#id_new_password").fill("Abcdefg1!")
    expect(rules.get_by_role("status")).to_have_text("All rules are met.")


def test_letters_of_all_scripts_count_once(guide):
    guide.locator("#id_new_password").fill("Ωω1!🙂🙂")

    expect(guide.locator("li[data-rule=length]")).not_to_have_class("met")
    expect(guide.locator("li.met")).to_have_count(4)


def test_a_countdown_speaks_each_minute_and_at_twenty_seconds_and_ends_with_the_way_on(page):
    page.clock.install()
    page.goto("/styleguide/")
    running = page.locator("[data-countdown]").first
    clock, spoken = running.locator("[data-countdown-clock]"), running.get_by_role("status")
    expect(clock).to_have_text("2:05")
    expect(spoken).to_have_text("")

    page.clock.run_for(6_000)
    expect(clock).to_have_text("1:59")
    expect(spoken).to_have_text("2 minutes left")

    page.clock.run_for(60_000)
    expect(spoken).to_have_text("1 minute left")

    page.clock.run_for(40_000)
    expect(spoken).to_have_text("20 seconds left")
    expect(running.get_by_role("link")).to_be_hidden()

    page.clock.run_for(20_000)
    expect(spoken).to_have_text("You can try again now.")
    expect(running.get_by_role("link", name="Try again")).to_be_visible()


def test_a_reference_can_be_copied(guide):
    guide.context.grant_permissions(["clipboard-read", "clipboard-write"])

    guide.get_by_role("button", name="Copy").last.click()

    expect(guide.locator(".reference").get_by_role("status")).to_have_text("Copied")
    assert guide.evaluate("navigator.clipboard.readText()") == "7F3K2Q9C"


def test_the_first_stop_of_the_keyboard_skips_to_the_page(page):
    page.goto("/help/")

    page.keyboard.press("Tab")

    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
