"""Nothing that a Key is made of, or opens with, is kept where it does not belong."""

import re

import pytest
from django.test import Client

from accounts.actions.keys.enrolment import completion, rows
from accounts.models import BackupCode, Enrolment
from tests import factories
from tests.accounts.enrolment_pages import birth, get, post, text, with_password
from tests.accounts.enrolment_walk import mailed_code
from tests.accounts.test_sign_in_approval import number_on, press, start
from tests.conftest import Clock
from tests.factories import Person
from tests.journeys import hunt
from tests.journeys.test_secrets import Secrets, explode, hunter, keep_cookies, secrets, work
from tests.phone import Phone as Handset

__all__ = ("hunter", "secrets")
pytestmark = pytest.mark.django_db
SUBSCRIPTION = {
    "endpoint": "https://fcm.googleapis.com/fcm/send/the-address-of-one-phone",
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}


def to_the_phone(browser: Client, ben: Person, secrets: Secrets) -> str:
    """Walk to the page that waits for a phone; return the pairing code on it."""
    post(browser, "", begin="yes")
    keep_cookies(browser, secrets)
    post(browser, "-code", code=mailed_code(ben.user))
    post(browser, "-details", day="1", month="2", year="1990", detail=secrets.new())
    post(browser, "-details", **birth(ben))
    keep_cookies(browser, secrets)
    secrets.also(rows.items_of(Enrolment.objects.get())[0].secret)
    shown = re.search(r"<code data-copy-text>([0-9A-Z]{4}-[0-9A-Z]{4})<", text(get(browser, "-pair")))[1]
    secrets.also(shown.replace("-", ""))
    return secrets.also(shown)


def come(browser: Client, code: str, secrets: Secrets) -> Handset:
    """Let a phone come and fetch its seed."""
    phone = Handset()
    phone.pair(secrets.new()[:8])
    assert phone.pair(code).status == 200
    post(browser, "-match")
    assert phone.confirm().status == 200
    secrets.also(next(iter(phone.seeds.values())))
    return phone


def sign_in_by_approval(phone: Handset, ben: Person, secrets: Secrets) -> Client:
    """Sign in by the number, a wrong one first, and confirm by a code; return the browser."""
    browser = Client()
    page = start(browser, ben)
    keep_cookies(browser, secrets)
    request = phone.requests()["requests"][0]
    phone.approve(request, f"{(int(number_on(page)) + 1) % 100:02}")
    assert phone.approve(request, number_on(page)).status == 200
    assert press(browser, "approved").status_code == 302
    keep_cookies(browser, secrets)
    browser.post("/confirm/", {"password": ben.password, "code": secrets.also(phone.code(steps=1))})
    keep_cookies(browser, secrets)
    return browser


def use_paper(browser: Client, ben: Person, secrets: Secrets) -> None:
    """Make backup codes, and sign in with one."""
    made = browser.post("/security/backup-codes/", follow=True).context["codes"]
    keep_cookies(browser, secrets)
    for code in made:
        secrets.also(code)
        secrets.also(code.replace("-", ""))
    late = Client()
    start(late, ben)
    factories.press(late, backup_code=made[0])


def move(phone: Handset, secrets: Secrets) -> None:
    """Move to another phone."""
    phone.rotate()
    new = Handset()
    new.pair(secrets.also(phone.transfer()["code"]))
    phone.match()
    new.confirm()
    secrets.also(next(iter(new.seeds.values())))
    assert new.prove().status == 200


def test_a_key_is_set_up_and_used_for_a_day(hunter: hunt.Hunt, secrets: Secrets, clock: Clock, ben: Person):
    browser = with_password(ben)
    phone = come(browser, to_the_phone(browser, ben, secrets), secrets)
    post(browser, "-pair", code=secrets.new()[:6])
    assert post(browser, "-pair", code=secrets.also(phone.code())).status_code == 302
    assert phone.subscribe(SUBSCRIPTION).status == 200
    for part in SUBSCRIPTION.values():
        secrets.also(part)
    clock.move(minutes=1)
    use_paper(sign_in_by_approval(phone, ben, secrets), ben, secrets)
    move(phone, secrets)
    work(clock)

    assert BackupCode.objects.filter(used_at__isnull=False).count() == 1
    assert len(secrets) > 40
    assert hunter.found(secrets) == []


@pytest.mark.parametrize("what", ["start", "may_join"])
def test_a_fault_at_the_end_tells_nothing(
    hunter: hunt.Hunt, secrets: Secrets, clock: Clock, ben: Person, monkeypatch: pytest.MonkeyPatch, what: str
):
    browser = with_password(ben)
    phone = come(browser, to_the_phone(browser, ben, secrets), secrets)
    browser.raise_request_exception = False
    monkeypatch.setattr(completion, what, explode)

    answer = post(browser, "-pair", code=secrets.also(phone.code()))
    hunter.pages.append(text(answer))

    assert answer.status_code == 500
    assert hunter.found(secrets) == []
