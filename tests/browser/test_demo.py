"""A walk through the demo by somebody who has read what the command prints, and nothing else."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from tests.browser.fixtures import NARROW
from tests.recovery.claimant import mailed

pytestmark = [pytest.mark.urls("tests.browser.guide_urls"), pytest.mark.django_db(transaction=True)]
SUBMIT = "main form button[type=submit]"


@dataclass(frozen=True)
class Printed:
    """What the command printed, read as a person reads it: columns are two blanks or more apart."""

    text: str

    def row(self, name: str) -> list[str]:
        """Return the cells of the line of a log-in."""
        lines = [re.split(r"  +", line.strip()) for line in self.text.splitlines() if line.startswith("  ")]
        return next(cells for cells in lines if cells[0] == name and len(cells) > 2)

    def case(self, username: str) -> tuple[str, str]:
        """Return reference and PIN of the case on a username."""
        reference, pin = re.search(rf"^  (RC-\S+)  (\d{{6}})  .*  {username}  ", self.text, re.MULTILINE).groups()
        return reference, pin


@pytest.fixture
def printed(clock: object, settings: object, live_server: object) -> Printed:
    settings.DEBUG = True
    out = io.StringIO()
    call_command("portal_demo", stdout=out)
    settings.DEBUG = False
    return Printed(out.getvalue())


def test_whoever_is_printed_signs_in_with_what_is_printed(printed, open_browser: Callable[..., Page]):
    for name in ("ada", "finn", "kenji", "grace", "bruno-paper", "dana", "lee", "aud", "uma"):
        realm = "paper" if "paper" in name else "live"
        _name, password, codes, *_who = printed.row(name)
        page = open_browser(NARROW)
        page.goto(f"/login/?realm={realm}")
        page.locator("#id_username").fill(name)
        page.locator("#id_password").fill(password)
        page.locator(SUBMIT).first.click()
        page.locator("[name=otp_token]").fill(codes.split()[0])
        page.locator("form:has([name=otp_token]) button[type=submit]").first.click()
        expect(page.locator("[name=otp_token]")).to_have_count(0)
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"^(Hello|Work)"))


def enter(page: Page, reference: str, pin: str) -> None:
    page.goto("/demo/browser/")
    page.locator("#id_reference").fill(reference)
    page.locator("#id_pin").fill(pin)
    page.locator(SUBMIT).first.click()


def test_a_case_is_proved_with_what_is_printed_and_mailed(printed, narrow_page):
    enter(narrow_page, *printed.case("diego"))
    narrow_page.locator("form[action$='/mail/send/'] button").click()
    narrow_page.locator("[name=code]").fill(mailed("code", "code"))
    narrow_page.locator("form[action$='/mail/'] button").click()

    expect(narrow_page.locator("[data-state=review]")).to_be_visible()


def test_a_case_that_is_ready_is_started_with_what_is_printed_and_mailed(printed, narrow_page):
    enter(narrow_page, *printed.case("isla"))
    narrow_page.locator("form[action$='/finish/begin/'] button").click()
    narrow_page.locator("[name=part]").fill(mailed("case_grant_part", "part"))
    narrow_page.locator(SUBMIT).first.click()

    expect(narrow_page.locator("[name=new_password]")).to_be_visible()
