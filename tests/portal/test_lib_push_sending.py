"""Sending a push message: to one pinned address, to nobody else, and never for long."""

import json
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from py_vapid.jwt import decode

from portal.lib import outgoing, push
from tests import certificate, push_service
from tests.conftest import Clock
from tests.push_service import HOST, MESSAGE, PhoneKeys, PushService, here, token_and_key


@pytest.fixture
def service(tmp_path: Path, settings, monkeypatch) -> Iterator[PushService]:
    """A push service on this machine that the portal may send to, and trusts."""
    with push_service.running(tmp_path) as (running, authority):
        settings.PORTAL_PUSH_HOSTS = [f"{HOST}:{running.port}"]
        monkeypatch.setattr(push.WebPush, "network", here(authority))
        yield running


def send(service: PushService, phone: PhoneKeys | None = None) -> None:
    push.WebPush().send(MESSAGE, push.Subscription(**(phone or PhoneKeys()).subscription(service.endpoint)))


def test_a_message_arrives_encrypted_signed_and_with_its_time_to_live(service, settings):
    phone = PhoneKeys()

    send(service, phone)

    [taken] = service.taken
    token, key = token_and_key(taken.headers["Authorization"])
    assert phone.read(taken.body) == MESSAGE.payload
    assert taken.path == "/send/one"
    assert taken.headers["Host"] == f"{HOST}:{service.port}"
    assert decode(token, key)["aud"] == f"https://{HOST}:{service.port}"
    assert key == push.key_for_phones() == push.public_key_of(settings.PORTAL_VAPID_PRIVATE_KEY)
    expected = {"TTL": "60", "Topic": "t", "Urgency": "high", "Content-Encoding": "aes128gcm"}
    assert expected.items() <= taken.headers.items()


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_the_service_does_not_know_is_gone(service, status):
    service.status = status

    with pytest.raises(push.Gone):
        send(service)


@pytest.mark.parametrize("status", [400, 401, 403, 413, 429, 500, 503])
def test_what_the_service_does_not_take_may_be_tried_again(service, status):
    service.status = status

    with pytest.raises(push.NotTaken):
        send(service)


@pytest.mark.asvs("15.3.2")
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(service, status):
    service.status, service.location = status, service.endpoint + "/elsewhere"

    with pytest.raises(push.NotTaken):
        send(service)
    assert len(service.taken) == 1


@pytest.mark.asvs("1.3.6")
def test_a_name_is_looked_up_once_and_the_connection_goes_to_that_very_address(service, monkeypatch):
    reached = []
    connect = socket.create_connection
    monkeypatch.setattr(socket, "create_connection", lambda *args: reached.append(args[0]) or connect(*args))

    send(service)

    assert push.WebPush.network.looked_up == [(HOST, service.port)]
    assert reached == [("127.0.0.1", service.port)]


@pytest.mark.asvs("1.3.6")
def test_a_name_that_answers_differently_later_leads_nowhere_else(service, monkeypatch):
    """A name that was public when the phone subscribed, and is private when something is sent."""
    monkeypatch.setattr(push.WebPush.network, "answers", ("10.0.0.1",))

    with pytest.raises(outgoing.AddressRefused):
        send(service)
    assert service.taken == []


def test_the_next_address_is_tried_when_one_does_not_answer(service, monkeypatch):
    monkeypatch.setattr(push.WebPush.network, "answers", ("127.0.0.77", "127.0.0.1"))

    send(service)

    assert len(service.taken) == 1


def test_a_name_without_addresses_is_no_way(service, monkeypatch):
    monkeypatch.setattr(push.WebPush.network, "answers", ())

    with pytest.raises(OSError, match="no address"):
        send(service)


@pytest.mark.parametrize("stranger", ["other.example.test", HOST])
def test_a_certificate_of_another_name_or_authority_is_refused(tmp_path, settings, monkeypatch, stranger):
    other = tmp_path / "other"
    other.mkdir()
    trusted = certificate.write(other, stranger)[0]
    with push_service.running(tmp_path, host=stranger) as (running, authority):
        settings.PORTAL_PUSH_HOSTS = [f"{HOST}:{running.port}"]
        monkeypatch.setattr(push.WebPush, "network", here(trusted if stranger == HOST else authority))

        with pytest.raises(ssl.SSLCertVerificationError):
            push.WebPush().send(MESSAGE, push.Subscription(**PhoneKeys().subscription(running.endpoint)))

    assert running.taken == []


MISBEHAVES = 60  # seconds, or until the other side hangs up


def silent(handler) -> None:
    handler.connection.settimeout(MISBEHAVES)
    handler.rfile.read(1)


def drop_by_drop(handler) -> None:
    for _ in range(MISBEHAVES * 10):
        handler.wfile.write(b"H")
        time.sleep(0.1)


def without_end(handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        handler.wfile.write(b"x" * 65_536)


def not_http(handler) -> None:
    handler.wfile.write(b"220 mail.example ESMTP\r\n")


def cut(handler) -> None:
    handler.connection.close()


@pytest.mark.parametrize("behaviour", [silent, drop_by_drop, without_end, not_http, cut])
def test_a_service_that_misbehaves_costs_little_and_is_tried_again(service, settings, behaviour):
    settings.PORTAL_PUSH_TIMEOUT_SECONDS = 1
    service.behaviour = behaviour
    start = time.monotonic()

    with pytest.raises(OSError):
        send(service)

    assert time.monotonic() - start < MISBEHAVES / 2


def test_a_long_answer_is_not_read(service):
    def long(handler) -> None:
        handler.wfile.write(b"HTTP/1.1 201 Created\r\nContent-Length: 99999999999\r\n\r\n" + b"x" * 1000)
        time.sleep(0.2)

    service.behaviour = long

    send(service)


def test_the_file_back_end_writes_what_would_be_sent(settings, clock: Clock):
    phone = PhoneKeys()

    push.ToFiles().send(MESSAGE, push.Subscription(**phone.subscription()))

    [file] = Path(settings.PORTAL_PUSH_DIR).iterdir()
    assert file.name.startswith("20260302-120000-")
    assert json.loads(file.read_text()) == {
        "endpoint": phone.subscription()["endpoint"],
        "payload": MESSAGE.payload,
        "ttl": 60,
        "topic": "t",
    }


def test_where_push_is_off_no_phone_is_asked_to_subscribe(settings):
    settings.PORTAL_PUSH_BACKEND = "portal.lib.push.Nowhere"
    assert push.key_for_phones() == ""
    with pytest.raises(push.Gone):
        push.sender().send(MESSAGE, push.Subscription(**PhoneKeys().subscription()))

    settings.PORTAL_PUSH_BACKEND, settings.PORTAL_VAPID_PRIVATE_KEY = "portal.lib.push.WebPush", ""
    assert push.key_for_phones() == ""
