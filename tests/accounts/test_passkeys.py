"""Passkeys: made, used to sign in, as second factor and fresh proof, and ended."""

import json

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.actions.authenticators import passkeys
from accounts.enums import Action, DenyReason, EndReason, RequestState
from accounts.models import KnownBrowser, Passkey, PlatformSession, PushChallenge, UsedNonce
from portal.audit.models import SecurityEvent
from portal.outbox.models import Notice
from tests import factories
from tests.accounts.passkey_work import (
    ORIGIN,
    add,
    ask,
    authenticator,
    passkey_of,
    refused,
    refused_quietly,
    send,
    sign_in,
)
from tests.conftest import Clock
from tests.factories import Person
from tests.pages import cause_of, levels, marks

pytestmark = pytest.mark.django_db
# --- Made -----------------------------------------------------------------------------------------------


@pytest.mark.promise("SIGN-9")
def test_a_passkey_is_added_and_its_owner_told(ada: Person, clock: Clock):
    client, device = factories.signed_in(ada), authenticator()

    assert add(client, device)["Location"] == "/security/passkeys/"

    made = Passkey.objects.get(user=ada.user, confirmed=True)
    assert (made.credential_id, made.name, made.is_synced) == (device.credential_id, "Ada's laptop", False)
    assert SecurityEvent.objects.get(action=Action.PASSKEY_ADDED).facts == {"passkey": made.pk}
    assert Notice.objects.get(kind="passkey_added").facts["passkey"] == "Ada's laptop"
    page = client.get("/security/passkeys/")
    assert levels(page) == ["success"]
    assert marks(page, "passkey-id") == [device.credential_id]


def test_a_passkey_without_a_name_is_called_by_its_device(ada: Person, clock: Clock):
    client = factories.signed_in(ada, headers={"user-agent": "Chrome/130 Windows"})

    add(client, authenticator(), name="")

    assert Passkey.objects.get().name == "Chrome on Windows"


def test_the_browser_is_asked_for_a_passkey_that_finds_its_log_in_and_verifies_its_person(ada: Person, clock: Clock):
    device, _made = passkey_of(ada, clock)

    options = factories.signed_in(ada).post("/security/passkeys/add/options/").json()

    assert options["rp"] == {"id": "localhost", "name": settings.PORTAL_BRAND_NAME}
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["attestation"] == "none"
    assert [offered["alg"] for offered in options["pubKeyCredParams"]] == [-7, -8, -257]
    assert [known["id"] for known in options["excludeCredentials"]] == [device.credential_id]


def test_what_stands_for_a_log_in_says_nothing_never_changes_and_is_nobody_elses(ada: Person, mallory: Person):
    handle = passkeys.handle_of(ada.user)

    assert len(handle) == 32
    assert handle == passkeys.handle_of(ada.user)
    assert handle != passkeys.handle_of(mallory.user)
    assert b"ada" not in handle


def test_adding_and_removing_need_a_fresh_proof(ada: Person, clock: Clock):
    client = factories.signed_in(ada)
    _device, made = passkey_of(ada, clock)
    clock.move(minutes=settings.PORTAL_FRESH_PROOF_MINUTES, seconds=1)

    assert client.get("/security/passkeys/").status_code == 200
    for path in ("add/", "add/options/", f"{made.pk}/remove/"):
        assert client.post(f"/security/passkeys/{path}")["Location"].startswith("/confirm/?next="), path
    assert Passkey.objects.filter(confirmed=True).count() == 1


def test_the_same_passkey_is_not_kept_twice(ada: Person, mallory: Person, clock: Clock):
    device, _made = passkey_of(ada, clock)

    page = add(factories.signed_in(ada), device).content.decode()
    assert cause_of(page) == "E5"
    page = add(factories.signed_in(mallory), device).content.decode()
    assert cause_of(page) == "E4"
    assert Passkey.objects.count() == 1


def test_a_log_in_has_ten_passkeys_at_most(ada: Person, clock: Clock):
    client = factories.signed_in(ada)
    for _ in range(10):
        assert add(client, authenticator()).status_code == 302

    assert cause_of(add(client, authenticator())) == "E8"
    assert Passkey.objects.count() == 10
    assert reverse("accounts:passkey-add") not in client.get("/security/passkeys/").content.decode()


def test_a_challenge_for_one_thing_is_none_for_another(ada: Person, mallory: Person, clock: Clock):
    device, _made = passkey_of(ada, clock)
    client = factories.signed_in(ada)
    adding = client.post("/security/passkeys/add/options/").json()

    assert refused_quietly(send(client, device.sign(adding), "/confirm/passkey/"))

    confirming = client.post("/confirm/passkey/options/").json()
    made = authenticator().make(adding | {"challenge": confirming["challenge"]})
    page = client.post("/security/passkeys/add/", {"answer": json.dumps(made)}).content.decode()
    assert cause_of(page) == "E4"
    assert Passkey.objects.count() == 1


def test_a_challenge_makes_one_passkey(ada: Person, clock: Clock):
    client = factories.signed_in(ada)
    options = client.post("/security/passkeys/add/options/").json()
    for device in (authenticator(), authenticator()):
        last = client.post("/security/passkeys/add/", {"answer": json.dumps(device.make(options))})

    assert cause_of(last) == "E4"
    assert Passkey.objects.count() == 1


@pytest.mark.parametrize("typed", ["", "{}", "null", "x" * 100, '{"id": "AAAA"}'])
def test_no_passkey_is_made_of_anything_else(ada: Person, clock: Clock, typed: str):
    client = factories.signed_in(ada)
    client.post("/security/passkeys/add/options/")

    answer = client.post("/security/passkeys/add/", {"name": "x", "answer": typed})

    assert answer.status_code == 200
    assert cause_of(answer) == "E4"
    assert not Passkey.objects.exists()


# --- Used -----------------------------------------------------------------------------------------------


@pytest.mark.promise("SIGN-9", "SIGN-4")
@pytest.mark.parametrize("kind", ["ES256", "EdDSA", "RS256"])
def test_a_passkey_alone_opens_the_dashboard_of_its_log_in(ada: Person, client: Client, clock: Clock, kind: str):
    device, made = passkey_of(ada, clock, kind=kind)

    answer = sign_in(client, device)

    assert answer.json() == {"next": "/"}
    assert "Hello Ada" in client.get("/").content.decode()
    assert PlatformSession.objects.get().passkey == made
    event = SecurityEvent.objects.get(action=Action.SIGNED_IN)
    assert event.facts == {"proof": f"accounts.passkey/{made.pk}", "new_browser": True}
    assert Notice.objects.filter(kind="new_device").count() == 1
    assert KnownBrowser.objects.count() == 1
    made.refresh_from_db()
    assert made.last_used_at == clock.now


@pytest.mark.promise("SIGN-6")
def test_a_passkey_opens_the_realm_of_its_own_log_in(ada_on_paper: Person, client: Client, clock: Clock):
    device, _made = passkey_of(ada_on_paper, clock)

    sign_in(client, device)

    assert "paper-band" in client.get("/").content.decode()


def test_a_passkey_leads_on_to_the_page_one_wanted_and_to_no_other_site(ada: Person, clock: Clock):
    device, _made = passkey_of(ada, clock, count=1)
    for wanted, leads in [("/security/", "/security/"), ("https://evil.test/", "/"), ("//evil.test", "/")]:
        client = Client()
        options = client.post("/login/passkey/options/").json()
        answer = client.post(
            f"/login/passkey/?next={wanted}", json.dumps(device.sign(options)), content_type="application/json"
        )
        assert answer.json() == {"next": leads}


def test_staff_reach_the_desk_with_a_passkey(agent: Person, client: Client, clock: Clock):
    device, _made = passkey_of(agent, clock)

    sign_in(client, device)

    assert client.get("/admin/").status_code == 200


@pytest.mark.promise("LOCK-5")
def test_a_passkey_opens_while_a_stranger_keeps_the_password_paused(ada: Person, client: Client, clock: Clock):
    device, _made = passkey_of(ada, clock)
    for _ in range(settings.PORTAL_FAILURE_LIMIT):
        factories.type_password(Client(), "ada", "wrong")

    assert sign_in(client, device).json() == {"next": "/"}


def test_asking_for_a_challenge_costs_no_statement_and_no_row(client: Client, django_assert_num_queries):
    with django_assert_num_queries(0):
        options = client.post("/login/passkey/options/").json()

    assert options["allowCredentials"] == []
    assert options["userVerification"] == "required"
    assert not UsedNonce.objects.exists()


def test_the_challenge_is_another_each_time_and_only_in_an_encrypted_cookie(client: Client):
    seen = {client.post("/login/passkey/options/").json()["challenge"] for _ in range(3)}
    cookie = client.cookies[f"{settings.PORTAL_COOKIE_PREFIX}passkey"]

    assert len(seen) == 3
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert not any(challenge in cookie.value for challenge in seen)


# --- After the password, and as a fresh proof --------------------------------------------------------------


@pytest.mark.promise("SIGN-3", "SIGN-9")
def test_after_the_password_a_passkey_of_that_person_is_the_second_factor(ada: Person, client: Client, clock: Clock):
    device, _made = passkey_of(ada, clock)
    factories.type_password(client, "ada", ada.password)

    options = ask(client)
    assert [known["id"] for known in options["allowCredentials"]] == [device.credential_id]
    device.handle = ""  # may be left out where somebody is known
    answer = device.sign(options)
    del answer["response"]["userHandle"]

    assert send(client, answer).json() == {"next": "/"}
    assert not client.cookies[factories.pending_cookie(client)].value


@pytest.mark.promise("SIGN-3")
def test_after_the_password_nobody_elses_passkey_will_do(ada: Person, mallory: Person, client: Client, clock: Clock):
    device, _made = passkey_of(mallory, clock)
    factories.type_password(client, "ada", ada.password)

    assert refused(sign_in(client, device))


def test_a_passkey_used_after_the_password_withdraws_what_waits_on_the_phone(ada: Person, client: Client, clock: Clock):
    factories.phone(ada)
    device, _made = passkey_of(ada, clock)
    factories.type_password(client, "ada", ada.password)
    assert PushChallenge.objects.get().state == RequestState.WAITING

    assert sign_in(client, device).json() == {"next": "/"}

    assert PushChallenge.objects.get().state == RequestState.WITHDRAWN


@pytest.mark.promise("KEY-12")
def test_not_me_on_the_phone_ends_a_sign_in_for_passkeys_too(ada: Person, client: Client, clock: Clock):
    factories.phone(ada)
    device, _made = passkey_of(ada, clock)
    factories.type_password(client, "ada", ada.password)
    answer = {
        "key": ada.user.key_set.first(),
        "answered_at": clock.now,
        "signed_at": int(clock.now.timestamp()),
        "signature": "x",
    }
    PushChallenge.objects.update(state=RequestState.DENIED, reason=DenyReason.NOT_ME, **answer)

    assert refused(sign_in(client, device), "N2")


def test_a_passkey_is_a_fresh_proof_for_its_own_log_in_alone(ada: Person, mallory: Person, clock: Clock):
    device, made = passkey_of(ada, clock)
    foreign, _made = passkey_of(mallory, clock)
    client = factories.signed_in(ada)
    clock.move(minutes=settings.PORTAL_FRESH_PROOF_MINUTES, seconds=1)
    options = client.post("/confirm/passkey/options/").json()
    assert refused_quietly(send(client, foreign.sign(options), "/confirm/passkey/"))
    assert client.get("/security/passkeys/add/").status_code == 302

    options = client.post("/confirm/passkey/options/").json()
    answer = send(client, device.sign(options), "/confirm/passkey/?next=/security/passkeys/add/")

    assert answer.json() == {"next": "/security/passkeys/add/"}
    assert client.get("/security/passkeys/add/").status_code == 200
    assert SecurityEvent.objects.get(action=Action.PROOF_REPEATED).facts == {"proof": f"accounts.passkey/{made.pk}"}


# --- Ended ----------------------------------------------------------------------------------------------------


@pytest.mark.promise("SIGN-9")
def test_a_removed_passkey_opens_nothing_and_what_it_opened_ends(ada: Person, client: Client, clock: Clock):
    device, made = passkey_of(ada, clock)
    sign_in(client, device)
    desk = factories.signed_in(ada)
    assert marks(desk.get(f"/security/passkeys/{made.pk}/remove/"), "follows") == ["no-sign-in", "out-elsewhere"]

    assert desk.post(f"/security/passkeys/{made.pk}/remove/")["Location"] == "/security/passkeys/"

    assert client.get("/")["Location"].startswith("/login/")
    assert desk.get("/security/passkeys/").status_code == 200
    made.refresh_from_db()
    assert (made.confirmed, made.end_reason) == (False, EndReason.TURNED_OFF)
    assert SecurityEvent.objects.get(action=Action.PASSKEY_REMOVED).facts == {"passkey": made.pk}
    assert Notice.objects.filter(kind="passkey_removed").count() == 1
    PlatformSession.objects.all().delete()
    answer = sign_in(Client(), device)
    assert refused(answer)
    assert answer.json()["ended"] == device.credential_id


def test_only_who_holds_an_ended_passkey_learns_that_it_ended(ada: Person, client: Client, clock: Clock):
    device, made = passkey_of(ada, clock)
    passkeys.remove(user=ada.user, passkey_id=made.pk, by=ada.user, keep=None, origin=ORIGIN, now=clock.now)

    forged = sign_in(client, authenticator(credential_id=device.credential_id, handle=device.handle))

    assert "ended" not in forged.json()


def test_who_removes_the_passkey_they_came_in_with_is_signed_out(ada: Person, client: Client, clock: Clock):
    device, made = passkey_of(ada, clock)
    sign_in(client, device)
    assert "out-here" in marks(client.get(f"/security/passkeys/{made.pk}/remove/"), "follows")

    client.post(f"/security/passkeys/{made.pk}/remove/")

    assert client.get("/security/passkeys/")["Location"].startswith("/login/")


def test_nobody_sees_or_removes_somebody_elses_passkey(ada: Person, mallory: Person, clock: Clock):
    _device, made = passkey_of(ada, clock)
    client = factories.signed_in(mallory)

    assert "Ada's laptop" not in client.get("/security/passkeys/").content.decode()
    for verb in (client.get, client.post):
        assert verb(f"/security/passkeys/{made.pk}/remove/").status_code == 404
    made.refresh_from_db()
    assert made.confirmed


def test_an_ended_passkey_is_not_there_to_be_removed(ada: Person, clock: Clock):
    _device, made = passkey_of(ada, clock)
    client = factories.signed_in(ada)
    client.post(f"/security/passkeys/{made.pk}/remove/")

    assert client.post(f"/security/passkeys/{made.pk}/remove/").status_code == 404
    assert Notice.objects.filter(kind="passkey_removed").count() == 1
