"""People at the pages of a running installation: each has a browser, a mailbox, and perhaps a phone with the Key."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page, expect

from tests.browser.fixtures import PATIENCE_MS, QUICK, Complaints
from tests.firm.books import Someone
from tests.firm.installation import Installation
from tests.firm.mail_server import PART
from tests.phone import Phone

SUBMIT = "main form button[type=submit]"
CONTINUE = "main form.card button.button:not(.button-secondary)"
Open = Callable[[], Page]


@contextmanager
def browsers(chromium: Browser, portal: Installation) -> Iterator[Open]:
    """Open browsers of different people; what their pages complained of fails the test at the end."""
    complaints, contexts = Complaints(portal.url), []

    def fresh() -> Page:
        context = chromium.new_context(
            base_url=portal.url,
            ignore_https_errors=True,  # the certificate is the test's own
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(QUICK)
        complaints.listen(context)
        contexts.append(context)
        return context.new_page()

    yield fresh
    for context in contexts:
        context.close()
    assert complaints.faults == []


@dataclass
class Visitor:
    """Somebody with a username, at a browser of their own."""

    portal: Installation
    page: Page
    username: str
    email: str
    password: str = "Nine-Lanterns-Over-Water-7"
    phone: Phone = field(default_factory=Phone)

    @classmethod
    def of(cls, someone: Someone, portal: Installation, page: Page) -> "Visitor":
        return cls(portal, page, someone.username, someone.email)

    # --- Coming in for the first time ---------------------------------------------------------------------------
    def accept_invitation(self, address: str, told_part: str, mailed_part: str = "") -> None:
        """Enter both codes, choose a password, and set up the Key."""
        mailed = self.portal.mail.code(self.email, "staff_invitation", PART)
        assert mailed_part in {"", mailed}
        self.page.goto(address)
        self.fill("/invitation/", username=self.username, told_part=told_part, mailed_part=mailed)
        self.fill("/invitation/password/", new_password=self.password)
        self.pair("/key/setup/pair/")
        self.page.locator("#sign-in-now").click()

    def use_letter(self, code: str, someone: Someone) -> None:
        """Come with the code of a letter, say what the letter does not, and set up password and Key."""
        self.page.goto("/login/")
        self.page.locator("main a[href='/welcome/']").click()
        self.fill("/welcome/", username=self.username, code=code)
        self.fill("/welcome/details/", detail=someone.detail, **someone.birthday())
        expect(self.page).to_have_url(re.compile("/welcome/code/$"))
        self.fill("/welcome/code/", code=self.portal.mail.code(self.email, "code"))
        self.fill("/welcome/password/", new_password=self.password)
        self.pair("/key/setup/pair/")
        self.page.locator("#sign-in-now").click()

    def pair(self, path: str) -> None:
        """Pair the phone with the page of a set-up, and prove it by a code."""
        expect(self.page).to_have_url(re.compile(f"{path}$"))
        self.phone.name, self.phone.address = f"The phone of {self.username}", self.portal.url
        code = self.page.locator("[data-key-setup=open] > .reference code").inner_text()
        assert self.phone.pair(code).status == 200
        expect(self.page.locator("[data-key-setup=claimed]")).to_be_visible()
        assert self.phone.number in self.page.locator(".match-number").inner_text()
        self.page.locator("form[action$='/match/'] button").click()
        self.page.locator("#id_code").wait_for()
        assert self.phone.confirm().status == 200
        self.page.locator("#id_code").fill(self.code())
        self.page.locator(CONTINUE).click()
        self.page.wait_for_url(lambda url: not url.endswith(path))

    # --- Every day ----------------------------------------------------------------------------------------------
    def code(self) -> str:
        """Return what the Key of this username shows; a code is used once, so the next one is waited for."""
        self.portal.clock.move(seconds=30)
        return self.phone.code(next(key for key, name in self.phone.accounts.items() if name == self.username))

    def sign_in(self) -> None:
        """Sign in with password and code, on the sign-in page."""
        if "/login/" not in self.page.url:
            self.page.goto("/login/")
        self.page.locator("#id_username").fill(self.username)
        self.page.locator("#id_password").fill(self.password)
        self.page.locator("form[action='/login/'] button.button-wide:not(.button-secondary)").click()
        self.page.locator("#id_otp_token").fill(self.code())
        with self.page.expect_navigation():
            self.page.locator("form:has(#id_otp_token) button.button:not(.button-secondary)").click()
        expect(self.page.locator("form[action='/logout/']").first).to_be_attached()

    def fill(self, path: str, **values: str) -> None:
        """Fill in and send the form of a page."""
        expect(self.page).to_have_url(re.compile(f"{path}$"))
        for name, value in values.items():
            self.page.locator(f"#id_{name}").fill(value)
        self.page.locator(CONTINUE).click()

    def wait_until_told(self) -> None:
        """Wait until the worker knows that every e-mail to this user went out: waiting periods begin then."""
        while not re.search(r"^mails waiting +0$", self.portal.manage("portal_status", self.username), re.MULTILINE):
            time.sleep(0.1)

    def accounts(self) -> list[str]:
        """Return the numbers of the accounts on the start page, page by page."""
        self.page.goto("/?by=none")
        found = []
        while True:
            found += self.page.locator("#accounts .row-main small, #accounts tbody td:nth-child(2)").all_inner_texts()
            more = self.page.get_by_role("link", name="Next")
            if not more.count():
                return found
            more.click()
