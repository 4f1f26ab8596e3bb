"""What every test stands on: the settings, the database, the clock, and no network."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ.setdefault("PORTAL_DEBUG", "1")  # development secrets; Django turns DEBUG off for the tests
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright keeps an event loop in the main thread
os.environ.setdefault("PORTAL_HASH_PLACES", "256")  # races run to their end; who tests the queue sets its places

import ipaddress
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import coverage
import django
import pytest
import time_machine
from django.conf import settings

if coverage.Coverage.current():
    settings.TEMPLATES[0]["OPTIONS"]["debug"] = True  # template lines are counted only so
django.setup()

from django.conf import settings as installed

from accounts.hashers import PortalArgon2Hasher

# Cheap hashes, as Django's own documentation advises for tests. Whoever tests the cost asks for `dear_hashes`.
DEAR = {"memory_cost": PortalArgon2Hasher.memory_cost, "time_cost": PortalArgon2Hasher.time_cost}
CHEAP = {"memory_cost": 64, "time_cost": 1}


def set_hash_cost(*, memory_cost: int, time_cost: int) -> None:
    PortalArgon2Hasher.memory_cost = installed.PORTAL_ARGON2_MEMORY_KIB = memory_cost
    PortalArgon2Hasher.time_cost = installed.PORTAL_ARGON2_PASSES = time_cost


set_hash_cost(**CHEAP)

pytest_plugins = ["tests.database", "tests.cast", "tests.phones", "tests.accounts.hash_work", "tests.browser.fixtures"]

NOON = datetime(2026, 3, 2, 12, 0, 0, tzinfo=UTC)
VECTORS = Path(__file__).parent / "vectors"
DEMANDED = bool(os.environ.get("PORTAL_TEST_ALL"))


def missing(what: str) -> None:
    """Skip the test with a plain word, or fail it where everything is demanded (``make test-all``)."""
    if DEMANDED:
        pytest.fail(f"{what} is missing, and PORTAL_TEST_ALL demands it.")
    pytest.skip(f"{what} is missing.")


class Clock:
    """The time as the portal sees it; it stands still until it is moved."""

    def __init__(self, traveller: time_machine.Traveller) -> None:
        self._traveller = traveller

    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    def move(self, **span: float) -> datetime:
        """Go on by that much (``minutes=15``, ``seconds=-1``) and return the new time."""
        return self.set(self.now + timedelta(**span))

    def set(self, moment: datetime) -> datetime:
        self._traveller.move_to(moment, tick=False)
        return moment


@pytest.fixture
def clock() -> Iterator[Clock]:
    """A clock that stands at noon UTC on 2 March 2026 until the test moves it."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield Clock(traveller)


def _stays_here(host: object) -> bool:
    if host in {None, "", "localhost", b"localhost"}:
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Refuse every connection and name look-up that would leave this machine."""
    patch = pytest.MonkeyPatch()
    connect, resolve = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: object) -> None:
        if self.family != socket.AF_UNIX and not _stays_here(address[0]):
            raise AssertionError(f"A test tried to reach {address!r}.")
        connect(self, address)

    def guarded_resolve(host: object, *args: object, **kwargs: object) -> list:
        if not _stays_here(host):
            raise AssertionError(f"A test tried to look up {host!r}.")
        return resolve(host, *args, **kwargs)

    patch.setattr(socket.socket, "connect", guarded_connect)
    patch.setattr(socket, "getaddrinfo", guarded_resolve)
    yield
    patch.undo()


@pytest.fixture
def dear_hashes() -> Iterator[None]:
    """Hash with the cost of a real installation."""
    from tests import factories

    for cost in (DEAR, CHEAP):
        set_hash_cost(**cost)
        factories.hash_of.cache_clear()
        if cost is DEAR:
            yield


@pytest.fixture(autouse=True)
def private_folders(settings: object, tmp_path: Path) -> None:
    """Give each test its own folders of e-mails and notifications."""
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    settings.PORTAL_PUSH_DIR = str(tmp_path / "push")
