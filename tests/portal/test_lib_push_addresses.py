"""Where push messages may go, whatever address a phone names."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from portal.lib import outgoing, push
from portal.lib.outgoing import is_host
from tests.push_service import MESSAGE, PhoneKeys

LISTED = "https://fcm.googleapis.com/fcm/send/abc:APA91b_x-y"
REAL = [
    LISTED,
    "https://updates.push.services.mozilla.com/wpush/v2/gAAAA",
    "https://db5p.notify.windows.com/w/?token=BQYAAA%2fx%3d",
    "https://web.push.apple.com/QGuQyavXutnMH",
    "https://api.eu.push.apple.com/Q",
    "https://fcm.googleapis.com:443/x",
]
REFUSED = [
    "",
    "http://fcm.googleapis.com/x",
    "HTTPS://fcm.googleapis.com/x",
    "https://fcm.googleapis.com",
    "//fcm.googleapis.com/x",
    "https:fcm.googleapis.com/x",
    "https://fcm.googleapis.com:8443/x",
    "https://fcm.googleapis.com:0443/x",
    "https://fcm.googleapis.com:99999/x",
    "https://fcm.googleapis.com:/x",
    "https://user@fcm.googleapis.com/x",
    "https://user:pw@fcm.googleapis.com/x",
    "https://fcm.googleapis.com@evil.test/x",
    "https://fcm.googleapis.com\\@evil.test/x",
    "https://fcm.googleapis.com/x#y",
    "https://fcm.googleapis.com/x y",
    "https://fcm.googleapis.com/x\r\nHost: evil.test",
    "https://fcm.googleapis.com/x\n",
    " https://fcm.googleapis.com/x",
    "https://fcm.googleapis.com/ü",
    "https://fcm.googleapis.com./x",
    "https://xfcm.googleapis.com/x",
    "https://fcm.googleapis.com.evil.test/x",
    "https://notify.windows.com/x",
    "https://.notify.windows.com/x",
    "https://evilnotify.windows.com/x",
    "https://evil.test/x",
    "https://127.0.0.1/x",
    "https://127.0.0.1:443/x",
    "https://2130706433/x",
    "https://0x7f.1/x",
    "https://[::1]/x",
    "https://[::ffff:127.0.0.1]/x",
    "https://169.254.169.254/latest/meta-data/",
    "https://localhost/x",
    "https://" + "a" * 64_000 + ".push.apple.com/x",
    "https://fcm.googleapis.com/" + "a" * 64_000,
    "file:///etc/passwd",
]


@pytest.mark.asvs("1.3.6")
@pytest.mark.parametrize("url", REAL)
def test_an_address_of_a_listed_push_service_passes(url):
    endpoint = push.check_endpoint(url)

    assert endpoint.port == 443
    assert url.replace(":443/", "/") == endpoint.origin + endpoint.target


@pytest.mark.asvs("1.3.6")
@pytest.mark.asvs("13.2.4")
@pytest.mark.parametrize("url", REFUSED, ids=lambda url: url[:60])
def test_any_other_address_is_refused(url):
    with pytest.raises(outgoing.AddressRefused):
        push.check_endpoint(url)


@pytest.mark.asvs("4.2.5")
def test_the_longest_address_has_2048_characters():
    start = "https://fcm.googleapis.com/"

    assert push.check_endpoint(start + "a" * (2048 - len(start)))
    with pytest.raises(outgoing.AddressRefused):
        push.check_endpoint(start + "a" * (2049 - len(start)))


def test_a_port_is_open_where_the_setting_names_it(settings):
    settings.PORTAL_PUSH_HOSTS = ["push.example:8443"]

    assert push.check_endpoint("https://push.example:8443/x").origin == "https://push.example:8443"
    for url in ("https://push.example/x", "https://push.example:443/x", "https://push.example:844/x"):
        with pytest.raises(outgoing.AddressRefused):
            push.check_endpoint(url)


@pytest.mark.parametrize("listed", ["push.example", "*.push.example", "push.example:8443", "a-b.c1.example"])
def test_a_list_holds_names(listed):
    assert is_host(listed)


@pytest.mark.parametrize(
    "listed", ["*", "*.", "example", "10.0.0.1", "a.*.example", "push.example:", "a.b:70000", "A.b"]
)
def test_a_list_holds_nothing_that_would_open_too_much(listed):
    assert not is_host(listed)


PRIVATE = [
    *("0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.1.1", "169.254.169.254", "172.16.0.1", "192.0.0.1"),
    *("192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1"),
    *("255.255.255.255", "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254"),
    *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::"),
    *("2002:a00:1::1", "fc00::1", "fd12::1", "fe80::1", "fe80::1%lo", "fec0::1", "ff02::1", "5f00::1", "8000::1"),
]
PUBLIC = ["8.8.8.8", "142.250.1.95", "2a00:1450:4001::5f", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]


@pytest.mark.asvs("1.3.6")
@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_public_is_never_connected_to(address):
    assert not outgoing.is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_open_internet_is(address):
    assert outgoing.is_public(address)


@pytest.mark.asvs("1.3.6")
@pytest.mark.parametrize("answers", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["2a00:1450:4001::5f", "::1"]])
def test_a_name_that_leads_into_a_private_network_is_refused_when_a_phone_subscribes(monkeypatch, answers):
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in answers]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_names: rows)

    with pytest.raises(outgoing.AddressRefused):
        push.WebPush().check(push.Subscription(**PhoneKeys().subscription()))


def test_a_name_that_cannot_be_looked_up_now_is_taken_and_looked_up_when_something_is_sent(monkeypatch):
    def away(*_args, **_names):
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", away)
    subscription = push.Subscription(**PhoneKeys().subscription())

    push.WebPush().check(subscription)
    with pytest.raises(socket.gaierror):
        push.WebPush().send(MESSAGE, subscription)


class Slow(outgoing.Network):
    """A network whose name server answers when it is told to."""

    def __init__(self) -> None:
        self.may_answer, self.asked = threading.Event(), []

    def resolve(self, host: str, port: int) -> list[str]:
        self.asked.append(threading.current_thread())
        self.may_answer.wait(60)
        return ["10.0.0.1"]


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    network = Slow()
    monkeypatch.setattr(push.WebPush, "network", network)
    yield network
    network.may_answer.set()
    for thread in network.asked:
        thread.join()


@pytest.mark.asvs("15.4.4")
def test_a_name_server_that_does_not_answer_holds_a_phone_up_for_a_second(slow: Slow):
    began = time.monotonic()

    push.WebPush().check(push.Subscription(**PhoneKeys().subscription()))

    assert time.monotonic() - began > 0.9
    assert [asked.is_alive() for asked in slow.asked] == [True]


def test_a_name_server_that_does_not_answer_holds_the_worker_up_no_longer_than_connecting_may_take(slow: Slow):
    with pytest.raises(TimeoutError):
        slow.post(push.check_endpoint(LISTED), b"", {}, seconds=0.2)

    assert [asked.is_alive() for asked in slow.asked] == [True]


def test_look_ups_that_nobody_waits_for_any_more_are_few(slow: Slow):
    for _ in range(8):
        with pytest.raises(TimeoutError):
            slow.addresses(push.check_endpoint(LISTED), seconds=0.01)

    with pytest.raises(OSError, match="too many"):
        slow.addresses(push.check_endpoint(LISTED), seconds=0.01)
    while len(slow.asked) < 8:
        time.sleep(0.01)

    slow.may_answer.set()
    for thread in slow.asked:
        thread.join()
    with pytest.raises(outgoing.AddressRefused):
        slow.addresses(push.check_endpoint(LISTED), seconds=60)


WRONG_KEYS = [
    {"p256dh": ""},
    {"p256dh": "A" * 87},
    {"p256dh": "B" + "A" * 86},
    {"p256dh": "BP" + "_" * 85},
    {"p256dh": "é" * 87},
    {"auth": ""},
    {"auth": "A" * 21},
    {"auth": "A" * 23},
    {"auth": "A" * 20 + "=="},
    {"auth": "A" * 21 + "+"},
]


@pytest.mark.parametrize("wrong", WRONG_KEYS)
def test_a_subscription_whose_keys_seal_nothing_is_refused(wrong):
    with pytest.raises(outgoing.AddressRefused):
        push.Subscription(**(PhoneKeys().subscription() | wrong)).check()
