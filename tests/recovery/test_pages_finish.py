"""Starting afresh: both parts of the grant, then password and Key at once, or nothing."""

import re
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.test import Client

from accounts.actions.password import remember_password
from accounts.enums import Realm
from accounts.models import Key, PlatformSession, User
from portal.lib import clock as portal_clock
from portal.throttle.models import Throttle
from portal.throttle.reserve import reserve
from recovery.enums import SPOKEN_OF, Scope
from tests import buckets, factories
from tests.factories import Person
from tests.lint_html import problems
from tests.recovery.claimant import Claimant, at_desk, cause, leads_to, mailed, shown, words, wrong
from tests.recovery.conftest import NEW_PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def claimant(clock, walk) -> Claimant:
    """Ada, whose waiting period is over, with the page of her case open."""
    made = Claimant()
    made.asks()
    at_desk(walk, made).in_session().answered().stated()
    made.gives_code()
    walk.approved(clock).waited(clock)
    made.enters()
    return made


def new_phone(claimant: Claimant, holder: Person) -> Person:
    return Person(holder.user, NEW_PASSWORD, claimant.secret())


def untouched(holder: Person) -> bool:
    key = holder.user.key_set.get()
    return key.confirmed and User.objects.get(pk=holder.user.pk).password == holder.user.password


@pytest.mark.promise("CASE-6")
@pytest.mark.promise("CASE-7")
def test_the_pages_lead_from_the_start_button_to_an_ordinary_sign_in(claimant, holder, clock):
    old_key = Person(holder.user, holder.password, holder.seed)
    assert shown(claimant.looks()) == "ready"

    assert claimant.begins().redirect_chain == [("/recover/finish/", 302)]
    assert claimant.opens_grant().redirect_chain == [("/recover/finish/new/", 302)]
    phone = new_phone(claimant, holder)
    answer = claimant.saves(phone.code())

    assert shown(answer) == "hold"
    assert answer.context["receipt"].keys == 1
    spoken = [scope for scope in Scope if str(scope.label) in words(answer)]
    assert spoken == list(SPOKEN_OF) == [Scope.CONTACT, Scope.NEW_KEY, Scope.IP_RULE]
    assert PlatformSession.objects.count() == 0
    clock.move(seconds=30)
    phone.user.refresh_from_db()
    assert cause(factories.sign_in(Client(), old_key)) == "P1"
    assert factories.sign_in(Client(), phone).status_code == 302


@pytest.mark.promise("SIGN-6")
def test_the_receipt_leads_to_where_the_username_signs_in(claimant, holder):
    claimant.begins()
    claimant.opens_grant()
    claimant.saves(new_phone(claimant, holder).code())
    User.objects.filter(pk=holder.user.pk).update(realm=Realm.PAPER)

    assert 'href="/login/?realm=paper"' in claimant.looks().content.decode()


@pytest.mark.promise("CASE-6")
def test_an_old_key_does_not_open_the_new_password(claimant, holder, clock):
    claimant.begins()
    claimant.opens_grant()
    claimant.saves(new_phone(claimant, holder).code())
    clock.move(seconds=30)

    answer = factories.sign_in(Client(), holder, password=NEW_PASSWORD)

    assert cause(answer) == "K1"


def test_no_page_shows_both_halves_and_no_address_any(claimant):
    answer = claimant.begins()
    part = mailed("case_grant_part", "part")

    assert part not in words(answer)
    assert answer.redirect_chain == [("/recover/finish/", 302)]
    assert [url for url, _status in claimant.opens_grant().redirect_chain] == ["/recover/finish/new/"]


@pytest.mark.promise("CASE-6")
def test_the_second_half_opens_nothing_in_another_browser(claimant, holder):
    claimant.begins()
    other = Claimant()
    other.enters(claimant.reference, claimant.pin)

    answer = other.opens_grant()

    assert answer.redirect_chain == [("/recover/status/", 302)]
    assert (shown(other.looks()), leads_to(other.looks(), "finish/begin/")) == ("ready", False)
    assert cause(other.begins()) == "A1"


def test_the_third_wrong_half_ends_the_grant_and_a_second_one_may_be_started(claimant, holder):
    claimant.begins()
    part = mailed("case_grant_part", "part")
    said = [claimant.opens_grant("2222 2222") for _try in range(3)]

    assert [cause(answer) for answer in said] == ["A9", "A9", "A3"]
    assert [answer.context["form"].refusal.facts.get("tries_left") for answer in said] == [2, 1, None]
    assert not any("2222 2222" in answer.content.decode() for answer in said)
    assert cause(claimant.opens_grant(part)) == "A3"
    claimant.begins()
    assert claimant.opens_grant().redirect_chain == [("/recover/finish/new/", 302)]


def test_a_case_allows_two_starts(claimant):
    for _start in range(2):
        claimant.begins()
        claimant.opens_grant()
        claimant.presses("finish/leave/")

    assert (shown(claimant.looks()), leads_to(claimant.looks(), "finish/begin/")) == ("ready", False)
    assert cause(claimant.begins()) == "A5"


@pytest.mark.parametrize(
    ("typed", "status", "code"),
    [
        ("", 200, "F1"),
        ("short", 200, "R4"),
        ("Password123!", 200, "R5"),
        ("Ada-Has-A-Secret-1843", 200, "R3"),
        ("Aa1!" * 300, 400, "R6"),
        ("Nine\x00Lanterns-7", 200, "F3"),
    ],
)
def test_a_password_is_refused_at_once_and_nothing_has_changed(claimant, holder, typed, status, code):
    remember_password(holder.user, holder.password, now=portal_clock.now())
    claimant.begins()
    claimant.opens_grant()

    answer = claimant.chooses(typed)

    assert (answer.status_code, cause(answer), wrong(answer).keys()) == (status, code, {"new_password"})
    page = answer.content.decode()
    assert "/help/problem/" in page.split("<form")[0]
    assert f'value="{typed}' not in page or not typed
    assert problems(page) == []
    assert claimant.client.get("/recover/finish/key/").url == "/recover/finish/new/"
    assert not holder.user.enrolments.exists()
    assert untouched(holder)


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"code": "000000"}, 200, "K1"),
        ({"code": "0000"}, 200, "K1"),
        ({"code": ""}, 200, "F1"),
        ({"name": ""}, 200, "F1"),
    ],
)
def test_a_refusal_of_the_key_stands_at_its_field_and_changes_nothing(claimant, holder, fields, status, code):
    claimant.begins()
    claimant.opens_grant()
    secret = claimant.secret()
    right = {"name": "Red phone", "code": new_phone(claimant, holder).code()}

    answer = claimant.presses("finish/key/", **(right | fields))

    page = answer.content.decode()
    assert (answer.status_code, cause(answer), wrong(answer).keys()) == (status, code, fields.keys())
    assert problems(page) == []
    assert claimant.secret() == secret
    assert NEW_PASSWORD not in page
    assert right["code"] not in page or "code" in fields
    assert "name" in fields or 'value="Red phone"' in page
    assert untouched(holder)


@pytest.mark.promise("CASE-6")
def test_two_tabs_finish_once(claimant, holder):
    claimant.begins()
    claimant.opens_grant()
    phone = new_phone(claimant, holder)
    tab = Client()
    tab.cookies.load({name: morsel.value for name, morsel in claimant.client.cookies.items()})
    claimant.saves(phone.code())

    answer = tab.post("/recover/finish/key/", {"name": "Other", "code": phone.code()})

    assert cause(answer) == "A3"
    assert leads_to(answer, "status/")
    assert list(Key.objects.filter(user=holder.user, confirmed=True).values_list("name", flat=True)) == ["New phone"]
    assert shown(tab.get("/recover/status/")) == "hold"


def test_leaving_in_the_middle_changes_nothing(claimant, holder):
    claimant.begins()
    claimant.opens_grant()

    answer = claimant.presses("finish/leave/")

    assert shown(answer) == "ready"
    assert untouched(holder)


def test_going_away_in_the_middle_can_be_taken_up_again(claimant):
    claimant.begins()
    claimant.opens_grant()

    page = claimant.looks()

    assert shown(page) == "setting_up"
    assert "/recover/finish/key/" in page.content.decode()


def test_a_grant_that_ran_out_changes_nothing_and_the_case_is_ready_again(claimant, holder, clock):
    from recovery.actions import timers

    claimant.begins()
    claimant.opens_grant()
    phone = new_phone(claimant, holder)
    clock.move(minutes=settings.PORTAL_GRANT_FINISH_MINUTES, seconds=1)

    assert cause(claimant.saves(phone.code())) == "A3"
    timers.tick(clock.now)
    assert shown(claimant.enters()) == "ready"
    assert untouched(holder)


def test_a_pin_said_on_the_phone_starts_nothing(claimant):
    claimant.claim.__class__.objects.filter(pk=claimant.claim.pk).update(agent_knows_pin=True)

    assert leads_to(claimant.looks(), "status/pin/")
    assert cause(claimant.begins()) == "A1"


@pytest.mark.promise("KEY-3")
def test_the_square_and_the_typed_key_say_the_same_and_carry_no_style(claimant, monkeypatch):
    import segno

    drawn = []
    make = segno.make
    monkeypatch.setattr(segno, "make", lambda text, **options: drawn.append(text) or make(text, **options))
    claimant.begins()
    claimant.opens_grant()
    page = claimant.chooses().content.decode()

    secret = re.findall(r"<code data-copy-text>([^<]+)</code>", page)[-1].replace(" ", "")
    assert unquote(drawn[-1]) == (
        f"otpauth://totp/Northgate Securities:ada?secret={secret}&issuer=Northgate Securities"
    )
    assert "<svg" in page
    assert "style=" not in page


@pytest.mark.promise("LOCK-6")
def test_recovery_leads_on_where_codes_are_used_up(claimant, holder):
    bucket = buckets.code(holder.user.username_hash)
    reserve(bucket, now=holder.user.created_at)
    Throttle.objects.filter(key=bucket.key).update(used_in_a_row=settings.PORTAL_CODE_FAILURE_TOTAL)
    claimant.begins()
    claimant.opens_grant()

    assert shown(claimant.saves(new_phone(claimant, holder).code())) == "hold"


def test_every_page_of_the_way_is_well_formed(claimant, holder):
    pages = [claimant.looks(), claimant.client.get("/recover/status/pin/"), claimant.begins(), claimant.opens_grant()]
    pages += [claimant.looks(), claimant.chooses(), claimant.saves(new_phone(claimant, holder).code())]

    assert [problems(page.content.decode()) for page in pages] == [[]] * len(pages)
