"""What the tests of hooks share: two of the firm's systems on real sockets, and the network that leads to them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.lib import outgoing
from portal.outbox.hooks import sending
from tests import hook_receiver
from tests.hook_receiver import FirmSystem


@pytest.fixture
def systems(settings: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[FirmSystem]]:
    """The books and the CRM, both running and in the settings."""
    with hook_receiver.running(settings, tmp_path, "books", "crm") as (running, network):
        monkeypatch.setattr(sending, "network", network)
        yield running


@pytest.fixture
def books(systems: list[FirmSystem], settings: object) -> FirmSystem:
    """The books alone."""
    settings.PORTAL_HOOK_URLS = [systems[0].url]
    return systems[0]


@pytest.fixture
def network(books: FirmSystem) -> outgoing.Network:
    return sending.network
