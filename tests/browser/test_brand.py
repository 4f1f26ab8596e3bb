"""A second brand in a browser: long name with umlauts, colon and quotes, other colours, logo, foot. Nothing breaks."""

import json
from collections.abc import Callable

import pytest
from django.conf import settings as portal_settings
from playwright.sync_api import Browser, BrowserContext, Page, expect

from accounts.enums import Role
from portal.brand import appearance, files
from tests import brands, factories
from tests.browser.fixtures import NARROW, Look, assert_accessible, assert_fits
from tests.browser.key_app import KeyApp
from tests.browser.test_key_installed import installed
from tests.factories import Person

__all__ = ["installed"]  # a fixture of the other file
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("FIRM-6")]
TOKENS = """(names) => Object.fromEntries(names.map(
    (name) => [name, getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()]))"""
GROUND = "(found) => getComputedStyle(found).backgroundColor"


@pytest.fixture(autouse=True)
def harbour(settings: object) -> None:
    brands.wear(settings)


def rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))})"


def enter(page: Page, person: Person, home: str) -> None:
    """Sign this person in, in this browser."""
    cookie = factories.signed_in(person).cookies[portal_settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": home}])


def assert_worn(page: Page) -> None:
    """Fail if the page lacks a barrier-free look, the brand's colours in one of the themes, or its pictures."""
    assert_accessible(page)
    for scheme, worn in (("light", brands.LIGHT), ("dark", brands.DARK)):
        page.emulate_media(color_scheme=scheme)
        names = ["primary"] if "/admin/" in page.url else list(worn)
        assert page.evaluate(TOKENS, names) == {name: worn[name] for name in names}
    pictures = "[...document.images].filter((one) => !one.complete || !one.naturalWidth).map((one) => one.src)"
    assert page.evaluate(pictures) == []
    page.emulate_media(color_scheme="null")


@pytest.mark.parametrize("path", ["/login/", "/help/", "/recover/", "/nothing/", "/welcome/"])
def test_pages_for_everybody(narrow_page: Page, path: str):
    narrow_page.goto(path)

    expect(narrow_page.locator(".brand")).to_have_text(brands.NAME)
    expect(narrow_page.get_by_role("link", name='Impressum: Recht & "Ordnung"')).to_be_visible()
    assert_worn(narrow_page)


@pytest.mark.parametrize(("scheme", "worn"), [("light", brands.LIGHT), ("dark", brands.DARK)])
def test_the_panel_the_button_and_a_link_are_of_the_brands_colours(
    open_browser: Callable[..., Page], scheme: str, worn: dict[str, str]
):
    page = open_browser(Look(1280, scheme), javascript=False)
    page.goto("/login/")

    assert page.locator(".assure").evaluate(GROUND) == rgb(worn["brand"])
    assert page.locator("main form button[type=submit]").first.evaluate(GROUND) == rgb(worn["primary"])
    colour = page.locator(".under a").first.evaluate("(found) => getComputedStyle(found).color")
    assert colour == rgb(worn["link"])
    shown = page.locator(".brand img").evaluate("(found) => found.currentSrc")
    assert shown.endswith(appearance.address("logo-dark.svg" if scheme == "dark" else "logo.svg"))


def test_pages_of_somebody_who_is_signed_in(narrow_page: Page, live_server):
    enter(narrow_page, factories.customer("ada"), live_server.url)

    for path in ("/", "/security/", "/profile/"):
        narrow_page.goto(path)
        expect(narrow_page.locator(".brand")).to_have_text(brands.NAME)
        assert_worn(narrow_page)


@pytest.mark.parametrize(("scheme", "worn"), [("light", brands.LIGHT), ("dark", brands.DARK)])
def test_the_desk(open_browser: Callable[..., Page], live_server, scheme: str, worn: dict[str, str]):
    page = open_browser(Look(320, scheme))
    enter(page, factories.staff("lee", Role.SENIOR), live_server.url)

    page.goto("/admin/")
    expect(page.locator(".brand")).to_have_text(brands.NAME)
    assert_worn(page)
    page.emulate_media(color_scheme=scheme)
    page.goto("/admin/recovery/case/")
    expect(page.locator("#site-name")).to_have_text(brands.NAME)
    assert page.locator("#header").evaluate(GROUND) == rgb(worn["brand"])
    assert_worn(page)


def test_names_of_a_single_long_word_fit_a_small_phone(narrow_page: Page, live_server, settings):
    settings.PORTAL_BRAND_NAME, settings.PORTAL_LEGAL_NAME = "M" * 60, "M" * 200
    settings.PORTAL_KEY_NAME = settings.PORTAL_DESKTOP_NAME = settings.PORTAL_MOBILE_NAME = "M" * 40
    settings.PORTAL_LEGAL_LINKS = {"M" * 60: "/help/"}
    for person in (None, factories.customer("ada"), factories.staff("lee", Role.SENIOR)):
        narrow_page.context.clear_cookies()
        paths = ["/login/", "/help/", "/help/contact/", "/key/", "/nothing/", "/recover/", "/welcome/"]
        if person:
            enter(narrow_page, person, live_server.url)
            paths = ["/", "/security/", "/security/keys/"] if person.user.customer else ["/admin/"]
        for path in paths:
            narrow_page.goto(path)
            assert_fits(narrow_page)


def test_a_light_ground_with_dark_words(narrow_page: Page, live_server, settings):
    settings.PORTAL_BRAND_COLOUR, settings.PORTAL_ACTION_COLOUR = "#ffcc00", "#000000"
    narrow_page.goto("/login/")
    assert narrow_page.locator(".assure").evaluate(GROUND) == rgb("#ffcc00")
    assert_accessible(narrow_page)

    enter(narrow_page, factories.staff("lee", Role.SENIOR), live_server.url)
    narrow_page.goto("/admin/")
    assert_accessible(narrow_page)


def test_the_key_on_the_phone_with_and_without_a_line(open_browser: Callable[..., Page]):
    app = KeyApp(open_browser(NARROW))
    app.page.goto("/key/")
    expect(app.page.locator("main")).to_contain_text('Söhne & Co: "Schlüssel"')
    assert_worn(app.page)

    app.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    app.page.context.set_offline(True)
    app.page.reload()

    expect(app.page.locator("main")).to_contain_text('Söhne & Co: "Schlüssel"')
    assert_worn(app.page)


def test_the_key_can_be_installed_under_such_a_name(installed: BrowserContext):
    page = installed.pages[0]
    page.goto("/key/")
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    session = installed.new_cdp_session(page)

    manifest = session.send("Page.getAppManifest")

    assert (manifest["errors"], session.send("Page.getInstallabilityErrors")["installabilityErrors"]) == ([], [])
    assert json.loads(manifest["data"])["name"] == 'Söhne & Co: "Schlüssel"'


def test_a_logo_that_was_slipped_a_script_runs_nothing(chromium: Browser, live_server, settings, tmp_path, monkeypatch):
    """The checks refuse it; should one get past them, the browser still does."""
    (tmp_path / "logo.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" onload="document.title = \'ran\'">'
        "<title>still</title><script>document.title = 'ran'</script></svg>"
    )
    monkeypatch.setitem(files._FAULT, "logo.svg", lambda _content: "")
    settings.PORTAL_BRANDING_DIR = str(tmp_path)
    page = chromium.new_page()

    page.goto(live_server.url + appearance.address("logo.svg"))

    assert page.title() == "still"
    page.close()
