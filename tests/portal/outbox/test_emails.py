"""E-mails: rendered from kind and facts, never with a link."""

import pytest
from django.core.mail import EmailMultiAlternatives

from portal.lib.mail import LinkInMail, defused, refuse_links
from portal.outbox import delivery, emails
from portal.outbox.kinds import KINDS, ChannelName, NoticeKind
from tests import factories, notices
from tests.conftest import Clock
from tests.factories import Person

BY_EMAIL = [kind for kind in KINDS.values() if ChannelName.EMAIL in kind.channels]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", BY_EMAIL, ids=lambda kind: kind.name)
@pytest.mark.promise("SIGN-5")
def test_no_message_holds_a_link(ada: Person, clock: Clock, kind: NoticeKind) -> None:
    notice = notices.email(ada.user, kind, now=clock.now)

    message = emails.message_for(notice)

    refuse_links(message)
    html = message.alternatives[0][0]
    assert "<a " not in html
    assert len(html) + len(message.body) < 10_000
    assert notice.reference in message.body
    assert notice.reference in html
    assert "Hello Ada" in message.body


@pytest.mark.promise("SIGN-5")
@pytest.mark.parametrize("text", ["https://x.test", "http:x", "see www.x.test", "<a href='x'>", "<img src=x>"])
def test_the_guard_refuses_links_in_subject_text_and_html(text: str) -> None:
    in_html = EmailMultiAlternatives("s", "b")
    in_html.attach_alternative(f"<p>{text}</p>", "text/html")

    for message in (EmailMultiAlternatives(text, "b"), EmailMultiAlternatives("s", text), in_html):
        with pytest.raises(LinkInMail):
            refuse_links(message)


CHOSEN = ["www.", "www", "http", "Pixel http:", "url (x", "https://x.test", "<img src=x>", "w<ww.", "url ((", "HREF =="]
CHOSEN += ["2026-99-99T99:99:99", "www..", "http:\thttps:", "a href\n=b", "src=", "<\nlink>", "s<rc=", "hthttp:tp:"]


@pytest.mark.django_db
@pytest.mark.promise("SIGN-5")
@pytest.mark.parametrize("chosen", CHOSEN)
def test_nothing_people_name_keeps_a_notice_from_going_out(clock: Clock, outbox: list[object], chosen: str) -> None:
    eve = factories.customer("eve", given_name=chosen)
    for kind in BY_EMAIL:
        notices.email(eve.user, kind, now=clock.now, **dict.fromkeys(kind.facts & {"device", "key", "passkey"}, chosen))

    delivery.deliver_due()

    assert len(outbox) == len(BY_EMAIL)


@pytest.mark.parametrize(
    "plain", ["Ada's phone", "Pixel 8 (blue)", "Chrome 120.0 on Windows", "Curl and source", "Zoë"]
)
def test_ordinary_names_are_left_as_they_are(plain: str) -> None:
    assert defused(plain) == plain


@pytest.mark.django_db
def test_names_cannot_add_headers(clock: Clock, outbox: list[object]) -> None:
    eve = factories.customer("eve", given_name="Eve\r\nBcc: all@example.test")
    notices.email(eve.user, now=clock.now)

    delivery.deliver_due()

    assert outbox[0].recipients() == ["eve@example.test"]
    assert "Bcc" not in outbox[0].message()


@pytest.mark.django_db
def test_a_message_sent_twice_is_one_message_to_a_mailbox(ada: Person, clock: Clock) -> None:
    notice = notices.email(ada.user, now=clock.now)

    first, second = emails.message_for(notice), emails.message_for(notice)

    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    assert notice.reference in first.extra_headers["Message-ID"]


@pytest.mark.django_db
def test_times_are_told_in_the_zone_of_the_reader(ada: Person, clock: Clock) -> None:
    message = emails.message_for(notices.email(ada.user, now=clock.now, at="2026-03-02T12:00:00+00:00"))

    assert "07:00 (New York time)" in message.body


@pytest.mark.django_db
@pytest.mark.promise("SIGN-5")
@pytest.mark.parametrize("host", ["www.example.com", "www.example.com:8443", "https.example.com"])
def test_a_firm_whose_name_begins_like_a_link_can_write(settings: object, ada: Person, clock: Clock, host: str) -> None:
    settings.PORTAL_HOST = host

    for kind in BY_EMAIL:
        refuse_links(emails.message_for(notices.email(ada.user, kind, now=clock.now, dedupe=kind.name)))


@pytest.mark.promise("SIGN-5")
@pytest.mark.parametrize(
    "text", ["https://{}", "//www.evil.test {}", "www.evil.test", "{}/login/", "x@{}", "{}.evil.test", "sub.{}"]
)
def test_our_own_name_hides_no_link(settings: object, text: str) -> None:
    settings.PORTAL_HOST = "www.example.com"
    message = EmailMultiAlternatives(subject="A", body=text.format(settings.PORTAL_HOST))

    with pytest.raises(LinkInMail):
        refuse_links(message)
