"""Staff of the firm at their desk: an operator who invites, an agent on the phone, seniors who decide."""

import re

from playwright.sync_api import expect

from tests.firm.books import Someone
from tests.firm.mail_server import PART
from tests.firm.visitors import Visitor
from tests.journeys.test_recovery import press, send

CASES, STAFF = "/admin/recovery/case/", "/admin/accounts/employee/"
REASON = "Everything on file agrees with what the caller said."


def invite(operator: Visitor, username: str, role: str) -> tuple[str, str]:
    """Invite a colleague at the desk; return the page and the code that the operator tells them."""
    page = operator.page
    page.goto(STAFF)
    page.locator(f"a[href='{STAFF}invite/']").click()
    for name, value in {"username": username, "name": username.title(), "email": f"{username}@firm.test"}.items():
        page.locator(f"#id_{name}").fill(value)
    page.locator("#id_role").select_option(role)
    page.locator("#id_code").fill(operator.code())
    page.locator(".submit-row input").click()
    expect(page).to_have_url(re.compile(f"{STAFF}invited/$"))
    address, _username, told = page.locator("#content dl dd").all_inner_texts()
    return address, told


def confirm_role(operator: Visitor, username: str) -> None:
    """Give a role that was asked for by command, and waits for an operator."""
    page = operator.page
    page.goto("/admin/accounts/rolechange/")
    page.locator("#result_list tbody tr", has_text=username).locator("a").first.click()
    page.locator("a[href$='/give/']").click()
    page.locator("#id_code").fill(operator.code())
    page.locator(".submit-row input").click()
    expect(page.locator(".messagelist .success")).to_be_visible()


def printed(said: str) -> tuple[str, list[str]]:
    """Return the page and the codes that ``portal_staff`` printed."""
    return re.search(r"^Page: +(\S+)$", said, re.MULTILINE)[1], re.findall(rf" code: +({PART})$", said, re.MULTILINE)


def take_call(agent: Visitor, reference: str, pin: str) -> str:
    """Take a caller's reference and PIN; return the two words that the agent says."""
    page = agent.page
    page.goto(CASES)
    press(page, "start")
    page.locator("#id_reference").fill(reference)
    page.locator("#id_pin").fill(pin)
    send(page)
    return page.locator(".desk-phrase .desk-words").inner_text()


def ask_all(agent: Visitor, caller: Someone) -> None:
    """Ask the nine questions; the caller says what they remember, and nothing to what they do not."""
    page = agent.page
    for place in range(9):
        expect(page.locator(".desk-cards li")).to_have_count(9)
        expect(page.locator(f".desk-now input[name=place][value='{place + 1}']")).to_be_attached()
        question = page.locator(".desk-now h2").inner_text()
        page.locator("#id_answer").fill(caller.memory.get(question, ""))
        send(page)
    send(page)
    expect(page.locator("[data-state=possession]")).to_be_visible()
    press(page, "statement")
    page.locator("input[name=recommends][value=yes]").check()
    send(page)
    expect(page.locator(".messagelist .success")).to_be_visible()


def has_case(senior: Visitor) -> bool:
    """Look into the queue: a case is shown to the senior it was given to, and to no other."""
    senior.page.goto(CASES)
    return senior.page.locator("#result_list tbody tr").count() > 0


def approve(senior: Visitor) -> None:
    """Decide the one case in the queue, after the shortest review, with a code of one's own Key."""
    page = senior.page
    page.locator("#result_list tbody tr a").first.click()
    press(page, "review")
    send(page)
    senior.portal.clock.move(minutes=1)
    press(page, "approve")
    page.locator("#id_reason").fill(REASON)
    page.locator("#id_code").fill(senior.code())
    send(page)
    expect(page.locator("[data-state=cooling]")).to_be_visible()
