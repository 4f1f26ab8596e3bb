"""Encryption at rest: only the right key, the right row and the untouched text open."""

import base64
import uuid
from dataclasses import replace

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client

from accounts.models import Key
from portal.lib import digests, encryption
from tests import factories
from tests.conftest import Clock
from tests.factories import Person

ROW, OTHER_ROW = "accounts_key.secret|1", "accounts_key.secret|2"


def ring(*names: str) -> str:
    return ",".join(f"{name}:{base64.b64encode(name.encode().ljust(32, b'.')).decode()}" for name in names)


@pytest.fixture(autouse=True)
def one_key(settings) -> None:
    settings.PORTAL_FIELD_KEYS = ring("a")


@pytest.mark.parametrize("plain", ["", "JBSWY3DPEHPK3PXP", "Zoë 🙂", "x" * 100_000, "a:b:c", "\x00"])
def test_what_is_encrypted_opens_again(plain: str):
    assert encryption.decrypt(encryption.encrypt(plain, bound_to=ROW), bound_to=ROW) == plain


def test_the_same_text_never_looks_the_same_and_never_shows():
    first, second = (encryption.encrypt("a known text", bound_to=ROW) for _ in range(2))

    assert first != second
    assert "a known text" not in first + base64.b64decode(first.split(":")[2]).decode("latin-1")


def test_a_value_copied_to_another_row_does_not_open():
    with pytest.raises(encryption.DecryptionError):
        encryption.decrypt(encryption.encrypt("seed", bound_to=ROW), bound_to=OTHER_ROW)


def test_no_byte_can_be_changed_taken_or_added():
    version, name, encoded = encryption.encrypt("seed", bound_to=ROW).split(":")
    body = base64.b64decode(encoded)
    changed = [body[:i] + bytes([body[i] ^ 1]) + body[i + 1 :] for i in range(len(body))]

    for altered in [*changed, body[:-1], body + b"\x00", b"", body[:12]]:
        with pytest.raises(encryption.DecryptionError):
            encryption.decrypt(f"{version}:{name}:{base64.b64encode(altered).decode()}", bound_to=ROW)


@pytest.mark.parametrize(
    "text", ["", "v1", "v1:a", "v1:a:", "v1:a:!!!", "v1:a:é", "v2:a:AAAA", "v1:b:AAAA", "::", "a" * 9999]
)
def test_what_was_never_encrypted_does_not_open(text: str):
    with pytest.raises(encryption.DecryptionError):
        encryption.decrypt(text, bound_to=ROW)


def test_another_key_of_the_same_name_does_not_open(settings):
    encrypted = encryption.encrypt("seed", bound_to=ROW)
    settings.PORTAL_FIELD_KEYS = "a:" + base64.b64encode(b"b" * 32).decode()

    with pytest.raises(encryption.DecryptionError):
        encryption.decrypt(encrypted, bound_to=ROW)


def test_after_a_rotation_old_values_open_and_new_ones_take_the_new_key(settings):
    old = encryption.encrypt("seed", bound_to=ROW)
    settings.PORTAL_FIELD_KEYS = ring("b", "a")
    new = encryption.encrypt("seed", bound_to=ROW)

    assert encryption.decrypt(old, bound_to=ROW) == encryption.decrypt(new, bound_to=ROW) == "seed"

    settings.PORTAL_FIELD_KEYS = ring("b")
    assert encryption.decrypt(new, bound_to=ROW) == "seed"
    with pytest.raises(encryption.DecryptionError):
        encryption.decrypt(old, bound_to=ROW)


@pytest.mark.parametrize(
    "declared",
    ["", "a", "a:", "a:short", "a:" + base64.b64encode(b"x" * 16).decode(), ":" + ring("a"), ring("a", "a"), "a:é"],
)
def test_a_ring_that_is_not_one_is_refused(settings, declared: str):
    settings.PORTAL_FIELD_KEYS = declared

    with pytest.raises(ImproperlyConfigured, match="PORTAL_FIELD_KEYS"):
        encryption.encrypt("seed", bound_to=ROW)


@pytest.mark.django_db
def test_a_seed_copied_to_another_persons_key_opens_nothing(settings, ada: Person, mallory: Person):
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM accounts_key WHERE user_id = %s", [ada.user.pk])
        stolen = cursor.fetchone()[0]
        cursor.execute("UPDATE accounts_key SET secret = %s WHERE user_id = %s", [stolen, mallory.user.pk])

    with pytest.raises(encryption.DecryptionError):
        _ = Key.objects.get(user=mallory.user).secret
    assert Key.objects.get(user=ada.user).secret == ada.seed


@pytest.mark.django_db
def test_a_seed_moved_along_with_its_row_id_opens_nothing_and_signs_nobody_in(
    ada: Person, mallory: Person, clock: Clock, caplog: pytest.LogCaptureFixture
):
    keys = {key.user_id: key for key in Key.objects.filter(user__in=[ada.user, mallory.user])}
    rows = {pk: Key.objects.filter(user=pk).values_list("public_id", "secret").get() for pk in keys}
    with connection.cursor() as cursor:
        for pk in rows:  # public_id is unique: out of the way first
            cursor.execute("UPDATE accounts_key SET public_id = %s WHERE user_id = %s", [uuid.uuid4().hex, pk])
        for pk, (public_id, secret) in zip(rows, reversed(rows.values()), strict=True):
            swapped = [public_id.hex, str(secret), pk]
            cursor.execute("UPDATE accounts_key SET public_id = %s, secret = %s WHERE user_id = %s", swapped)

    with pytest.raises(encryption.DecryptionError):
        _ = Key.objects.get(user=ada.user).secret
    assert factories.sign_in(Client(), replace(ada, seed=mallory.seed)).status_code != 302
    assert "the seed of a Key does not open" in caplog.messages


def test_digests_keep_kinds_apart_and_hang_on_the_key(settings):
    before = digests.keyed("username", "ada")
    assert before == digests.keyed("username", "ada")
    assert before != digests.keyed("network", "ada")
    settings.PORTAL_INDEX_KEY = "another"

    assert digests.keyed("username", "ada") != before
    assert digests.same("é", "é")
    assert not digests.same("é", "e")


def test_random_codes_keep_their_leading_zeros(monkeypatch):
    monkeypatch.setattr("secrets.randbelow", lambda bound: 7)

    assert digests.random_digits(6) == "000007"
