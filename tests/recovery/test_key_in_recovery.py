"""The Key in a recovery is the Key: a phone pairs with it, and nothing is changed before both are saved."""

import pytest
from django.test import Client

from accounts.actions import password as passwords
from accounts.actions.keys.enrolment import steps
from accounts.enums import EnrolmentPurpose, EnrolmentState, KeyKind
from accounts.models import Enrolment, Key, PushChallenge, User
from accounts.models import Phone as PhoneRow
from accounts.refusals import EnrolmentOver
from recovery.actions import completion, grants, timers
from recovery.enums import State
from recovery.refusals import GrantInvalid
from tests import factories
from tests.factories import Person
from tests.phone import Phone
from tests.phones import paired as phone_of
from tests.recovery.claimant import Claimant, cause, shown
from tests.recovery.conftest import NEW_PASSWORD, ORIGIN, TICKET, now
from tests.recovery.test_pages_finish import claimant, untouched  # noqa: F401  the fixture

pytestmark = pytest.mark.django_db

KEY = "/recover/finish/key/"


@pytest.fixture
def setting_up(claimant) -> Claimant:  # noqa: F811  the fixture
    """Ada, on the page of her new Key."""
    claimant.begins()
    claimant.opens_grant()
    assert claimant.chooses().redirect_chain == [(KEY, 302)]
    return claimant


def state(claimant) -> str:  # noqa: F811
    return claimant.client.get(f"{KEY}state/").json()["state"]


def paired(claimant, phone: Phone | None = None) -> Phone:  # noqa: F811
    phone = phone or Phone(name="Ada's new phone")
    assert phone.pair(claimant.pairing_code()).status == 200
    return phone


def matched(claimant, phone: Phone | None = None) -> Phone:  # noqa: F811
    phone = paired(claimant, phone)
    claimant.presses("finish/key/match/")
    assert phone.confirm()["state"] == "matched"
    return phone


def newest(phone: Phone) -> str:
    """Return the id of the Key that came last."""
    return list(phone.seeds)[-1]


@pytest.mark.promise("CASE-6")
@pytest.mark.promise("KEY-3")
def test_a_phone_becomes_the_new_key_and_approves_the_next_sign_in(setting_up, holder, clock):
    assert state(setting_up) == "open"
    phone = paired(setting_up)
    page = setting_up.client.get(KEY)
    assert (state(setting_up), page.context["number"]) == ("claimed", phone.number)
    assert phone.confirm().status == 202
    assert untouched(holder)
    setting_up.presses("finish/key/match/")
    assert phone.confirm()["is_move"] is False
    assert untouched(holder)

    answer = setting_up.presses("finish/key/", code=phone.code())

    assert shown(answer) == "hold"
    new = Key.objects.get(user=holder.user, confirmed=True)
    assert (new.kind, new.name, new.phone.reference) == (KeyKind.PHONE, "Ada's new phone", phone.reference)
    assert holder.user.key_set.filter(confirmed=True).count() == 1
    clock.move(seconds=30)
    browser = Client()
    browser.post("/login/", {"username": "ada", "password": NEW_PASSWORD})
    browser.post("/login/push/", {})
    assert PushChallenge.objects.filter(user=holder.user).exists()
    assert [item["account"] for item in phone.requests()["requests"]] != []


@pytest.mark.promise("CASE-6")
def test_a_phone_that_holds_an_old_key_of_the_same_user_can_be_the_phone_of_the_new_one(setting_up, holder):
    phone = phone_of(holder)
    row = PhoneRow.objects.get(reference=phone.reference)
    old = set(phone.seeds)
    matched(setting_up, phone)

    assert shown(setting_up.presses("finish/key/", code=phone.code(newest(phone)))) == "hold"

    row.refresh_from_db()
    assert row.ended_at is None
    live = Key.objects.get(user=holder.user, confirmed=True)
    assert live.phone == row
    assert str(live.public_id) not in old
    assert {item["key"] for item in phone.requests()["keys"]} == {str(live.public_id)}


@pytest.mark.promise("CASE-6")
def test_a_phone_with_somebody_elses_key_keeps_it(setting_up, holder):
    other = factories.customer("ben")
    phone = phone_of(other)
    matched(setting_up, phone)

    setting_up.presses("finish/key/", code=phone.code(newest(phone)))

    assert Key.objects.filter(user=other.user, confirmed=True, phone__reference=phone.reference).exists()
    assert Key.objects.get(user=holder.user, confirmed=True).phone.reference == phone.reference


@pytest.mark.promise("CASE-6")
@pytest.mark.parametrize("step", [paired, matched])
def test_closing_the_tab_in_the_middle_leaves_everything_untouched(setting_up, holder, clock, step):
    step(setting_up)
    clock.move(minutes=20)
    timers.tick(clock.now)

    assert untouched(holder)
    assert cause(setting_up.client.get(KEY)) == "A3"
    assert Enrolment.objects.get(user=holder.user).state == EnrolmentState.ENDED


def test_stopping_because_the_number_is_another_gives_everything_up(setting_up, holder):
    phone = paired(setting_up)

    answer = setting_up.presses("finish/leave/")

    assert shown(answer) == "ready"
    assert phone.confirm().cause == "Y7"
    assert Enrolment.objects.get(user=holder.user).state == EnrolmentState.ENDED
    assert untouched(holder)


def test_a_phone_that_shows_no_number_comes_again_with_a_new_code(setting_up, holder):
    old = setting_up.pairing_code()
    paired(setting_up)

    setting_up.presses("finish/key/renew/")

    assert state(setting_up) == "open"
    assert setting_up.pairing_code() != old
    assert shown(setting_up.presses("finish/key/", code=matched(setting_up).code())) == "hold"


def test_another_password_can_be_chosen_while_the_phone_waits(setting_up, holder):
    phone = matched(setting_up)

    assert setting_up.chooses("Other-Lanterns-Over-Water-9").redirect_chain == [(KEY, 302)]

    assert state(setting_up) == "matched"
    assert shown(setting_up.presses("finish/key/", code=phone.code())) == "hold"
    assert User.objects.get(pk=holder.user.pk).check_password("Other-Lanterns-Over-Water-9")


def test_reload_back_and_a_second_press_do_no_harm(setting_up, holder):
    code = setting_up.pairing_code()
    assert setting_up.pairing_code() == code
    assert setting_up.client.get("/recover/finish/new/").status_code == 200
    assert setting_up.client.get("/recover/finish/").url == "/recover/finish/new/"
    phone = matched(setting_up)
    setting_up.presses("finish/key/match/")
    setting_up.presses("finish/key/", code=phone.code())

    answer = setting_up.presses("finish/key/", code=phone.code())

    assert cause(answer) == "A3"
    assert Key.objects.filter(user=holder.user, confirmed=True).count() == 1


def test_a_page_that_looks_again_while_the_last_press_is_on_its_way_leads_to_the_finished_case(setting_up, holder):
    tab = Client()
    tab.cookies.load({name: morsel.value for name, morsel in setting_up.client.cookies.items()})
    setting_up.saves(Person(holder.user, NEW_PASSWORD, setting_up.secret()).code())

    assert tab.get(f"{KEY}state/").json() == {"state": "ended"}
    assert shown(tab.get(KEY, follow=True)) == "hold"


def test_a_page_that_looks_again_when_the_last_answer_has_come_leads_to_the_finished_case(setting_up, holder):
    setting_up.saves(Person(holder.user, NEW_PASSWORD, setting_up.secret()).code())

    assert shown(setting_up.client.get(KEY, follow=True)) == "hold"
    assert Client().get(KEY).status_code == 200  # in another browser it says that the set-up is over


def test_without_a_password_there_is_no_page_for_the_key(claimant):  # noqa: F811  the fixture
    claimant.begins()
    claimant.opens_grant()

    for method, path in (("get", ""), ("post", ""), ("post", "renew/"), ("post", "match/")):
        assert getattr(claimant.client, method)(KEY + path).url == "/recover/finish/new/"
    assert state(claimant) == "ended"


def test_a_page_of_nobody_says_that_it_is_over():
    assert cause(Client().get(KEY)) == "A3"
    assert Client().get(f"{KEY}state/").json() == {"state": "ended"}


def test_when_everything_was_ended_meanwhile_the_key_is_begun_anew(setting_up, holder):
    User.objects.filter(pk=holder.user.pk).update(session_version=9)

    assert setting_up.client.get(KEY).url == "/recover/finish/new/"
    setting_up.chooses("Other-Lanterns-Over-Water-9")
    assert shown(setting_up.presses("finish/key/", code=matched(setting_up).code())) == "hold"


@pytest.mark.promise("CASE-6")
def test_the_cookie_holds_no_password_and_the_database_nothing_of_it(setting_up, holder):
    values = [morsel.value for morsel in setting_up.client.cookies.values()]

    assert not any(NEW_PASSWORD in value or "argon2" in value for value in values)
    assert User.objects.get(pk=holder.user.pk).former_passwords.count() == 0


# --- In the actions ---------------------------------------------------------------------------------------


@pytest.mark.promise("CASE-6")
def test_no_ordinary_page_finishes_the_key_of_a_recovery(clock, walk, holder):
    walk.ready(clock).started().opened_grant().prepared()
    key = walk.new_key()

    with pytest.raises(EnrolmentOver):
        steps.confirm_on_web(enrolment=key.enrolment, binding=TICKET, code=key.code, name="x", origin=ORIGIN, now=now())

    assert Enrolment.objects.get(pk=key.enrolment.pk).state == EnrolmentState.OPEN
    assert walk.state == State.ENROLLING


@pytest.mark.promise("CASE-6")
@pytest.mark.parametrize("purpose", [EnrolmentPurpose.ADD, EnrolmentPurpose.FIRST])
def test_no_other_enrolment_finishes_a_recovery(clock, walk, holder, purpose):
    walk.ready(clock).started().opened_grant()
    prepared = walk.prepared()
    Enrolment.objects.filter(pk=walk.enrolment.pk).update(purpose=purpose)

    with pytest.raises(EnrolmentOver):
        completion.complete(grant=walk.grant, prepared=prepared, key=walk.new_key(), origin=ORIGIN, now=now())

    assert (walk.state, holder.user.key_set.get().confirmed) == (State.ENROLLING, True)


@pytest.mark.promise("CASE-6")
def test_the_key_of_somebody_else_does_not_finish_a_recovery(clock, walk, holder):
    walk.ready(clock).started().opened_grant()
    prepared = walk.prepared()
    own = walk.new_key()
    ben = factories.customer("ben")
    facts = {"purpose": EnrolmentPurpose.RECOVERY, "binding": "t", "proved_by": "recovery"}
    theirs = steps.begin(user=ben.user, origin=ORIGIN, now=now(), **facts)
    secret = theirs.items.get().secret
    key = completion.NewKey(theirs, "t", Person(ben.user, "", secret).code(), "x")

    with pytest.raises(GrantInvalid):
        completion.complete(grant=walk.grant, prepared=prepared, key=key, origin=ORIGIN, now=now())

    assert ben.user.key_set.get().confirmed
    completion.complete(grant=walk.grant, prepared=prepared, key=own, origin=ORIGIN, now=now())
    assert walk.state == State.HOLD


@pytest.mark.promise("CASE-6")
def test_a_failure_after_the_code_leaves_the_key_waiting(clock, walk, holder, monkeypatch):
    walk.ready(clock).started().opened_grant()
    prepared = walk.prepared()

    def broken(**_facts: object) -> None:
        raise passwords.PasswordUsedBefore

    monkeypatch.setattr(passwords, "set_prepared", broken)
    with pytest.raises(passwords.PasswordUsedBefore):
        completion.complete(grant=walk.grant, prepared=prepared, key=walk.new_key(), origin=ORIGIN, now=now())

    assert Enrolment.objects.get(pk=walk.enrolment.pk).state == EnrolmentState.OPEN
    assert grants.find_open(grant_id=walk.grant.pk, now=now()) == walk.grant
    assert holder.user.key_set.get().confirmed


@pytest.mark.promise("CASE-6")
def test_passwords_of_one_grant_are_tried_so_often_and_no_more(clock, walk):
    walk.ready(clock).started().opened_grant()

    said = []
    for _try in range(21):
        try:
            completion.choose_password(grant=walk.grant, new_password="short", now=now())
        except Exception as refusal:  # noqa: BLE001  whichever
            said.append(getattr(refusal, "code", ""))

    assert said[:20] == ["R4"] * 20
    assert said[20].startswith("T")
