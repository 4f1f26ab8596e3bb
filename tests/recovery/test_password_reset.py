"""Setting a forgotten password alone: the way through, its ways out, and who gets nowhere."""

import re

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions.password import remember_password
from accounts.models import Key, PlatformSession, Report, User
from portal.lib import clock as portal_clock
from portal.outbox.models import Notice
from portal.throttle import limits
from portal.throttle.reserve import locked_until
from recovery.actions.resets import worker_tasks
from recovery.enums import ResetState
from recovery.models import PasswordReset
from tests import factories
from tests.factories import Person
from tests.lint_html import problems
from tests.phones import paired
from tests.recovery.claimant import cause
from tests.recovery.conftest import NEW_PASSWORD
from tests.recovery.resetter import Resetter, at_key, at_password, page_of
from tests.recovery.test_intake import shape_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(clock, holder) -> Person:
    return holder


def password_is(person: Person, password: str) -> bool:
    return User.objects.get(pk=person.user.pk).check_password(password)


@pytest.mark.promise("RESET-1")
@pytest.mark.promise("RESET-2")
@pytest.mark.promise("RESET-3")
@pytest.mark.promise("RESET-4")
def test_six_pages_lead_to_a_new_password_and_an_ordinary_sign_in(ada, clock):
    factories.signed_in(ada, HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0")
    owner = Resetter()

    assert page_of(owner.begins()) == "/reset/code/"
    assert page_of(owner.types_code()) == "/reset/details/"
    assert page_of(owner.answers()) == "/reset/key/"
    assert page_of(owner.types_key_code(ada)) == "/reset/password/"
    receipt = owner.chooses()

    assert page_of(receipt) == "/reset/done/"
    assert len(PasswordReset.objects.get().ended) == 1
    assert password_is(ada, NEW_PASSWORD)
    assert 'href="/login/?realm=live"' in receipt.content.decode()
    assert PlatformSession.objects.count() == 0
    clock.move(seconds=30)
    assert factories.sign_in(Client(), ada, password=NEW_PASSWORD).status_code == 302


def test_every_page_is_sound(ada):
    owner = Resetter()
    pages = [owner.client.get("/reset/"), owner.begins(), owner.types_code("000000"), owner.types_code()]
    pages += [owner.answers(first_school="Elsewhere"), owner.answers(), owner.types_key_code(code="000000")]
    pages += [owner.types_key_code(ada), owner.chooses("short"), owner.chooses()]

    assert [problems(page.content.decode()) for page in pages] == [[]] * len(pages)


@pytest.mark.promise("RESET-3")
@pytest.mark.asvs("6.4.3")
def test_a_reset_leaves_every_key_as_it_was(ada):
    before = list(Key.objects.values("pk", "secret", "confirmed"))

    at_password(ada).chooses()

    assert list(Key.objects.values("pk", "secret", "confirmed")) == before


@pytest.mark.promise("LOCK-3")
def test_a_reset_ends_a_pause_of_sign_in(ada, clock):
    client = Client()
    for _ in range(settings.PORTAL_FAILURE_LIMIT):
        factories.type_password(client, "ada", "Wrong-Password-1")
    bucket = limits.PASSWORD.of(ada.user.username_hash, scope="stranger")
    assert locked_until(bucket, now=clock.now)

    at_password(ada).chooses()

    clock.move(seconds=30)
    assert factories.sign_in(client, ada, password=NEW_PASSWORD).status_code == 302


@pytest.mark.promise("RESET-3")
def test_the_phone_approves_with_the_number_on_the_page(ada):
    pixel = paired(ada)
    owner = at_key(ada)
    asked = pixel.requests()["requests"][0]

    pixel.approve(asked, owner.number())

    assert asked["purpose"] == "reset"
    assert owner.client.get("/reset/key/waiting/").json() == {"state": "approved"}
    assert page_of(owner.client.post("/reset/key/", {"approved": "yes"}, follow=True)) == "/reset/password/"


def test_an_approval_of_a_reset_opens_no_sign_in_and_one_of_a_sign_in_no_reset(ada, clock):
    pixel = paired(ada)
    owner = at_key(ada)
    pixel.approve(pixel.requests()["requests"][0], owner.number())
    other = at_key(ada)

    assert cause(other.client.post("/reset/key/", {"approved": "yes"}, follow=True))
    assert PasswordReset.objects.latest("pk").state == ResetState.KEY


@pytest.mark.promise("KEY-12")
def test_not_me_on_the_phone_ends_the_reset_and_opens_a_report(ada):
    pixel = paired(ada)
    thief = at_key(ada)

    pixel.deny(pixel.requests()["requests"][0])
    answer = thief.client.post("/reset/key/", {"approved": "yes"})

    assert answer.status_code == 409
    assert PasswordReset.objects.latest("pk").state == ResetState.ENDED
    assert Report.objects.filter(user=ada.user).exists()


def test_without_a_key_the_details_lead_to_the_password(ada):
    Key.objects.all().delete()
    owner = Resetter()
    owner.begins()
    owner.types_code()

    assert page_of(owner.answers()) == "/reset/password/"


def test_a_key_that_is_set_up_meanwhile_is_asked_for(ada):
    Key.objects.update(confirmed=False)
    owner = Resetter()
    owner.begins()
    owner.types_code()
    owner.answers()
    Key.objects.update(confirmed=True)

    assert page_of(owner.chooses()) == "/reset/key/"
    assert not password_is(ada, NEW_PASSWORD)


def test_with_nothing_on_file_the_key_is_asked_for_at_once(clock):
    bare = factories.customer("bare", birth_date="")
    owner = Resetter()
    owner.begins("bare")

    assert page_of(owner.types_code()) == "/reset/key/"
    assert page_of(owner.types_key_code(bare)) == "/reset/password/"


def test_with_nothing_on_file_and_no_key_only_people_can_help(clock):
    factories.customer("bare", birth_date="", has_key=False)
    owner = Resetter()
    owner.begins("bare")

    answer = owner.types_code()

    assert cause(answer) == "E6" or answer.context["refusal"]
    assert page_of(owner.asks_for_help()) == "/recover/opened/"


# --- What a stranger learns ----------------------------------------------------------------------------


def shown(answer: object, username: str) -> str:
    """Return the page without what differs by chance: tokens and the username as typed."""
    page = answer.content.decode().replace(username, "NAME")
    return re.sub(r'(name="(?:csrfmiddlewaretoken|form_id|reset)" value=")[^"]+', r"\1", page)


@pytest.mark.promise("RESET-1")
@pytest.mark.asvs("6.3.8")
def test_known_and_unknown_names_get_the_same_pages_for_the_same_statements(ada):
    seen = []
    for username in ("ada", "zzz"):
        browser = Resetter()
        with CaptureQueriesContext(connection) as queries:
            pages = [browser.client.post("/reset/", {"username": username}, follow=True)]
            pages += [browser.client.post("/reset/code/", {"code": "000000"}) for _ in range(5)]
            pages += [browser.client.get("/reset/code/", follow=True)]
        cookies = sorted(browser.client.cookies)
        seen.append(([(page.status_code, shown(page, username)) for page in pages], shape_of(queries), cookies))
        worker_tasks.send_codes(portal_clock.now())

    assert seen[0] == seen[1]


def test_employees_and_closed_log_ins_get_no_code(ada, agent):
    ada.user.is_active = False
    ada.user.save(update_fields=["is_active"])

    Resetter().begins("ada")
    Resetter().begins(agent.user.username)

    assert not Notice.objects.exists()


def test_strangers_can_send_no_more_than_five_codes_in_a_quarter_of_an_hour(ada, clock):
    for _ in range(5):
        Resetter().begins()

    assert Resetter().begins().status_code == 429
    assert Notice.objects.filter(kind="reset_code").count() == 5
    clock.move(minutes=15, seconds=1)
    assert page_of(Resetter().begins()) == "/reset/code/"


def test_a_known_browser_has_resets_of_its_own(ada, clock):
    known = Resetter()
    factories.sign_in(known.client, ada)
    known.client.post("/logout/")
    for _ in range(6):
        Resetter().begins()

    assert page_of(known.begins()) == "/reset/code/"


# --- Codes ---------------------------------------------------------------------------------------------


@pytest.mark.asvs("6.6.3")
def test_the_last_of_five_wrong_codes_ends_the_reset(ada):
    owner = Resetter()
    owner.begins()
    right = owner.mailed_code()
    wrong = f"{(int(right) + 1) % 1_000_000:06}"

    answers = [owner.types_code(wrong) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [200] * 4 + [409]
    assert page_of(owner.types_code(right)) == "/reset/"


def test_a_code_opens_only_the_reset_it_was_sent_for_and_only_once(ada):
    first, second = Resetter(), Resetter()
    first.begins()
    code = first.mailed_code()
    second.begins()

    assert cause(second.types_code(code)) == "R1"
    assert page_of(first.types_code(code)) == "/reset/details/"
    assert PasswordReset.objects.earliest("pk").code_digest == ""


@pytest.mark.asvs("6.5.5")
def test_a_code_runs_out(ada, clock):
    owner = Resetter()
    owner.begins()
    code = owner.mailed_code()
    clock.move(minutes=settings.PORTAL_EMAIL_CODE_MINUTES)

    assert cause(owner.types_code(code)) == "R1"


def test_a_new_code_replaces_the_older_one(ada):
    owner = Resetter()
    owner.begins()
    old = owner.mailed_code()
    page = owner.client.post("/reset/code/send/", follow=True)
    assert page.context["is_sent_again"]
    worker_tasks.send_codes(portal_clock.now())

    assert cause(owner.types_code(old)) == "R1"
    assert page_of(owner.types_code()) == "/reset/details/"


def test_no_secret_of_a_reset_is_kept(ada):
    owner = Resetter()
    owner.begins()
    code = owner.mailed_code()
    kept = PasswordReset.objects.values().get()

    assert code not in str(kept)
    assert "ada" not in str(kept)


# --- Tabs, Back, time ----------------------------------------------------------------------------------


def test_each_step_has_an_address_that_reload_back_and_a_second_tab_survive(ada):
    owner = Resetter()
    owner.begins()
    owner.types_code()

    assert owner.client.get("/reset/details/").status_code == 200
    assert owner.client.get("/reset/details/").status_code == 200
    for page in ("code", "key", "password", "done"):
        assert page_of(owner.client.get(f"/reset/{page}/", follow=True)) == "/reset/details/"


def test_a_form_of_another_reset_in_the_same_browser_is_not_taken_for_this_one(ada):
    factories.customer("bob")
    browser = Resetter()
    browser.begins("bob")
    older = str(PasswordReset.objects.get().public_id)
    browser.begins("ada")

    answer = browser.client.post("/reset/code/", {"reset": older, "code": browser.mailed_code()})

    assert (answer.status_code, cause(answer)) == (409, "R7")
    assert "You have started again" in answer.content.decode()
    assert page_of(browser.types_code()) == "/reset/details/"


def test_a_reset_is_over_after_its_time(ada, clock):
    owner = at_password(ada)
    clock.move(minutes=settings.PORTAL_RESET_MINUTES)

    assert owner.chooses().status_code == 409
    assert not password_is(ada, NEW_PASSWORD)


def test_another_browser_cannot_go_on_with_a_reset(ada):
    owner, thief = at_password(ada), Resetter()

    thief.client.cookies["reset"] = "anything"

    assert page_of(thief.chooses()) == "/reset/"
    assert page_of(owner.chooses()) == "/reset/done/"


@pytest.mark.asvs("7.4.3")
def test_a_new_password_ends_every_other_reset(ada, clock):
    other = at_key(ada)
    at_password(ada).chooses()
    clock.move(seconds=60)

    assert other.types_key_code(ada).status_code == 409


def test_a_password_that_is_refused_can_be_chosen_again(ada, clock):
    remember_password(ada.user, ada.password, now=clock.now)
    owner = at_password(ada)

    assert cause(owner.chooses("Password1!")) == "R5"
    assert cause(owner.chooses(ada.password)) == "R3"
    assert page_of(owner.chooses()) == "/reset/done/"


def test_a_reset_is_forgotten_after_a_month(ada, clock):
    at_password(ada).chooses()

    clock.move(days=30)
    assert worker_tasks.forget_old(clock.now) == 0
    clock.move(seconds=1)
    assert worker_tasks.forget_old(clock.now) == 1
    assert not PasswordReset.objects.exists()


def test_the_reset_of_a_suspended_user_stops_at_the_key(ada, clock):
    owner = at_key(ada)
    User.objects.filter(pk=ada.user.pk).update(suspended_at=clock.now)

    assert cause(owner.types_key_code(ada)) == "L2"
    assert not password_is(ada, NEW_PASSWORD)
