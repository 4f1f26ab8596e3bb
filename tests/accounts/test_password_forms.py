"""One password, however the keyboard sends its letters (decision 0025)."""

import unicodedata

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from accounts.actions import password as passwords
from accounts.hashers import PortalArgon2Hasher
from accounts.models import User
from accounts.policies.passwords import normalised, older_forms
from accounts.refusals import PasswordUsedBefore
from portal.lib import clock as portal_clock
from portal.throttle.models import Throttle
from tests import factories
from tests.accounts.hash_work import Work
from tests.conftest import Clock
from tests.factories import Person

pytestmark = pytest.mark.django_db

WORDS = [
    "Caf\u00e9-au-lait-1843",
    "\ud55c\uad6d\uc5b4-Lantern-7",
    "\u00c5ngstr\u00f6m+Harbour7",
    "\u1e9b\u0323-Quarry-52",
]
COMPOSED, DECOMPOSED = (unicodedata.normalize(form, WORDS[0]) for form in ("NFC", "NFD"))


def with_hash(person: Person, encoded: str) -> None:
    User.objects.filter(pk=person.user.pk).update(password=encoded)


def exactly(password: str) -> str:
    """Return a hash of the text as it is, as an older system made it."""
    hasher = PortalArgon2Hasher()
    return super(PortalArgon2Hasher, hasher).encode(password, hasher.salt())


def gets_on(username: str, password: str) -> bool:
    client = Client()
    factories.type_password(client, username, password)
    return client.sign_in_page.startswith("/login/confirm/")


@pytest.mark.promise("SIGN-2")
@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize(("was_set", "typed"), [("NFC", "NFD"), ("NFD", "NFC"), ("NFD", "NFD"), ("NFC", "NFC")])
def test_each_form_opens_what_the_other_set(ada: Person, word: str, was_set: str, typed: str) -> None:
    with_hash(ada, make_password(unicodedata.normalize(was_set, word)))

    assert gets_on("ada", unicodedata.normalize(typed, word))


@pytest.mark.parametrize("was_set", ["NFC", "NFD"])
@pytest.mark.parametrize("typed", ["NFC", "NFD"])
def test_a_hash_from_before_opens_in_either_form_and_is_renewed(ada: Person, was_set: str, typed: str) -> None:
    with_hash(ada, exactly(unicodedata.normalize(was_set, WORDS[0])))

    assert gets_on("ada", unicodedata.normalize(typed, WORDS[0]))

    ada.user.refresh_from_db()
    assert PortalArgon2Hasher().verify_exactly(COMPOSED, ada.user.password)


@pytest.mark.promise("SIGN-2")
@pytest.mark.parametrize("other", ["cafe-{}", "CAF\u00c9-{}", " Caf\u00e9-{}", "\uff23af\u00e9-{}"])
def test_nothing_else_is_taken_for_the_same(ada: Person, other: str) -> None:
    with_hash(ada, make_password(COMPOSED))

    assert not gets_on("ada", other.format("au-lait-1843"))
    assert Throttle.objects.get(limit="password").used == 1


@pytest.mark.promise("PW-2")
def test_the_history_knows_both_forms_as_one(ada: Person, clock: Clock) -> None:
    prepared = passwords.prepare(ada.user, COMPOSED)
    passwords.set_prepared(user=ada.user, prepared=prepared, by=ada.user, origin=None, now=portal_clock.now())

    with pytest.raises(PasswordUsedBefore):
        passwords.check_new_password(ada.user, DECOMPOSED)


@pytest.mark.promise("SIGN-8")
@pytest.mark.parametrize(("typed", "hashes"), [(COMPOSED, 2), (DECOMPOSED, 2), ("Plain-Word-1843", 1)])
def test_known_and_unknown_names_cost_as_many_hashes(
    ada: Person, ben: Person, work: Work, typed: str, hashes: int
) -> None:
    with_hash(ben, "!")
    done = []
    for name in ("ada", "ben", "nobody"):
        work.clear()
        factories.type_password(Client(), name, typed)
        done.append(len(work.done))

    assert done == [hashes] * 3


def test_the_forms_of_a_password() -> None:
    assert normalised(DECOMPOSED) == COMPOSED
    assert older_forms(COMPOSED) == [DECOMPOSED]
    assert older_forms(DECOMPOSED) == [DECOMPOSED]
    assert older_forms("Plain") == []
