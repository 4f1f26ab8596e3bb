"""Eight customers in eight states of a sign-in, made by the product's own actions, for unit and browser tests."""

from collections.abc import Callable

from django.test import Client

from accounts.actions import suspension
from accounts.actions.sign_in import pause_origins
from accounts.enums import KeyKind, Realm
from accounts.models import Key
from portal.lib import client, clock
from portal.throttle.reserve import reserve
from recovery.actions import claims
from recovery.enums import Purpose
from tests import buckets, factories
from tests.factories import Person

ORIGIN = client.Origin("203.0.113.7", "Chrome on Windows", "ABCD2345")


def paused(username: str) -> Person:
    """Five wrong passwords from an unknown browser."""
    return pause(factories.customer(username))


def pause(person: Person) -> Person:
    """The same against a customer there is."""
    bucket = buckets.password(person.user.username)
    for _ in range(5):
        now = clock.now()
        pause_origins.kept(reserve(bucket, now=now), bucket, origin=ORIGIN, now=now)
    return person


def suspended(username: str) -> Person:
    """Stopped by the firm."""
    person = factories.customer(username)
    suspension.suspend(person.user, reason="Phone stolen", by=None, origin=None, now=clock.now())
    return person


def without_key(username: str) -> Person:
    """A password, and nothing to go with it."""
    return factories.customer(username, has_key=False)


def wrong_clock(username: str) -> Person:
    """A phone that is seven minutes slow, and a code that it showed."""
    person = factories.customer(username)
    factories.sign_in(Client(), person, code=person.code(steps=-14))
    return person


def old_app(username: str) -> Person:
    """A Key in an app that is too old to approve."""
    person = factories.customer(username)
    Key.objects.filter(user=person.user, kind=KeyKind.APP).delete()
    factories.phone(person, name=f"{username.title()}'s Pixel", version="0.1")
    return person


def in_recovery(username: str) -> Person:
    """Somebody has asked for a recovery of this username."""
    return in_recovery_of(factories.customer(username))


def in_recovery_of(person: Person) -> Person:
    """The same of a customer there is."""
    claims.open_claim(
        username=person.user.username,
        lost=[Purpose.KEY],
        contact="",
        browser="b" * 32,
        by=None,
        origin=ORIGIN,
        now=clock.now(),
    )
    return person


def on_paper(username: str) -> Person:
    """A paper username, used for live trading."""
    person = factories.customer(username, realm=Realm.PAPER)
    factories.type_password(Client(), username, person.password, realm="live")
    return person


def well(username: str) -> Person:
    """Nothing is wrong."""
    return factories.customer(username)


STATES: dict[str, Callable[[str], Person]] = {
    "paused": paused,
    "suspended": suspended,
    "without-key": without_key,
    "wrong-clock": wrong_clock,
    "old-app": old_app,
    "in-recovery": in_recovery,
    "on-paper": on_paper,
    "well": well,
}
