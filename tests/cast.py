"""The one cast: everybody who appears in the tests."""

import pytest

from accounts.enums import MandateRole, Realm, Role
from tests import factories
from tests.factories import Person


@pytest.fixture
def ada(db: None) -> Person:
    """A customer with a Key and one account."""
    return factories.customer("ada")


@pytest.fixture
def mallory(db: None) -> Person:
    """Another customer, who must see nothing of anybody else's."""
    return factories.customer("mallory", family_name="Moss", birth_date="1991-05-04")


@pytest.fixture
def ben(db: None) -> Person:
    """A customer who has no Key yet."""
    return factories.customer("ben", has_key=False)


@pytest.fixture
def ada_on_paper(db: None) -> Person:
    """A log-in for paper trading."""
    return factories.customer("ada-paper", realm=Realm.PAPER)


@pytest.fixture
def adviser(db: None) -> Person:
    """One log-in with 42 accounts of other people."""
    grace = factories.customer("grace")
    for number in range(42):
        factories.account(grace, f"A{number:07}", role=MandateRole.ADVISER)
    return grace


@pytest.fixture
def agent(db: None) -> Person:
    """An employee who verifies callers."""
    return factories.staff("dana", Role.AGENT)


@pytest.fixture
def reviewer(db: None) -> Person:
    """An employee who decides cases."""
    return factories.staff("lee", Role.SENIOR)


@pytest.fixture
def auditor(db: None) -> Person:
    """An employee who reads everything and changes nothing."""
    return factories.staff("aud", Role.AUDITOR)


@pytest.fixture
def operator(db: None) -> Person:
    """An employee who runs the portal."""
    return factories.staff("root", Role.OPERATOR)
