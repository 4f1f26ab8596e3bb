"""Answers of passkeys that open nothing, and that every refusal looks alike."""

import json
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.actions.authenticators import passkeys
from accounts.actions.keys import key_revocation
from accounts.enums import Action, EndReason
from accounts.models import Passkey, PlatformSession
from accounts.policies.passkeys import has_grown
from portal.audit.models import SecurityEvent
from portal.lib.passkeys import encoded
from portal.outbox.models import Notice
from portal.throttle import limits
from portal.throttle.models import Throttle
from portal.throttle.reserve import reserve
from tests import factories
from tests.accounts.passkey_work import authenticator, passkey_of, refused, send, sign_in
from tests.authenticator import MAY_SYNC, PRESENT, SYNCED, VERIFIED
from tests.conftest import Clock
from tests.factories import Person

pytestmark = pytest.mark.django_db
# --- Refused ----------------------------------------------------------------------------------------------

WRONG = {
    "the person was not verified": {"flags": PRESENT},
    "nobody was there": {"flags": VERIFIED},
    "another origin": {"origin": "https://evil.test"},
    "another site": {"rp_id": "evil.test"},
    "inside another page": {"client_data": {"crossOrigin": True}},
    "made to be synced, which it was not": {"flags": PRESENT | VERIFIED | MAY_SYNC | SYNCED},
}


@pytest.mark.promise("SIGN-9")
@pytest.mark.parametrize("what", WRONG)
def test_a_rightly_signed_answer_that_shows_this_opens_nothing(ada: Person, client: Client, clock: Clock, what: str):
    device, _made = passkey_of(ada, clock)
    for name, value in WRONG[what].items():
        setattr(device, name, value)

    assert refused(sign_in(client, device))


@pytest.mark.promise("SIGN-9", "SIGN-8")
def test_unknown_passkeys_and_wrong_signatures_get_the_same_bytes(ada: Person, client: Client, clock: Clock):
    device, _made = passkey_of(ada, clock)
    stranger = authenticator(handle=device.handle)
    same_name = authenticator(handle=device.handle, credential_id=device.credential_id)

    answers = [sign_in(Client(), wrong) for wrong in (stranger, same_name)]
    answers += [send(client, "no JSON"), sign_in(Client(), device, id="AAAA", rawId="AAAA")]

    assert {answer.content for answer in answers} == {answers[0].content}
    assert all(refused(answer) for answer in answers)


def test_an_answer_that_names_another_log_in_is_refused(ada: Person, mallory: Person, client: Client, clock: Clock):
    device, _made = passkey_of(ada, clock)
    for handle in (encoded(passkeys.handle_of(mallory.user)), encoded(b"x"), ""):
        device.handle = handle
        assert refused(sign_in(client, device)), handle


@pytest.mark.promise("SIGN-9")
def test_an_answer_is_good_once(ada: Person, client: Client, clock: Clock):
    device, _made = passkey_of(ada, clock)
    options = client.post("/login/passkey/options/").json()
    carried = {name: morsel.value for name, morsel in client.cookies.items()}
    answer = device.sign(options)
    assert send(client, answer).status_code == 200
    PlatformSession.objects.all().delete()

    client.cookies.load(carried)
    assert refused(send(client, answer))
    client.cookies.load(carried)
    assert refused(send(client, device.sign(options)))


def test_an_answer_to_the_challenge_of_another_browser_is_refused(ada: Person, client: Client, clock: Clock):
    device, _made = passkey_of(ada, clock)
    options = Client().post("/login/passkey/options/").json()
    client.post("/login/passkey/options/")

    assert refused(send(client, device.sign(options)))
    assert refused(send(Client(), device.sign(options)))


def test_a_challenge_runs_out_after_ten_minutes(ada: Person, client: Client, clock: Clock):
    device, _made = passkey_of(ada, clock)
    options = client.post("/login/passkey/options/").json()
    clock.move(minutes=10, seconds=1)

    assert refused(send(client, device.sign(options)))


def test_a_refused_answer_has_used_up_its_challenge(ada: Person, client: Client, clock: Clock):
    device, _made = passkey_of(ada, clock)
    options = client.post("/login/passkey/options/").json()
    right = device.sign(options)
    wrong = right | {"response": right["response"] | {"signature": "AAAA"}}

    assert refused(send(client, wrong))
    assert refused(send(client, right))


def use_up(network: str, clock: Clock, *, but: int = 0):
    for _ in range(limits.PASSKEY.bounds.tries - but):
        reserve(limits.PASSKEY.of_network(network)[0], now=clock.now)


def test_refused_answers_count_against_their_network_and_right_ones_do_not(ada: Person, clock: Clock, settings: Any):
    use_up("127.0.0.1", clock, but=2)
    device, _made = passkey_of(ada, clock, count=1)
    for _ in range(3):
        assert sign_in(Client(), device).status_code == 200
    for _ in range(2):
        assert sign_in(Client(), authenticator()).status_code == 403

    answer = sign_in(Client(), device)

    assert (answer.status_code, answer.json()["cause"]) == (429, "L3")
    assert int(answer["Retry-After"]) == settings.PORTAL_LOCKOUT_MINUTES * 60


def test_neighbours_shut_neither_a_known_browsers_passkey_nor_anybodys_password(ada: Person, clock: Clock):
    home = Client()
    factories.sign_in(home, ada)
    home.post("/logout/")
    device, _made = passkey_of(ada, clock, count=1)
    use_up("127.0.0.1", clock)

    assert sign_in(Client(), device).status_code == 429
    assert sign_in(home, device).status_code == 200
    clock.move(minutes=1)
    assert factories.sign_in(Client(), ada).status_code == 302


def test_a_known_browser_has_twenty_refused_answers_of_its_own(ada: Person, clock: Clock):
    home = Client()
    factories.sign_in(home, ada)
    home.post("/logout/")
    device, _made = passkey_of(ada, clock, count=1)

    answers = [sign_in(home, authenticator()).status_code for _ in range(21)]

    assert answers == [403] * 20 + [429]
    assert not Throttle.objects.filter(limit="passkey").exists()
    assert sign_in(Client(), device).status_code == 200


def test_a_log_in_on_hold_says_so_to_who_holds_its_passkey(ada: Person, client: Client, clock: Clock):
    device, _made = passkey_of(ada, clock)
    ada.user.suspended_at = clock.now
    ada.user.save()

    assert refused(sign_in(client, device), "L2")
    assert refused(sign_in(client, authenticator(credential_id=device.credential_id, handle=device.handle)))


def test_a_closed_log_in_opens_to_no_passkey(ada: Person, client: Client, clock: Clock):
    device, _made = passkey_of(ada, clock)
    ada.user.is_active = False
    ada.user.save()

    assert refused(sign_in(client, device))


def test_a_passkey_whose_row_was_changed_by_hand_opens_nothing(
    ada: Person, mallory: Person, client: Client, clock: Clock
):
    device, made = passkey_of(mallory, clock)
    device.handle = encoded(passkeys.handle_of(ada.user))
    Passkey.objects.filter(pk=made.pk).update(user=ada.user)

    assert refused(sign_in(client, device))


# --- The counter ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kept", "shown", "grown"), [(0, 0, True), (0, 1, True), (1, 2, True), (5, 5, False), (5, 4, False), (5, 0, False)]
)
def test_a_counter_grows_or_does_not_count_at_all(kept: int, shown: int, grown: bool):
    assert has_grown(kept=kept, shown=shown) is grown


@pytest.mark.promise("SIGN-9")
@pytest.mark.parametrize("back", [0, 1, 5])
def test_a_passkey_whose_counter_has_not_grown_is_turned_off(ada: Person, client: Client, clock: Clock, back: int):
    device, made = passkey_of(ada, clock, count=10)
    assert sign_in(Client(), device).status_code == 200
    device.count -= back + 1  # it counts before it signs

    answer = sign_in(client, device)

    assert refused(answer)
    assert answer.json()["ended"] == device.credential_id
    made.refresh_from_db()
    assert (made.confirmed, made.end_reason, made.ended_at) == (False, EndReason.COPIED, clock.now)
    assert SecurityEvent.objects.get(action=Action.PASSKEY_SUSPECT).facts == {"passkey": made.pk}
    assert Notice.objects.filter(kind="passkey_suspect").count() == 1
    device.count += 50
    assert refused(sign_in(client, device))
    assert Notice.objects.filter(kind="passkey_suspect").count() == 1


def test_a_counter_in_a_forged_answer_turns_nothing_off(ada: Person, client: Client, clock: Clock):
    device, made = passkey_of(ada, clock, count=10)

    assert refused(sign_in(client, authenticator(credential_id=device.credential_id, handle=device.handle, count=1)))

    made.refresh_from_db()
    assert made.confirmed


# --- Whatever is sent -------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(body=st.binary(max_size=200) | JSON.map(json.dumps), part=st.sampled_from(["id", "rawId", "type", "response"]))
def test_whatever_is_sent_is_refused_and_no_fault_of_ours(ada: Person, clock: Clock, body: Any, part: str):
    device = authenticator(handle=encoded(passkeys.handle_of(ada.user)))
    client = Client()
    client.post("/login/passkey/options/")
    assert refused(send(client, body))
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = body.decode("latin-1") if isinstance(body, bytes) else body
    assert refused(sign_in(client, device, **{part: value}))
    Throttle.objects.all().delete()


def test_an_answer_without_a_form_token_is_refused(ada: Person, clock: Clock):
    device, _made = passkey_of(ada, clock)
    client = Client(enforce_csrf_checks=True)

    assert client.post("/login/passkey/options/").status_code == 403
    assert send(client, device.sign({"challenge": "AAAA"})).status_code == 403


def test_what_recovery_ends_includes_passkeys(ada: Person, client: Client, clock: Clock):
    device, _made = passkey_of(ada, clock)

    with transaction.atomic():
        key_revocation.revoke_authenticators(
            user=ada.user, reason=EndReason.RECOVERED, by=None, origin=None, now=clock.now
        )

    assert refused(sign_in(client, device))
