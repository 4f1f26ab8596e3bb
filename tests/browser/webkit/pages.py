"""The pages and the Key as WebKit's person walks through them."""

from accounts.models import Key
from tests.accounts.enrolment_pages import post, to_the_phone, with_password
from tests.browser.key_app import PIN
from tests.browser.webkit.driver import WebKit
from tests.factories import Person


def type_password(page: WebKit, person: Person, password: str = "") -> None:
    page.goto("/login/")
    page.fill("Username", person.user.username)
    page.fill("Password", password or person.password)
    page.press("Continue")


def type_code(page: WebKit, code: str) -> None:
    page.fill("Code from your Key", code)
    page.press("Sign in")


def sign_in(page: WebKit, person: Person) -> None:
    type_password(page, person)
    type_code(page, person.code())
    page.find("h1", f"Hello {person.user.username.title()}")


def bring(app: WebKit, code: str) -> str:
    """Open the Key on a new phone with a pairing code; return the number it shows."""
    app.goto(f"/key/#pair={code}")
    app.press("Continue without installing")
    app.press("I have a code")
    app.press("Use a 6-digit PIN")
    app.find("[data-if=first]")
    app.fill("PIN", PIN)
    app.find("[data-is=new-pin] [data-unless=first]")
    app.fill("PIN", PIN)
    app.fill("Name of this phone", "Ben's iPhone")
    app.press("Continue")
    return app.text("[data-is=match] [data-slot=number]")


def code_on(app: WebKit, screen: str) -> str:
    return app.text(f"[data-is={screen}] [data-slot=code]").replace(" ", "")


def to_the_codes(app: WebKit) -> None:
    """Wait for the codes, past the offer of notifications."""
    app.find("[data-screen=notify], [data-screen=codes]")
    if app.run("return document.body.dataset.screen") == "notify":
        app.press("Not now")
    app.find("[data-is=codes]")


def pair(app: WebKit, ben: Person) -> None:
    """Make this browser Ben's first Key; the other screen's half is played by the test."""
    portal = with_password(ben)
    bring(app, to_the_phone(portal, ben))
    post(portal, "-match")
    post(portal, "-pair", code=code_on(app, "paired"))
    Key.objects.update(last_step=-1)  # half a minute later
    to_the_codes(app)


def unlock(app: WebKit) -> None:
    app.find("[data-is=locked]")
    app.fill("PIN", PIN)
