"""Notifications on phones: who is told what, through the one outbox."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as installed
from django.db import connections, transaction
from django.template.loader import render_to_string

from accounts import notice_kinds
from accounts.actions import channels, push
from accounts.enums import EndReason, KeyKind
from accounts.models import Key, Phone, PushChallenge, User
from accounts.refusals import NoSubscription, PhoneEnded, PushAddressRefused, TooOften
from portal.lib import push as web_push
from portal.outbox import delivery
from portal.outbox.models import Notice
from tests import factories, notices, push_service
from tests.conftest import Clock
from tests.factories import Person
from tests.phone import new_key, public_half
from tests.push_service import HOST, PhoneKeys, PushService, here

pytestmark = pytest.mark.django_db


def phone_of(*users: User, name: str = "Pixel", **columns: object) -> Phone:
    """Make a phone that takes messages, with a live Key of each of these."""
    now = factories.clock.now()
    columns = {"subscription": PhoneKeys().subscription()} | columns
    phone = Phone.objects.create(
        name=name, public_key=public_half(new_key()), version="1.0", created_at=now, last_seen_at=now, **columns
    )
    for user in users:
        Key.objects.create(
            user=user, phone=phone, name=name, kind=KeyKind.PHONE, secret=factories.seed_of(name), confirmed=True
        )
    return phone


def asked(user: User, *, now: object) -> PushChallenge:
    return PushChallenge.objects.create(
        user=user,
        number_digest="0" * 64,
        device="Chrome on Windows",
        address="203.0.113.7",
        is_new_browser=True,
        session_version=0,
        created_at=now,
        expires_at=now + timedelta(seconds=120),
    )


def written(settings: object) -> list[dict]:
    return [json.loads(path.read_text()) for path in sorted(Path(settings.PORTAL_PUSH_DIR).glob("*.json"))]


def test_a_subscription_is_kept_encrypted_and_given_up(clock: Clock):
    phone, keys = phone_of(subscription={}), PhoneKeys()

    push.subscribe(phone=phone, subscription=keys.subscription(), now=clock.now)
    assert Phone.objects.get().subscription == keys.subscription()

    push.subscribe(phone=phone, subscription={}, now=clock.now)
    assert Phone.objects.get().subscription == {}


@pytest.mark.asvs("1.3.6")
@pytest.mark.parametrize(
    "wrong", [{"endpoint": "https://127.0.0.1/x"}, {"endpoint": "http://fcm.googleapis.com/x"}, {"p256dh": "A" * 87}]
)
def test_a_subscription_to_anywhere_else_is_refused_and_not_kept(clock: Clock, wrong):
    phone = phone_of(subscription={})

    with pytest.raises(PushAddressRefused):
        push.subscribe(phone=phone, subscription=PhoneKeys().subscription() | wrong, now=clock.now)

    assert Phone.objects.get().subscription == {}


def test_a_phone_that_was_turned_off_subscribes_to_nothing(clock: Clock):
    phone = phone_of(subscription={}, ended_at=clock.now, end_reason=EndReason.LOST)

    with pytest.raises(PhoneEnded) as refused:
        push.subscribe(phone=phone, subscription=PhoneKeys().subscription(), now=clock.now)

    assert refused.value.reason == "lost"
    assert Phone.objects.get().subscription == {}


@pytest.mark.promise("KEY-2")
@pytest.mark.promise("KEY-9")
def test_a_request_is_announced_on_every_phone_of_its_owner_and_on_no_other(
    ada: Person, mallory: Person, clock: Clock, settings
):
    mine = [phone_of(ada.user, name="One"), phone_of(ada.user, mallory.user, name="Two")]
    phone_of(mallory.user, name="Hers")
    phone_of(ada.user, name="Silent", subscription={})
    phone_of(ada.user, name="Old", ended_at=clock.now, end_reason=EndReason.LOST)
    Key.objects.filter(phone=phone_of(ada.user, name="Off")).update(confirmed=False, ended_at=clock.now)

    assert push.announce(asked(ada.user, now=clock.now), now=clock.now) == 2
    delivery.deliver_due()

    assert [item["endpoint"] for item in written(settings)] == [phone.subscription["endpoint"] for phone in mine]


def test_a_request_announced_twice_is_told_once(ada: Person, clock: Clock):
    phone_of(ada.user)
    request = asked(ada.user, now=clock.now)

    with transaction.atomic():
        push.announce(request, now=clock.now)
        push.announce(request, now=clock.now)

    assert Notice.objects.count() == 1


@pytest.mark.parametrize("phones", [1, 3])
def test_however_many_phones_there_are_they_are_told_in_two_statements(
    ada: Person, clock: Clock, django_assert_num_queries, phones
):
    for number in range(phones):
        phone_of(ada.user, name=f"Phone {number}")
    request = asked(ada.user, now=clock.now)

    with transaction.atomic(), django_assert_num_queries(2):
        push.announce(request, now=clock.now)


def test_what_a_locked_phone_shows_names_neither_person_nor_account(ada: Person, clock: Clock, settings):
    phone_of(ada.user)
    push.announce(asked(ada.user, now=clock.now), now=clock.now)
    delivery.deliver_due()
    push.tell_phones(ada.user, notice_kinds.KEY_ADDED, now=clock.move(seconds=1))

    delivery.deliver_due()

    first, second = (item["payload"] for item in written(settings))
    assert first == {
        "kind": "request",
        "title": "Northgate Securities",
        "text": render_to_string("push/request.txt", {"key_name": installed.PORTAL_KEY_NAME}).strip(),
        "until": 1772452920,
    }
    assert (second["kind"], second["until"]) == ("key_added", 0)
    shown = json.dumps([first, second])
    for personal in ("ada", "Ada", "Byron", "U0", "203.0.113.7", "Chrome"):
        assert personal not in shown


def test_a_message_lives_as_long_as_what_it_is_about(ada: Person, clock: Clock, settings):
    phone_of(ada.user)
    push.announce(asked(ada.user, now=clock.now), now=clock.now)
    clock.move(seconds=50)

    delivery.deliver_due()

    [item] = written(settings)
    assert item["ttl"] == 70
    assert len(item["topic"]) == 32


def test_news_waits_three_days_for_a_phone_that_is_off(ada: Person, clock: Clock, settings):
    phone_of(ada.user)
    push.tell_phones(ada.user, notice_kinds.KEY_ADDED, now=clock.now)

    delivery.deliver_due()

    assert [item["ttl"] for item in written(settings)] == [3 * 24 * 3600]


def test_a_message_goes_where_the_phone_takes_messages_when_it_is_sent(ada: Person, clock: Clock, settings):
    phone, fresh = phone_of(ada.user), PhoneKeys().subscription("https://fcm.googleapis.com/fcm/send/fresh")
    push.announce(asked(ada.user, now=clock.now), now=clock.now)
    push.subscribe(phone=phone, subscription=fresh, now=clock.now)

    delivery.deliver_due()

    assert [item["endpoint"] for item in written(settings)] == [fresh["endpoint"]]


def test_a_request_that_ran_out_is_not_announced_any_more(ada: Person, clock: Clock, settings):
    phone_of(ada.user)
    push.announce(asked(ada.user, now=clock.now), now=clock.now)
    clock.move(seconds=120)

    delivery.deliver_due()

    assert written(settings) == []
    assert Notice.objects.get().state == "dead"


def test_news_goes_to_all_phones_but_one(ada: Person, clock: Clock):
    told, left_out = phone_of(ada.user, name="One"), phone_of(ada.user, name="Two")

    assert push.tell_phones(ada.user, notice_kinds.KEY_ADDED, now=clock.now, but=left_out) == 1

    assert Notice.objects.get().target == told.reference


def test_where_push_is_off_nothing_is_queued(ada: Person, clock: Clock, settings):
    settings.PORTAL_PUSH_BACKEND = "portal.lib.push.Nowhere"
    phone_of(ada.user)

    assert push.announce(asked(ada.user, now=clock.now), now=clock.now) == 0
    assert Notice.objects.count() == 0


def test_a_phone_turned_off_meanwhile_is_told_nothing(ada: Person, clock: Clock, settings):
    phone = phone_of(ada.user)
    push.announce(asked(ada.user, now=clock.now), now=clock.now)
    phone.ended_at, phone.end_reason = clock.now, EndReason.LOST
    phone.save()

    delivery.deliver_due()

    assert written(settings) == []
    assert Notice.objects.get().state == "dead"


def test_a_test_message_is_sent_three_times_in_ten_minutes(ada: Person, clock: Clock, settings):
    phone = phone_of(ada.user)
    start = clock.now
    for _ in range(3):
        push.send_test(phone=phone, now=clock.now)
        clock.move(minutes=1)

    with pytest.raises(TooOften) as refused:
        push.send_test(phone=phone, now=clock.now)
    assert refused.value.until == start + timedelta(minutes=10)

    push.send_test(phone=phone, now=clock.set(refused.value.until))
    delivery.deliver_due()
    assert {item["payload"]["kind"] for item in written(settings)} == {"test"}


def test_a_test_message_needs_somewhere_to_go(ada: Person, clock: Clock, settings):
    for phone in (phone_of(ada.user, subscription={}), phone_of()):
        with pytest.raises(NoSubscription):
            push.send_test(phone=phone, now=clock.now)

    settings.PORTAL_PUSH_BACKEND = "portal.lib.push.Nowhere"
    with pytest.raises(NoSubscription):
        push.send_test(phone=phone_of(ada.user), now=clock.now)


@pytest.fixture
def service(tmp_path: Path, settings, monkeypatch) -> Iterator[PushService]:
    """The real sender, and a push service on this machine for it."""
    with push_service.running(tmp_path) as (running, authority):
        settings.PORTAL_PUSH_HOSTS = [f"{HOST}:{running.port}"]
        settings.PORTAL_PUSH_BACKEND = "portal.lib.push.WebPush"
        monkeypatch.setattr(web_push.WebPush, "network", here(authority))
        yield running


def test_one_worker_delivers_e_mails_and_notifications_each_once(
    ada: Person, clock: Clock, service: PushService, mailoutbox: list
):
    keys = PhoneKeys()
    phone_of(ada.user, subscription=keys.subscription(service.endpoint))
    push.announce(asked(ada.user, now=clock.now), now=clock.now)
    notices.email(ada.user, now=clock.now)

    assert delivery.deliver_due() == 2
    assert delivery.deliver_due() == 0

    assert len(mailoutbox) == 1
    [taken] = service.taken
    assert keys.read(taken.body)["kind"] == "request"
    assert taken.headers["TTL"] == "120"
    assert set(Notice.objects.values_list("state", flat=True)) == {"sent"}


@pytest.mark.parametrize("status", [404, 410])
def test_a_phone_the_push_service_forgot_is_not_sent_to_again(ada: Person, clock: Clock, service: PushService, status):
    phone_of(ada.user, subscription=PhoneKeys().subscription(service.endpoint))
    push.announce(asked(ada.user, now=clock.now), now=clock.now)
    service.status = status

    delivery.deliver_due()

    assert Phone.objects.get().subscription == {}
    notice = Notice.objects.get()
    assert (notice.state, notice.facts) == ("dead", "")
    assert push.announce(asked(ada.user, now=clock.now), now=clock.now) == 0


def test_a_subscription_brought_meanwhile_is_not_dropped(ada: Person, clock: Clock, service: PushService):
    phone = phone_of(ada.user, subscription=PhoneKeys().subscription(service.endpoint))
    stale = Phone.objects.get(pk=phone.pk)
    fresh = PhoneKeys().subscription(service.endpoint + "/new")
    assert stale.subscription != fresh
    push.subscribe(phone=phone, subscription=fresh, now=clock.now)

    push.forget(stale)

    assert Phone.objects.get().subscription == fresh


@pytest.mark.parametrize("status", [302, 429, 500, 503])
def test_a_push_service_that_is_busy_is_tried_again_until_the_request_runs_out(
    ada: Person, clock: Clock, service: PushService, status
):
    phone_of(ada.user, subscription=PhoneKeys().subscription(service.endpoint))
    push.announce(asked(ada.user, now=clock.now), now=clock.now)
    service.status = status

    for _ in range(20):
        delivery.deliver_due()
        clock.move(seconds=20)

    assert 3 <= len(service.taken) <= 6
    assert Notice.objects.get().state == "dead"
    assert Phone.objects.get().subscription


def test_a_push_service_that_recovers_gets_it_once(ada: Person, clock: Clock, service: PushService):
    phone_of(ada.user, subscription=PhoneKeys().subscription(service.endpoint))
    push.announce(asked(ada.user, now=clock.now), now=clock.now)
    service.status = 503
    delivery.deliver_due()
    service.status = 201

    for _ in range(3):
        delivery.deliver_due()
        clock.move(seconds=20)

    assert len(service.taken) == 2
    assert Notice.objects.get().state == "sent"


def test_a_worker_killed_before_it_could_mark_repeats_a_message_that_takes_the_first_ones_place(
    ada: Person, clock: Clock, service: PushService, settings
):
    phone_of(ada.user, subscription=PhoneKeys().subscription(service.endpoint))
    push.tell_phones(ada.user, notice_kinds.KEY_ADDED, now=clock.now)
    killed = delivery.claim(now=clock.now)
    channels.PhoneChannel().send(killed)
    assert delivery.deliver_due() == 0

    clock.move(seconds=settings.PORTAL_NOTICE_LEASE_SECONDS + 1)
    assert delivery.deliver_due() == 1
    assert delivery.deliver_due() == 0

    assert len(service.taken) == 2
    assert len({taken.headers["Topic"] for taken in service.taken}) == 1
    assert Notice.objects.get().state == "sent"


def test_an_address_that_turned_private_is_given_up_and_holds_up_nobody(
    ada: Person, clock: Clock, service: PushService, monkeypatch, mailoutbox: list
):
    phone_of(ada.user, subscription=PhoneKeys().subscription(service.endpoint))
    push.announce(asked(ada.user, now=clock.now), now=clock.now)
    notices.email(ada.user, now=clock.now)
    monkeypatch.setattr(web_push.WebPush.network, "answers", ("169.254.169.254",))

    delivery.deliver_due()

    assert service.taken == []
    assert len(mailoutbox) == 1
    assert Notice.objects.get(channel="push").state == "dead"


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_three_workers_tell_each_phone_once(service: PushService):
    ada = factories.customer("ada")
    phones = {}
    for number in range(30):
        keys = PhoneKeys()
        phones[f"/send/{number}"] = keys
        address = service.endpoint.replace("/one", f"/{number}")
        phone_of(ada.user, name=f"Phone {number}", subscription=keys.subscription(address))
    push.tell_phones(ada.user, notice_kinds.KEY_ADDED, now=factories.clock.now())

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(taken.path for taken in service.taken) == sorted(phones)
    assert all(phones[taken.path].read(taken.body) for taken in service.taken)


def work() -> None:
    try:
        while delivery.deliver_due(limit=5):
            pass
    finally:
        connections.close_all()
