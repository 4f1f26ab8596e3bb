"""The way in and out in WebKit: sign-in, the first Key, its codes offline, an approval, sign-out and Back."""

from collections.abc import Callable

import pytest
from django.core.servers.basehttp import WSGIRequestHandler

from accounts.models import Key
from tests.accounts.enrolment_pages import birth
from tests.accounts.enrolment_walk import code_of, mailed_code
from tests.browser.webkit.driver import WebKit, until
from tests.browser.webkit.pages import bring, code_on, pair, sign_in, to_the_codes, type_code, type_password, unlock
from tests.factories import Person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.promise("KEY-1", "KEY-5", "SIGN-3")
def test_a_phone_becomes_the_first_key_and_signs_in_with_its_code(
    page: WebKit, open_webkit: Callable[[], WebKit], ben: Person
):
    type_password(page, ben)
    page.press("Send me the code")
    page.find("h1", "Enter the code from the e-mail")
    page.fill("Code from the e-mail", mailed_code(ben.user))
    page.press("Continue")
    for label, value in zip(("Day", "Month", "Year", "One more detail"), birth(ben).values(), strict=True):
        page.fill(label, value)
    page.press("Continue")
    app = open_webkit()

    number = bring(app, page.text("[data-copy-text]"))
    assert page.text(".match-number [aria-hidden]") == number
    page.press_at("form[action$='/match/'] button")
    page.fill("Code", code_on(app, "paired"))
    page.press("Finish")

    page.find("#sign-in-now")
    to_the_codes(app)
    Key.objects.update(last_step=-1)  # half a minute later
    type_password(page, ben)
    type_code(page, code_on(app, "codes"))
    page.find("h1", "Hello Ben")


def hang_up(handler: WSGIRequestHandler) -> bool:
    """End the connection instead of reading what the browser asks."""
    handler.close_connection = True
    return False


@pytest.mark.promise("KEY-7")
def test_the_key_opens_and_shows_codes_while_nothing_answers(
    open_webkit: Callable[[], WebKit], ben: Person, monkeypatch: pytest.MonkeyPatch
):
    app = open_webkit()
    pair(app, ben)
    until(lambda: app.run("return navigator.serviceWorker.controller?.state === 'activated'"), "the worker")
    monkeypatch.setattr(WSGIRequestHandler, "parse_request", hang_up)
    assert app.run("return fetch('/healthz').then(() => true, () => false)") is False

    app.reload()
    unlock(app)

    app.find("[data-is=codes]")
    shown = code_on(app, "codes")
    seed = Key.objects.get(user=ben.user).secret
    assert shown in {code_of(seed), code_of(seed, steps=-1)}


@pytest.mark.promise("KEY-2", "KEY-3", "SIGN-3")
def test_the_number_typed_into_the_key_opens_the_other_screen(
    page: WebKit, open_webkit: Callable[[], WebKit], ben: Person
):
    app = open_webkit()
    pair(app, ben)
    app.press("Lock")
    type_password(page, ben)
    number = page.text(".match-number [aria-hidden]")

    unlock(app)
    app.fill("Number on your other screen", number)
    app.press("Approve")

    app.find("[data-is=approved]")
    page.find("h1", "Hello Ben")


@pytest.mark.promise("SESS-1")
def test_signed_out_back_shows_nothing(page: WebKit, ada: Person):
    sign_in(page, ada)
    page.goto("/security/")
    page.press("Sign out")
    page.find("h1", "Sign in")

    page.back()

    page.find("h1", "Sign in")
    assert page.path.startswith("/login/?next=%2Fsecurity%2F")


def test_a_page_kept_in_memory_is_hidden_and_asked_for_anew(page: WebKit, ada: Person):
    sign_in(page, ada)
    page.run("addEventListener('pageshow', () => (sessionStorage.hidden = document.body.hidden))")
    page.goto("/help/")

    page.back()

    page.find("h1", "Hello Ada")
    assert page.run("return sessionStorage.hidden") == "true"


def test_an_error_has_the_focus_and_no_field_takes_it_away(page: WebKit, ada: Person):
    page.goto("/login/")
    page.find("[autocomplete~=username]:focus")
    type_password(page, ada, "wrong")
    page.find("[data-cause=P1]:focus")
    assert_no_autofocus(page)

    type_password(page, ada)
    page.find("[autocomplete=one-time-code]:focus")
    type_code(page, "000000")
    page.find("[data-cause=K1]:focus")
    assert_no_autofocus(page)


def assert_no_autofocus(page: WebKit) -> None:
    """WebKit gives such a field the focus later than the page's script, at times."""
    assert page.run("return document.querySelector('[autofocus]')") is None


@pytest.mark.promise("SIGN-9")
def test_who_cannot_make_a_passkey_reads_what_it_takes_and_is_offered_none(page: WebKit, ada: Person, settings: object):
    settings.PORTAL_HOST = page.home.removeprefix("http://")
    sign_in(page, ada)
    assert not page.run("return 'PublicKeyCredential' in window"), "this WebKit can: another browser must show this"

    page.goto("/security/passkeys/")

    page.find("[data-passkey-unable]")
    assert page.run("return document.querySelector('main [data-passkey-able]').checkVisibility()") is False
