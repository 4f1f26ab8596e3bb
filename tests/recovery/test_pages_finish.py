"""Starting afresh: both halves of the pass, then password and Key at once, or nothing."""

import re
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.test import Client

from accounts.actions.password import remember_password
from accounts.models import Key, PlatformSession, User
from portal.lib import clock as portal_clock
from tests import factories
from tests.factories import Person
from tests.lint_html import problems
from tests.recovery.claimant import Claimant, at_desk, mailed, words
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
    assert "You can start now" in words(claimant.looks())

    assert "This page holds the first" in words(claimant.begins())
    assert "Nothing changes before you press Save" in words(claimant.opens_pass())
    phone = new_phone(claimant, holder)
    receipt = words(claimant.saves(phone.code()))

    assert "Done: you can sign in again" in receipt
    assert "1 old Key: it opens nothing any more." in receipt
    assert "Withdrawals" in receipt
    assert PlatformSession.objects.count() == 0
    clock.move(seconds=30)
    phone.user.refresh_from_db()
    assert "Tries left" in words(factories.sign_in(Client(), old_key))
    assert factories.sign_in(Client(), phone).status_code == 302


@pytest.mark.promise("CASE-6")
def test_an_old_key_does_not_open_the_new_password(claimant, holder, clock):
    claimant.begins()
    claimant.opens_pass()
    claimant.saves(new_phone(claimant, holder).code())
    clock.move(seconds=30)

    answer = factories.sign_in(Client(), holder, password=NEW_PASSWORD)

    assert "That code is wrong" in words(answer)


def test_no_page_shows_both_halves_and_no_address_any(claimant):
    answer = claimant.begins()
    part = mailed("case_half", "part")

    assert part not in words(answer)
    assert answer.redirect_chain == [("/recover/finish/", 302)]
    assert [url for url, _status in claimant.opens_pass().redirect_chain] == ["/recover/finish/new/"]


@pytest.mark.promise("CASE-6")
def test_the_second_half_opens_nothing_in_another_browser(claimant, holder):
    claimant.begins()
    other = Claimant()
    other.enters(claimant.reference, claimant.pin)

    answer = other.opens_pass()

    assert "Open your pass" not in words(answer)
    assert "only in the browser" in words(other.looks())
    assert "The reference or the PIN is not right" in words(other.begins())


def test_the_third_wrong_half_ends_the_pass_and_a_second_one_may_be_started(claimant, holder):
    claimant.begins()
    part = mailed("case_half", "part")
    said = [claimant.opens_pass("2222 2222") for _try in range(3)]

    assert ["Type the second half again" in words(answer) for answer in said] == [True, True, False]
    assert ["Tries left: 2." in words(answer) for answer in said] == [True, False, False]
    assert "This set-up pass does not work" in words(said[-1])
    assert not any("2222 2222" in answer.content.decode() for answer in said)
    assert "This set-up pass does not work" in words(claimant.opens_pass(part))
    claimant.begins()
    assert "Nothing changes before" in words(claimant.opens_pass())


def test_a_case_allows_two_starts(claimant):
    for _start in range(2):
        claimant.begins()
        claimant.opens_pass()
        claimant.presses("finish/leave/")

    assert "as often as one case allows" in words(claimant.looks())
    assert "This step is not open now" in words(claimant.begins())


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"new_password": ""}, 200, "Fill in this field."),
        ({"new_password": "short"}, 200, "Still missing: "),
        ({"new_password": "Password123!"}, 200, "too easy to guess"),
        ({"new_password": "Ada-Has-A-Secret-1843"}, 200, "used this password here before"),
        ({"new_password": "Aa1!" * 300}, 400, "too long"),
        ({"new_password": "Nine\x00Lanterns-7"}, 200, "We cannot read this"),
        ({"code": "000000"}, 200, "That code is wrong"),
        ({"code": "0000"}, 200, "That code is wrong"),
        ({"code": ""}, 200, "Fill in this field."),
        ({"key_name": ""}, 200, "Fill in this field."),
        ({"key_name": "p" * 61}, 400, "Use fewer characters."),
    ],
)
def test_a_refusal_stands_at_its_field_and_changes_nothing(claimant, holder, fields, status, said):
    remember_password(holder.user, holder.password, now=portal_clock.now())
    claimant.begins()
    claimant.opens_pass()
    secret = claimant.secret()
    right = {"new_password": NEW_PASSWORD, "key_name": "Red phone", "code": new_phone(claimant, holder).code()}

    answer = claimant.presses("finish/new/", **(right | fields))

    page = answer.content.decode()
    assert answer.status_code == status
    assert said in words(answer)
    assert "/help/problem/" in page.split("<form")[0]
    assert problems(page) == []
    assert claimant.secret() == secret
    assert NEW_PASSWORD not in page
    assert right["code"] not in page or "code" in fields
    assert "key_name" in fields or 'value="Red phone"' in page
    assert untouched(holder)


@pytest.mark.promise("CASE-6")
def test_two_tabs_finish_once(claimant, holder):
    claimant.begins()
    claimant.opens_pass()
    phone = new_phone(claimant, holder)
    tab = Client()
    tab.cookies.load({name: morsel.value for name, morsel in claimant.client.cookies.items()})
    claimant.saves(phone.code())

    form = {"new_password": "Other-Lanterns-Over-Water-9", "key_name": "Other", "code": phone.code()}
    answer = tab.post("/recover/finish/new/", form)

    assert "This set-up pass does not work" in words(answer)
    assert "See my case" in words(answer)
    assert list(Key.objects.filter(user=holder.user, confirmed=True).values_list("name", flat=True)) == ["New phone"]
    assert "Done: you can sign in again" in words(tab.get("/recover/status/"))


def test_leaving_in_the_middle_changes_nothing(claimant, holder):
    claimant.begins()
    claimant.opens_pass()

    answer = claimant.presses("finish/leave/")

    assert "You can start now" in words(answer)
    assert untouched(holder)


def test_going_away_in_the_middle_can_be_taken_up_again(claimant):
    claimant.begins()
    claimant.opens_pass()

    page = claimant.looks()

    assert "You have begun to set up" in words(page)
    assert "/recover/finish/new/" in page.content.decode()


def test_a_pass_that_ran_out_changes_nothing_and_the_case_is_ready_again(claimant, holder, clock):
    from recovery.actions import timers

    claimant.begins()
    claimant.opens_pass()
    phone = new_phone(claimant, holder)
    clock.move(minutes=settings.PORTAL_GRANT_FINISH_MINUTES, seconds=1)

    assert "This set-up pass does not work" in words(claimant.saves(phone.code()))
    timers.tick(clock.now)
    assert "You can start now" in words(claimant.enters())
    assert untouched(holder)


def test_a_pin_said_on_the_phone_starts_nothing(claimant):
    claimant.claim.__class__.objects.filter(pk=claimant.claim.pk).update(agent_knows_pin=True)

    assert "Change it first" in words(claimant.looks())
    assert "The reference or the PIN is not right" in words(claimant.begins())


@pytest.mark.promise("KEY-3")
def test_the_square_and_the_typed_key_say_the_same_and_carry_no_style(claimant, monkeypatch):
    import segno

    drawn = []
    make = segno.make
    monkeypatch.setattr(segno, "make", lambda text, **options: drawn.append(text) or make(text, **options))
    claimant.begins()
    page = claimant.opens_pass().content.decode()

    secret = re.findall(r"<code data-copy-text>([^<]+)</code>", page)[-1].replace(" ", "")
    assert unquote(drawn[-1]) == (
        f"otpauth://totp/Northgate Securities:ada?secret={secret}&issuer=Northgate Securities"
    )
    assert "<svg" in page
    assert "style=" not in page


@pytest.mark.promise("LOCK-6")
def test_recovery_leads_on_where_codes_are_used_up(claimant, holder):
    from accounts.actions import throttle
    from accounts.models import Throttle

    budget = throttle.code_claim(holder.user.username_hash)
    throttle.reserve(budget, now=holder.user.created_at)
    Throttle.objects.filter(key=budget.key).update(total=settings.PORTAL_CODE_FAILURE_TOTAL)
    claimant.begins()
    claimant.opens_pass()

    assert "Done: you can sign in again" in words(claimant.saves(new_phone(claimant, holder).code()))


def test_every_page_of_the_way_is_well_formed(claimant, holder):
    pages = [claimant.looks(), claimant.client.get("/recover/status/pin/"), claimant.begins(), claimant.opens_pass()]
    pages += [claimant.looks(), claimant.saves(new_phone(claimant, holder).code())]

    assert [problems(page.content.decode()) for page in pages] == [[]] * len(pages)
