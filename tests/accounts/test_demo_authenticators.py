"""What people of the demo prove themselves with: phones that approve, backup codes, many log-ins of one person."""

import pytest
from django.test import Client

from accounts.actions.keys import key_revocation
from accounts.demo import cast as cast_file
from accounts.enums import EndReason
from accounts.models import BackupCode, Key, Mandate, Phone, User
from recovery.demo import cast as whole_cast
from tests import phone as scripted
from tests.accounts.test_people_demo import SMALL, everything, run, small
from tests.conftest import Clock

pytestmark = pytest.mark.django_db

SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CODES = ["7M2K-PQ9X", "D4WT-8RJC"]


def jwk(held: scripted.Phone) -> dict[str, str]:
    numbers = held.key.public_key().public_numbers()
    x, y = (scripted.base64url(part.to_bytes(32)) for part in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def key_on(held: scripted.Phone, **changes: object) -> dict[str, object]:
    return {"name": "Ada's Pixel", "kind": "phone", "totp_secret": SEED, "public_key": jwk(held)} | changes


@pytest.fixture
def held(clock: Clock) -> scripted.Phone:
    """A phone whose private half the test holds; it knows its reference by the documented rule."""
    phone = scripted.Phone(client=Client())
    phone.reference = cast_file.reference_of(scripted.public_half(phone.key))
    return phone


def test_whoever_holds_the_private_half_plays_the_phone(held, tmp_path):
    said = run(tmp_path, small(keys=[key_on(held)]))

    answer = held.requests()

    assert answer.status == 200
    assert [item["account"] for item in answer["keys"]] == ["ada"]
    assert f"Ada's Pixel of ada approves requests; the reference of this phone is {held.reference}" in said


def test_somebody_else_with_that_reference_is_not_believed(held, tmp_path):
    run(tmp_path, small(keys=[key_on(held)]))
    stranger = scripted.Phone(client=Client(), reference=held.reference)

    assert stranger.requests().cause == "Y3"


def test_a_key_without_a_public_key_has_codes_alone(clock, tmp_path):
    run(tmp_path, SMALL)

    assert Key.objects.get(user__username="ada").phone is None
    assert not Phone.objects.exists()


def test_one_phone_holds_the_keys_of_many_log_ins(held, tmp_path):
    others = [
        {"username": f"ada-{n}", "password": f"Lantern&Harbour{n}", "keys": [key_on(held, name=f"Key {n}")]}
        for n in range(3)
    ]

    run(tmp_path, small(keys=[key_on(held)], log_ins=others))

    assert Phone.objects.count() == 1
    assert {item["account"] for item in held.requests()["keys"]} == {"ada", "ada-0", "ada-1", "ada-2"}


def test_a_second_run_leaves_phone_codes_and_log_ins_as_they_are(held, clock, tmp_path):
    whole = small(
        keys=[key_on(held)],
        backup_codes=CODES,
        log_ins=[{"username": "ada-2", "password": "Lantern&Harbour8", "accounts": [{"number": "U2"}]}],
    )
    run(tmp_path, whole)
    before = everything()
    clock.move(hours=5)

    run(tmp_path, whole)

    assert everything() == before


def test_a_phone_that_was_lost_is_back_after_the_next_run(held, clock, tmp_path):
    run(tmp_path, small(keys=[key_on(held)]))
    key_revocation.end_phone(phone=Phone.objects.get(), reason=EndReason.LOST, by=None, origin=None, now=clock.now)
    assert held.requests().cause == "Y5"

    run(tmp_path, small(keys=[key_on(held)]))

    assert held.requests().status == 200


def test_another_public_key_makes_another_phone(held, clock, tmp_path):
    run(tmp_path, small(keys=[key_on(held)]))
    other = scripted.Phone(client=Client())
    other.reference = cast_file.reference_of(scripted.public_half(other.key))

    run(tmp_path, small(keys=[key_on(other)]))

    assert held.requests().cause == "Y5"
    assert other.requests().status == 200


@pytest.mark.promise("KEY-13")
def test_backup_codes_are_kept_hashed_and_a_used_one_stays_used(clock, tmp_path):
    said = run(tmp_path, small(backup_codes=CODES))
    assert "Backup codes of ada, in the place of a code, each once: 7M2K-PQ9X, D4WT-8RJC" in said
    kept = BackupCode.objects.filter(user__username="ada")
    assert not {"7M2KPQ9X", "7M2K-PQ9X"} & set(kept.values_list("digest", flat=True))
    used = kept.first()
    BackupCode.objects.filter(pk=used.pk).update(used_at=clock.now, confirmed=False)

    run(tmp_path, small(backup_codes=CODES))
    assert kept.count() == 2
    assert BackupCode.objects.get(used_at__isnull=False) == used

    run(tmp_path, small(backup_codes=["QQQQ-2222"]))
    assert kept.filter(used_at=None).count() == 1


def test_further_log_ins_belong_to_the_same_person_with_accounts_of_their_own(clock, tmp_path):
    more = [
        {"username": "ada-2", "password": "Lantern&Harbour8", "state": "no_key", "clients": 2},
        {"username": "ada-3", "password": "Lantern&Harbour9", "realm": "paper", "email": "three@example.test"},
    ]

    said = run(tmp_path, small(log_ins=more))

    ada, second, third = (User.objects.by_username(name) for name in ("ada", "ada-2", "ada-3"))
    assert ada.customer == second.customer == third.customer
    assert (second.email, third.email, third.realm) == ("ada@example.test", "three@example.test", "paper")
    assert Mandate.objects.filter(user=second).count() == 2
    assert "also ada's, 2 accounts, no Key yet" in said
    assert "ada has 2 more log-ins without a Key" in said


def test_paper_trading_is_a_log_in_of_the_same_person_with_play_money(clock, tmp_path):
    run(tmp_path, small(paper={"username": "ada-paper", "password": "Paper&Harbour7", "totp_secret": SEED}))

    paper = User.objects.by_username("ada-paper")
    account = Mandate.objects.get(user=paper).account
    assert paper.customer == User.objects.by_username("ada").customer
    assert (paper.realm, paper.email) == ("paper", "ada@example.test")
    assert (account.number, account.realm, account.net_value) == ("PAPER-ADA-PAPER", "paper", 1_000_000)
    assert Key.objects.get(user=paper, confirmed=True).name == "Authenticator app"


def test_the_default_cast_has_a_person_with_many_log_ins_and_somebody_with_backup_codes():
    cast = whole_cast.read(whole_cast.DEFAULT)

    assert [len(person.log_ins) for person in cast.advisers] == [8]
    assert {login.username for login in cast.logins() if login.backup_codes} == {"ada"}


def test_a_public_key_left_as_in_an_example_is_a_phone_nobody_plays(held, tmp_path):
    placeholder = {"kty": "EC", "crv": "P-256", "x": "base64url", "y": "base64url"}

    run(tmp_path, small(keys=[key_on(held, public_key=placeholder)]))

    assert list(Key.objects.filter(user__username="ada").values_list("kind", "phone")) == [("phone", None)]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"public_key": {"kty": "RSA", "crv": "P-256", "x": "A" * 43, "y": "A" * 43}}, "keys[0].public_key.kty`"),
        ({"public_key": {"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43}}, "not a point on P-256 - at"),
        ({"public_key": {"kty": "EC", "crv": "P-256", "x": "A", "y": "A" * 43}}, "keys[0].public_key.x`"),
        ({"public_key": {"kty": "EC", "crv": "P-256", "d": "A"}}, "keys[0].public_key`"),
        ({"kind": "app"}, "public_key belongs to a Key of the kind phone"),
    ],
)
def test_a_public_key_that_is_none_is_named(held, tmp_path, change, complaint):
    with pytest.raises(Exception, match="Nothing was written") as refused:
        run(tmp_path, small(keys=[key_on(held, **change)]))

    assert complaint in str(refused.value)
