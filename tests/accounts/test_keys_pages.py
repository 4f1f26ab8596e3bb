"""The pages of one's own Keys and backup codes: what they show, whom they let do what."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actions.authenticators import backup_codes
from accounts.enums import Realm
from accounts.models import BackupCode, Key, Phone, User
from accounts.policies.recommendations import Light, Step, Ways, light, next_steps
from portal.lib.client import Origin
from portal.outbox.models import Notice
from tests import factories
from tests.conftest import Clock
from tests.factories import Person
from tests.pages import levels, marks

pytestmark = pytest.mark.django_db
ACTIONS = ("key-rename", "key-off", "key-lost")


def address(name: str, key: Key) -> str:
    return reverse(f"accounts:{name}", args=[key.pk])


def key_of(person: Person, phone: Phone | None = None) -> Key:
    return Key.objects.get(user=person.user, phone=phone)


def log_ins(person: Person, count: int) -> list[Person]:
    """Give the same customer more log-ins, without Keys of their own."""
    made = []
    for number in range(count):
        other = factories._log_in(
            f"{person.user.username}-{number:02}",
            has_key=False,
            customer=person.user.customer,
            realm=Realm.PAPER if number % 2 else Realm.LIVE,
        )
        made.append(other)
    return made


def test_a_customer_sees_each_key_with_its_facts(ada: Person, clock: Clock) -> None:
    phone = factories.phone(ada, name="Ada's Pixel")
    phone.clock_offset = -200
    phone.save()

    page = factories.signed_in(ada).get(reverse("accounts:keys")).content.decode()

    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    for fact in ("Ada's phone", "Ada&#x27;s Pixel", "Authenticator app", "3.5 minutes slow", "App version 1.0"):
        assert fact.replace("'", "&#x27;") in text or fact in text
    assert all(address(name, key) in page for key in Key.objects.all() for name in ACTIONS)


@pytest.mark.promise("KEY-9")
def test_the_page_costs_the_same_for_one_log_in_and_for_fifty(
    ada: Person, clock: Clock, django_assert_num_queries: object, django_assert_max_num_queries: object
) -> None:
    factories.phone(ada, name="Work phone")
    client = factories.signed_in(ada)
    with django_assert_max_num_queries(6) as once:
        client.get(reverse("accounts:keys"))
    phone = Phone.objects.get()
    for other in log_ins(ada, 49):
        Key.objects.create(
            user=other.user, phone=phone, name="Work phone", kind="phone", secret="A" * 32, confirmed=True
        )

    with django_assert_num_queries(len(once)):
        page = client.get(reverse("accounts:keys"))
    found = client.get(reverse("accounts:keys"), {"q": "-07"}).content.decode()

    assert page.content.decode().count('<th scope="row">') == 50
    assert found.count('<th scope="row">') == 1
    assert "badge-paper" in found


def test_the_log_ins_of_other_people_on_a_shared_phone_are_not_shown(
    ada: Person, mallory: Person, clock: Clock
) -> None:
    factories.phone(ada, mallory, name="Family phone")
    client = factories.signed_in(ada)
    key = Key.objects.get(user=ada.user, name="Family phone")

    pages = [client.get(reverse("accounts:keys")), *(client.get(address(name, key)) for name in ACTIONS)]

    assert all(page.status_code == 200 for page in pages)
    assert not any("mallory" in page.content.decode() for page in pages)


@pytest.mark.parametrize("name", ACTIONS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_another_persons_key_is_not_there(ada: Person, mallory: Person, clock: Clock, name: str, method: str) -> None:
    client, key = factories.signed_in(mallory), key_of(ada)

    answer = getattr(client, method)(address(name, key), {"name": "Mine now"})
    nothing = getattr(client, method)(reverse(f"accounts:{name}", args=[999_999]))

    assert (answer.status_code, nothing.status_code) == (404, 404)
    assert key_of(ada).confirmed
    assert key_of(ada).name == "Ada's phone"


@pytest.mark.parametrize("name", [*ACTIONS, "backup-codes"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_nothing_is_done_without_fresh_proof(ada: Person, clock: Clock, name: str, method: str) -> None:
    client = factories.signed_in(ada)
    clock.move(minutes=11)
    path = reverse("accounts:backup-codes") if name == "backup-codes" else address(name, key_of(ada))

    answer = getattr(client, method)(path, {"name": "Other"})

    assert answer["Location"].startswith("/confirm/?next=")
    assert key_of(ada).confirmed
    assert not BackupCode.objects.exists()
    assert Client().get(path)["Location"].startswith("/login/")


@pytest.mark.parametrize("name", [*ACTIONS, "backup-codes"])
def test_a_form_of_another_site_does_nothing(ada: Person, clock: Clock, name: str) -> None:
    client = factories.signed_in(ada)
    client.handler.enforce_csrf_checks = True
    path = reverse("accounts:backup-codes") if name == "backup-codes" else address(name, key_of(ada))

    assert client.post(path).status_code == 403
    assert key_of(ada).confirmed


@pytest.mark.parametrize(("typed", "status"), [("", 200), ("   ", 200), ("x" * 61, 400), ("a\u0007b", 400)])
def test_a_name_that_cannot_be_is_refused_at_its_field(ada: Person, clock: Clock, typed: str, status: int) -> None:
    answer = factories.signed_in(ada).post(address("key-rename", key_of(ada)), {"name": typed})

    assert answer.status_code == status
    assert "error-summary" in answer.content.decode()
    assert key_of(ada).name == "Ada's phone"


def test_a_key_gets_the_name_its_owner_gives(ada: Person, clock: Clock) -> None:
    client = factories.signed_in(ada)

    page = client.post(address("key-rename", key_of(ada)), {"name": " Пиксель <b> "}, follow=True).content.decode()

    assert key_of(ada).name == "Пиксель <b>"
    assert "Пиксель &lt;b&gt;" in page


@pytest.mark.promise("KEY-7")
def test_turning_a_key_off_is_done_after_reading_what_follows(ada: Person, clock: Clock) -> None:
    phone = factories.phone(ada)
    client, key = factories.signed_in(ada), key_of(ada, phone)
    before = client.get(address("key-off", key))

    page = client.post(address("key-off", key), follow=True)

    assert marks(before, "follows") == ["out-elsewhere"]
    assert levels(page) == ["success"]
    assert not Key.objects.get(pk=key.pk).confirmed
    assert client.post(address("key-off", key)).status_code == 404


def test_the_consequence_of_the_last_key_is_said(ada: Person, clock: Clock) -> None:
    client = factories.signed_in(ada)
    path = address("key-off", key_of(ada))

    assert marks(client.get(path), "follows") == ["out-here", "last-key"]
    assert marks(client.get(path), "then") == ["set-up"]
    backup_codes.make(user=ada.user, by=ada.user, origin=Origin(), now=clock.now)
    assert marks(client.get(path), "then") == ["backup-codes"]
    assert client.post(path, follow=True).redirect_chain[-1][0].startswith("/login/")


@pytest.mark.promise("KEY-8")
def test_a_lost_phone_is_turned_off_with_all_its_log_ins_in_one_act(ada: Person, clock: Clock) -> None:
    others = log_ins(ada, 3)
    phone = factories.phone(ada, *others, name="Lost phone")
    client, key = factories.signed_in(ada), key_of(ada, phone)
    before = client.get(address("key-lost", key)).content.decode()

    page = client.post(address("key-lost", key), follow=True).content.decode()

    assert marks(before, "also-off") == ["3"]
    assert "ada-01" in before
    assert "Lost phone" in page
    assert not Key.objects.filter(phone=phone, confirmed=True).exists()
    assert Notice.objects.filter(kind="phone_lost").count() == 4


def test_a_lost_authenticator_app_is_one_key(ada: Person, clock: Clock) -> None:
    factories.signed_in(ada).post(address("key-lost", key_of(ada)))

    assert key_of(ada).end_reason == "lost"


@pytest.mark.promise("KEY-13")
def test_backup_codes_are_shown_once_and_then_only_counted(ada: Person, clock: Clock) -> None:
    client = factories.signed_in(ada)
    path, shown = reverse("accounts:backup-codes"), reverse("accounts:backup-codes-new")
    assert client.get(shown)["Location"] == path

    made = client.post(path)
    page = client.get(shown)

    codes = re.findall(r"<code>([0-9A-Z]{4}-[0-9A-Z]{4})</code>", page.content.decode())
    assert made["Location"] == shown
    assert len(codes) == 10
    assert "no-store" in page["Cache-Control"]
    assert client.get(shown)["Location"] == path
    again = client.get(path).content.decode()
    assert marks(again, "left") == ["10"]
    assert not any(code in again for code in codes)
    assert not any(code.replace("-", "") in value.value for value in client.cookies.values() for code in codes)


def test_nobody_else_sees_codes_with_the_cookie_of_another(ada: Person, mallory: Person, clock: Clock) -> None:
    hers, his = factories.signed_in(ada), factories.signed_in(mallory)
    hers.post(reverse("accounts:backup-codes"))
    his.cookies["backup-codes"] = hers.cookies["backup-codes"].value

    assert his.get(reverse("accounts:backup-codes-new"))["Location"] == reverse("accounts:backup-codes")


def test_the_first_page_says_what_to_do_until_it_is_done(ada: Person, clock: Clock) -> None:
    client = factories.signed_in(ada)
    assert marks(client.get("/"), "step") == ["accounts:backup-codes", "accounts:key-setup"]
    backup_codes.make(user=ada.user, by=ada.user, origin=Origin(), now=clock.now)
    assert marks(client.get("/"), "step") == ["accounts:key-setup"]
    factories.phone(ada)

    assert marks(client.get("/"), "step") == []
    assert marks(client.get("/security/").content.decode(), "light") == ["ok"]


@pytest.mark.parametrize(
    ("ways", "steps", "lit"),
    [
        (Ways(2, 0, 10), [], Light.OK),
        (Ways(1, 1, 10), [], Light.OK),
        (Ways(1, 0, 10), [Step.SECOND_WAY], Light.OK),
        (Ways(1, 0, 2), [Step.RENEW_CODES, Step.SECOND_WAY], Light.WARN),
        (Ways(1, 0, 3), [Step.SECOND_WAY], Light.OK),
        (Ways(2, 1, 0), [Step.MAKE_CODES], Light.WARN),
        (Ways(2, 1, 0, reports=1), [Step.SET_PASSWORD, Step.MAKE_CODES], Light.WARN),
        (Ways(0, 1, 10), [Step.SET_UP_KEY], Light.ERR),
        (Ways(0, 0, 0), [Step.SET_UP_KEY, Step.MAKE_CODES], Light.ERR),
        (Ways(2, 0, 10, clock_offset=30), [], Light.OK),
        (Ways(2, 0, 10, clock_offset=-31), [Step.SET_CLOCK], Light.WARN),
        (Ways(2, 0, 10, has_old_app=True), [Step.UPDATE_APP], Light.WARN),
    ],
)
def test_the_best_next_step_comes_first(ways: Ways, steps: list[Step], lit: Light) -> None:
    assert next_steps(ways) == steps
    assert light(next_steps(ways)) == lit


@pytest.mark.parametrize("path", ["/security/", "/"])
def test_the_pages_cost_the_same_with_many_keys_and_few(
    ada: Person, clock: Clock, django_assert_num_queries: object, django_assert_max_num_queries: object, path: str
) -> None:
    client = factories.signed_in(ada)
    with django_assert_max_num_queries(12) as once:
        client.get(path)
    for number in range(5):
        factories.phone(ada, name=f"Phone {number}")

    with django_assert_num_queries(len(once)):
        client.get(path)


def test_a_search_for_what_no_name_holds_is_answered(ada: Person, clock: Clock) -> None:
    factories.phone(ada, *log_ins(ada, 1))

    page = factories.signed_in(ada).get(reverse("accounts:keys"), {"q": "\0-00"})

    assert page.status_code == 200
    assert f"{ada.user.username}-00" in page.content.decode()


def test_staff_see_their_own_keys_alone(agent: Person, reviewer: Person, clock: Clock) -> None:
    factories.phone(agent, reviewer, name="Shared desk phone")

    page = factories.signed_in(agent).get(reverse("accounts:keys")).content.decode()

    assert "Shared desk phone" in page
    assert reviewer.user.username not in page


def test_a_log_in_without_a_key_is_told_so(ada: Person, clock: Clock) -> None:
    code = backup_codes.make(user=ada.user, by=ada.user, origin=Origin(), now=clock.now)[0]
    client = factories.signed_in(ada)
    client.post(reverse("accounts:confirm"), {"password": ada.password, "backup_code": code})
    client.post(address("key-off", key_of(ada)))

    assert "empty-state" in client.get(reverse("accounts:keys")).content.decode()
    assert marks(client.get("/security/").content.decode(), "light") == ["err"]
    assert User.objects.get(pk=ada.user.pk).is_active
