"""A customer who has forgotten the password and has no phone, at the pages of their recovery."""

from playwright.sync_api import expect

from accounts.hold_refusals import KeysHeld
from tests.firm.mail_server import PART
from tests.firm.visitors import SUBMIT, Visitor

START = "form[action='/recover/finish/begin/'] button"


def ask_for_help(who: Visitor) -> tuple[str, str, str]:
    """Open a case from the sign-in page; return reference, PIN, and the words that the agent must say."""
    page = who.page
    page.goto("/login/")
    page.locator("main a[href='/reset/']").click()
    page.locator("main a[href='/recover/']").click()
    page.locator("#id_username").fill(who.username)
    for thing in ("password", "key"):
        page.locator(f"input[name=lost][value={thing}]").check()
    page.locator(SUBMIT).click()
    expect(page.locator(".reference code")).to_have_count(3)
    reference, pin, phrase = page.locator(".reference code").all_inner_texts()
    page.locator("main a[href='/recover/status/']").click()
    expect(page.locator("[data-state=open]")).to_be_visible()
    return reference, pin, phrase


def prove_mailbox(who: Visitor) -> None:
    """Have a code sent, and type it; a senior has the case then."""
    page = who.page
    page.reload()
    page.locator("form[action='/recover/status/proof/mail/send/'] button").click()
    page.locator("#mail-code").fill(who.portal.mail.code(who.email, "code"))
    page.locator("form[action='/recover/status/proof/mail/'] button").click()
    expect(page.locator("[data-state=review]")).to_be_visible()


def has_to_wait(who: Visitor) -> None:
    """Nothing can be begun while the owner can still stop it."""
    who.page.reload()
    expect(who.page.locator("[data-state=cooling]")).to_be_visible()
    expect(who.page.locator(START)).to_have_count(0)


def set_up(who: Visitor, reference: str, pin: str) -> None:
    """After the waiting period: take a PIN that nobody heard, a new password and a new Key."""
    page = who.page
    page.goto("/recover/status/")
    page.locator("#id_reference").fill(reference)
    page.locator("#id_pin").fill(pin)
    page.locator(SUBMIT).click()
    page.locator("main a.button[href='/recover/status/pin/']").click()
    page.locator("#id_pin").fill(pin)
    page.locator(SUBMIT).click()
    page.locator("main a[href='/recover/status/']").click()
    page.locator(START).click()
    page.locator("main input[type=text]").fill(who.portal.mail.code(who.email, "case_grant_part", PART))
    page.locator(SUBMIT).click()
    page.locator("#id_new_password").fill(who.password)
    page.locator(SUBMIT).first.click()
    who.pair("/recover/finish/key/")
    expect(page.locator("[data-state=hold]")).to_be_visible()


def is_held(who: Visitor) -> None:
    """The start page tells of the recovery, and no further Key can be set up for a while."""
    expect(who.page.locator("main a[href='/recover/mine/']")).to_be_visible()
    who.page.goto("/key/setup/")
    expect(who.page.locator(f"[data-cause={KeysHeld.code}]")).to_be_visible()
