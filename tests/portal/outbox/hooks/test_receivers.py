"""Where events may go: to listed hosts; a private one in its own network, any other at public addresses."""

import os
import ssl
import subprocess
import sys
from pathlib import Path

import pytest

from portal.lib import outgoing
from portal.outbox.hooks import receivers
from tests import certificate

PUBLIC, BASE_DIR = "8.8.8.8", Path(__file__).resolve().parents[4]


@pytest.fixture(autouse=True)
def hosts(settings: object) -> None:
    settings.PORTAL_HOOK_HOSTS = ["books.example", "crm.example"]
    settings.PORTAL_HOOK_PRIVATE_HOSTS = ["books.example=10.20.0.0/16", "books.example=fd12::/48"]


@pytest.mark.asvs("1.3.6")
@pytest.mark.parametrize("address", ["10.20.0.1", "10.20.255.255", "fd12::1"])
def test_a_private_host_is_reached_in_its_own_network(address: str) -> None:
    assert receivers.HookNetwork().may_reach("books.example", address)


@pytest.mark.asvs("1.3.6")
@pytest.mark.parametrize("address", [PUBLIC, "10.21.0.1", "127.0.0.1", "169.254.169.254", "::1", "::ffff:10.20.0.1"])
def test_and_nowhere_else(address: str) -> None:
    assert not receivers.HookNetwork().may_reach("books.example", address)


@pytest.mark.asvs("1.3.6")
@pytest.mark.parametrize("address", ["10.20.0.1", "fd12::1", "127.0.0.1", "169.254.169.254"])
def test_a_host_that_is_not_listed_as_private_is_reached_at_public_addresses_only(address: str) -> None:
    assert receivers.HookNetwork().may_reach("crm.example", PUBLIC)
    assert not receivers.HookNetwork().may_reach("crm.example", address)


def test_a_receiver_at_a_host_that_is_not_listed_is_refused() -> None:
    with pytest.raises(outgoing.AddressRefused):
        receivers.Receiver("x", "https://elsewhere.example/in").endpoint()


def test_an_address_may_have_a_query_of_its_own(settings: object) -> None:
    settings.PORTAL_HOOK_URLS = ["books=https://books.example/in?a=b&c=d"]

    [receiver] = receivers.every()
    assert (receiver.name, receiver.endpoint().target) == ("books", "/in?a=b&c=d")
    assert receivers.by_name("crm") is None


def test_the_firms_own_authority_is_trusted_besides_those_of_this_machine(settings: object, tmp_path: Path) -> None:
    before = len(receivers.HookNetwork().context().get_ca_certs())
    settings.PORTAL_HOOK_CA_FILE = certificate.write(tmp_path, "books.example")[0]

    context = receivers.HookNetwork().context()

    assert len(context.get_ca_certs()) == before + 1
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_slow_name_servers_of_receivers_use_up_no_look_ups_of_push() -> None:
    assert receivers.HookNetwork.look_ups is not outgoing.Network.look_ups


@pytest.mark.parametrize(
    "urls", ["https://books.example/in", "Books=https://a.example/b", "a=https://x.example/1,a=https://x.example/2"]
)
def test_addresses_without_names_of_their_own_stop_the_start_and_are_not_shown(urls: str) -> None:
    environment = os.environ | {"PORTAL_DEBUG": "1", "PORTAL_HOOK_URLS": f"{urls}?key=s3cret"}
    command = [sys.executable, "-c", "import portal.settings"]

    ended = subprocess.run(command, env=environment, cwd=BASE_DIR, capture_output=True, text=True, check=False)

    assert (ended.returncode, "PORTAL_HOOK_URLS must have" in ended.stderr, "s3cret" in ended.stderr) == (
        1,
        True,
        False,
    )
