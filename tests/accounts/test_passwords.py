"""Passwords: what they must be, that none comes back, and what a check costs."""

import random
import string
import unicodedata

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from accounts import hashers
from accounts.actions import password as action
from accounts.models import FormerPassword
from accounts.policies import blocked_passwords, passwords
from accounts.refusals import PasswordTooCommon, PasswordTooLong, PasswordTooSimple, PasswordUsedBefore
from portal.lib import client
from portal.lib import clock as portal_clock
from tests import factories
from tests.accounts.hash_work import PRESENT, Work, hash_with
from tests.conftest import Clock
from tests.factories import Person

pytestmark = pytest.mark.usefixtures("dear_hashes")

ALL = ("upper", "lower", "digit", "special")
STRICT, LOOSE = passwords.Rules(8, 128, ALL), passwords.Rules(8, 128, ())
OWN = ["Northgate", "ada.byron"]
LONG = (
    "Nine lanterns over the water, 7 herons asleep; somebody hums an old ferry song "
    "& counts to four. Then rain, then tea, then a kite"
)[:128]

# Password, rules missing with all four kinds, whether it is common. Without kinds only the length counts.
VERDICTS = [
    ("", "length upper lower digit special", False),
    ("a", "length upper digit special", True),
    ("Aa1!", "length", False),
    ("Zq7!vbn", "length", False),
    ("Zq7!vbnm", "", False),
    ("zq7!vbnm", "upper", False),
    ("ZQ7!VBNM", "lower", False),
    ("Zqx!vbnm", "digit", False),
    ("Zq7xvbnm", "special", False),
    ("12345678", "upper lower special", True),
    ("password", "upper digit special", True),
    ("Password", "digit special", True),
    ("Password1", "special", True),
    ("Password1!", "", True),
    ("PASSWORD1!", "lower", True),
    ("pAsSwOrD1!", "", True),
    ("1!Password", "", True),
    ("1!Password1!", "", True),
    ("P@ssw0rd", "", True),
    ("P@ssw0rd1!", "", True),
    ("Pa$$w0rd", "", True),
    ("Pa$$w0rd1!", "", True),
    ("!!Pa55w0rd2026", "", True),
    ("$unshine1!A", "", False),
    ("$unshine1!", "upper", True),
    ("Qwerty123!", "", True),
    ("Iloveyou1!", "", True),
    ("Letmein#99", "", True),
    ("Dragon!2026", "", True),
    ("Ｐａｓｓｗｏｒｄ1!", "", True),
    ("Northgate1!", "", True),
    ("N0rthg@te!", "", True),
    ("etaghtroN1!", "", True),
    ("NorthgateNorthgate1!", "", True),
    ("ada.byron-A1", "", True),
    ("Northgate-is-where-I-keep-it-1", "", False),
    ("Winter-Falls-On-Kensington-9", "", False),
    ("correct horse battery staple", "upper digit", False),
    ("Correct horse battery staple 1", "", False),
    ("        ", "upper lower digit", False),
    ("Tr0ub4dor&3", "", False),
    ("Zoë7-Brontë", "", False),
    ("Ωmega-Ωmega-7", "", False),
    ("ПарольНаш7!", "", False),
    ("пароль-наш-7", "upper", False),
    ("密码密码密码密码", "upper lower digit special", False),
    ("密码Aa1!密码", "", False),
    ("Aa1!🙂🙂🙂🙂", "", False),
    ("Aa🙂🙂🙂🙂🙂7", "", False),
    ("Aaddcc²!!", "digit", False),
    ("Aaddcc٣!!", "", False),
    ("ªbcdEFG1!", "", True),
    ("ǅbcdefg1!", "upper", False),
    ("Zq7\u00a0vbnm", "", False),
    ("Zq7\tvbnm", "", False),
    ("Zq7\x00vbnm", "", False),
    ("Zq7e\u0301vbn", "", False),
    (" Zq7vbnm ", "", False),
    ("'; DROP TABLE 1A--", "lower", False),
    ("{{7*7}}Aa", "", False),
    ("Aa1!" * 32, "", False),
]


@pytest.mark.promise("PW-1")
@pytest.mark.parametrize(("password", "missing", "common"), VERDICTS)
@pytest.mark.asvs("6.2.1")
def test_the_rules_give_this_verdict(password: str, missing: str, common: bool):
    length = ["length"] if len(password) < 8 else []

    assert passwords.missing(password, STRICT) == missing.split()
    assert passwords.missing(password, LOOSE) == length
    assert passwords.is_common(password, own_words=OWN) is common


MADE_OF_OWN_WORDS = [
    "Ada-Winter-1985",
    "AdaWinter1985!",
    "1985-Winter-Ada!",
    "Winter!1012",
    "W1nt3r-4d4-12",
    "retniW-adA-1985",
    "Ada+Ada+Ada+77",
    "Zoe-Ada-Winter-1!",
    "Zoé-Ada-xyz-1985",
    "OBrien-Ada-1985",
    "Brien*Winter*85",
    "Ng-Ada-2026!",
    "Northgate-Ada-1!",
    "Abc-1985-!",
    "a.b.winter-A1",
    "Ada-Winter-Key-1",
    *("Müller2026!", "Mueller2026!", "Muller2026!", "Soehne1234!", "Groesse-99!"),
]
NOT_MADE_OF_OWN_WORDS = [
    "correct-Horse-ada-7-battery",
    "Winter-Falls-On-Kensington-9",
    "Adamant-Otter-7",
    "Zq7!vbnm-1985",
    "Ada?Kqzwv7!",
    "Canada-Goose-12",
    "Ngong-Hills-77!",
    "🙂🙂🙂🙂-Ada-1",
]


@pytest.mark.promise("PW-1")
@pytest.mark.parametrize("password", MADE_OF_OWN_WORDS + NOT_MADE_OF_OWN_WORDS)
def test_several_own_words_make_no_password_and_one_among_others_does_no_harm(password: str):
    words = ["Northgate", "Gatehouse", "a.b.winter", "Ada", "Zoë", "Winter", "O'Brien", "Ng", "1985"]
    words += ["Müller", "So\u0308hne:", "&", '"Größe"']

    assert passwords.is_common(password, own_words=words) is (password in MADE_OF_OWN_WORDS)


def test_only_the_kinds_that_are_asked_for_are_missed():
    rules = passwords.Rules(12, 128, ("digit", "upper"))

    assert passwords.missing("abcdefgh", rules) == ["length", "digit", "upper"]


@pytest.mark.django_db
@pytest.mark.promise("PW-1")
@pytest.mark.parametrize(
    ("password", "refusal"),
    [
        (LONG, None),
        (LONG + "x", PasswordTooLong),
        ("🙂🙃😀😎🎈🌊🪁🍋Aa1", None),
        ("Aa1!" * 32, PasswordTooCommon),
        ("🙂" * 125 + "Aa1", PasswordTooCommon),
        ("Zaq1@wsx", PasswordTooCommon),
        ("Aa1!Aa1!", PasswordTooCommon),
        ("Trading2026!", PasswordTooCommon),
        ("Securities1!", PasswordTooCommon),
        ("$3Curities1!", PasswordTooCommon),
        ("Liverpool1!", PasswordTooCommon),
        ("short", PasswordTooSimple),
        ("Password1!", PasswordTooCommon),
        ("Adalovelace-1", None),
        ("Northgate-12", PasswordTooCommon),
        ("Ada-Byron-1985", PasswordTooCommon),
        ("Byron-Pearl-1!", PasswordTooCommon),
    ],
)
@pytest.mark.asvs("6.2.4")
@pytest.mark.asvs("6.2.9")
@pytest.mark.asvs("6.2.11")
def test_a_new_password_is_held_to_all_rules_at_once(ada: Person, password: str, refusal: type | None):
    if refusal is None:
        action.check_new_password(ada.user, password)
        return

    with pytest.raises(refusal):
        action.check_new_password(ada.user, password)


def change(person: Person, password: str, clock: Clock) -> None:
    prepared = action.prepare(person.user, password)
    action.set_prepared(user=person.user, prepared=prepared, by=person.user, origin=client.Origin(), now=clock.now)


@pytest.mark.django_db
@pytest.mark.promise("PW-2")
@pytest.mark.django_db
@pytest.mark.parametrize("cost", [(19_456, 2), (9_728, 2)])
def test_an_imported_password_that_was_never_used_here_counts_as_used(ada: Person, cost: tuple[int, int]):
    ada.user.password, ada.user.password_changed_at = hash_with(ada.password, *cost), None
    ada.user.save()

    with pytest.raises(PasswordUsedBefore):
        action.prepare(ada.user, ada.password)
    assert action.prepare(ada.user, f"{ada.password}!").encoded


@pytest.mark.promise("PW-2")
def test_none_of_thirty_passwords_comes_back_and_asking_costs_one_hash(ada: Person, clock: Clock, work: Work):
    former = [f"Engine-Part-{number:02}" for number in range(30)]
    change(ada, former[0], clock)
    for password in former[1:]:
        action.remember_password(ada.user, password, now=portal_clock.now())
    assert FormerPassword.objects.filter(user=ada.user).count() == 30

    for password in (former[0], former[14], former[29]):
        work.clear()
        with pytest.raises(PasswordUsedBefore):
            action.check_new_password(ada.user, password)
        assert work.done == [PRESENT]

    work.clear()
    action.check_new_password(ada.user, "Engine-Part-30")
    assert work.done == [PRESENT]


@pytest.mark.django_db
@pytest.mark.promise("PW-2")
def test_letters_that_look_alike_are_the_same_former_password(ada: Person, clock: Clock):
    change(ada, unicodedata.normalize("NFC", "Zoë-Brontë-77"), clock)

    with pytest.raises(PasswordUsedBefore):
        action.check_new_password(ada.user, unicodedata.normalize("NFD", "Zoë-Brontë-77"))


@pytest.mark.django_db
@pytest.mark.promise("PW-2")
def test_a_history_of_two_costs_takes_two_hashes(ada: Person, clock: Clock, work: Work, settings):
    change(ada, "Engine-Part-00", clock)
    settings.PORTAL_ARGON2_PASSES = 3
    work.clear()

    with pytest.raises(PasswordUsedBefore):
        action.check_new_password(ada.user, "Engine-Part-00")
    assert work.done == [PRESENT]

    change(ada, "Engine-Part-01", clock)
    work.clear()
    action.check_new_password(ada.user, "Engine-Part-02")
    assert sorted(work.done) == [PRESENT, PRESENT // 2 * 3]


@pytest.mark.django_db
def test_histories_are_kept_apart(ada: Person, mallory: Person, clock: Clock):
    change(ada, "Engine-Part-00", clock)
    change(mallory, "Engine-Part-00", clock)

    digests = set(FormerPassword.objects.values_list("digest", flat=True))
    assert len(digests) == 2


@pytest.mark.django_db
def test_a_password_set_by_two_at_once_is_set_once(ada: Person, clock: Clock):
    first, second = (action.prepare(ada.user, "Engine-Part-00") for _ in range(2))
    action.set_prepared(user=ada.user, prepared=first, by=None, origin=None, now=clock.now)

    with pytest.raises(PasswordUsedBefore):
        action.set_prepared(user=ada.user, prepared=second, by=None, origin=None, now=clock.now)


OLD = {"weaker": (9_728, 1), "half": (9_728, 2), "one pass": (19_456, 1), "odd": (10_001, 1)}


@pytest.mark.parametrize("guess", ["right", "wrong"])
@pytest.mark.parametrize("cost", OLD)
def test_a_check_of_an_old_hash_does_the_work_of_a_present_one(work: Work, cost: str, guess: str):
    encoded = hash_with("right", *OLD[cost])
    work.clear()

    assert hashers.PortalArgon2Hasher().verify(guess, encoded) is (guess == "right")

    assert PRESENT - hashers.PortalArgon2Hasher.time_cost < sum(work.done) <= PRESENT
    assert len(work.done) == 2


@pytest.mark.parametrize("cost", [(19_456, 2), (19_456, 4), (65_536, 1)])
def test_a_check_of_a_present_or_dearer_hash_does_no_more(work: Work, cost: tuple[int, int]):
    encoded = hash_with("right", *cost)
    work.clear()

    hashers.PortalArgon2Hasher().verify("wrong", encoded)

    assert work.done == [cost[0] * cost[1]]


@pytest.mark.django_db
def test_signing_in_renews_an_old_hash_and_a_wrong_try_does_not(ada: Person, clock: Clock):
    old = hash_with(ada.password, 9_728, 1)
    type(ada.user).objects.filter(pk=ada.user.pk).update(password=old)

    factories.type_password(Client(), "ada", "wrong")
    ada.user.refresh_from_db()
    assert ada.user.password == old

    assert factories.sign_in(Client(), ada).status_code == 302
    ada.user.refresh_from_db()
    assert "m=19456,t=2,p=1" in ada.user.password
    clock.move(minutes=1)
    assert factories.sign_in(Client(), ada).status_code == 302


def test_a_hash_is_argon2id_with_a_salt_of_its_own():
    first, second = make_password("the same"), make_password("the same")

    assert first.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert first != second


@pytest.mark.promise("PW-2")
def test_the_password_an_imported_log_in_came_with_is_not_taken_again(client: Client, ada: Person) -> None:
    type(ada.user).objects.filter(pk=ada.user.pk).update(password_changed_at=None)
    factories.type_password(client, "ada", ada.password)
    ada.user.refresh_from_db()

    with pytest.raises(PasswordUsedBefore):
        action.prepare(ada.user, ada.password)
    assert ada.user.password_changed_at is not None


@pytest.mark.promise("SESS-3")
def test_renewing_an_old_hash_does_not_bring_an_old_password_back(ada: Person, clock: Clock) -> None:
    log_ins = type(ada.user).objects
    log_ins.filter(pk=ada.user.pk).update(password=hash_with(ada.password, 8 * 1024, 1))
    slow = log_ins.get(pk=ada.user.pk)

    prepared = action.prepare(ada.user, "Quite-Another-Engine-7")
    action.set_prepared(user=ada.user, prepared=prepared, by=ada.user, origin=client.Origin(), now=clock.now)

    assert slow.check_password(ada.password)
    assert not log_ins.get(pk=ada.user.pk).check_password(ada.password)
    assert log_ins.get(pk=ada.user.pk).check_password("Quite-Another-Engine-7")


def test_renewing_an_old_hash_ends_no_session(ada: Person) -> None:
    open_client = factories.signed_in(ada)
    type(ada.user).objects.filter(pk=ada.user.pk).update(password=hash_with(ada.password, 8 * 1024, 1))

    factories.sign_in(Client(), ada)

    assert open_client.get("/").status_code == 200


ALPHABET = string.ascii_letters + string.digits + "!@#$%^&*-_"
WORDS = [
    "anchor",
    "velvet",
    "otter",
    "lantern",
    "harvest",
    "copper",
    "meadow",
    "violin",
    "saddle",
    "thimble",
    "quarry",
    "ember",
]


def strong(dice: random.Random) -> str:
    """Return a random password: twelve signs of all kinds, or four words with a digit and a sign."""
    if dice.random() < 0.5:
        return "-".join(dice.sample(WORDS, 4)).capitalize() + str(dice.randrange(10))
    while passwords.missing(made := "".join(dice.choices(ALPHABET, k=12)), STRICT):
        pass
    return made


@pytest.mark.promise("PW-1")
def test_at_most_one_in_a_hundred_random_strong_passwords_is_refused():
    dice = random.Random(5)

    refused = [one for one in (strong(dice) for _ in range(3000)) if _is_refused(one)]

    assert len(refused) <= 30


def _is_refused(password: str) -> bool:
    return passwords.is_common(password, own_words=OWN) or passwords.is_guessable(password, own_words=OWN)


@pytest.mark.promise("PW-1")
@pytest.mark.asvs("6.2.12")
def test_the_block_list_has_ten_thousand_entries_that_satisfy_the_rules():
    lawful = [one for one in blocked_passwords.every() if not passwords.missing(one.capitalize(), STRICT)]

    assert len(lawful) > 10_000
    assert all(passwords.is_common(one.capitalize(), own_words=()) for one in lawful[:500])
