"""A name with a colon, quotes, umlauts or worse is itself wherever it stands, and breaks nothing there."""

import email.policy
import html
import io
import json
import re
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import parseaddr
from pathlib import Path
from smtplib import quoteaddr
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.core.mail.message import sanitize_address
from django.core.management import call_command
from django.test import Client

from accounts.actions import channels
from accounts.actions.authenticators import passkeys
from accounts.actions.privacy import export
from accounts.enums import Role
from helpcenter import catalogue, rendering
from portal.brand import names
from portal.lib import mail, qr_codes
from portal.outbox import emails
from portal.outbox.kinds import KINDS, ChannelName
from tests import brands, factories, notices
from tests.accounts.welcome_work import newcomer
from tests.conftest import Clock
from tests.factories import Person
from tests.lint_html import problems

pytestmark = [pytest.mark.django_db, pytest.mark.promise("FIRM-6")]
NAMES = [
    brands.NAME,
    "Bank: of: colons",
    'O\'Hara & Söhne "Börse", Zürich; (Depot) <GmbH>',
    "</script><b>&amp;</b>",
    "株式会社 みずほ: 証券",
    "بنك: \u200cالخليج",
    "{{ 7|add:7 }} {% debug %} ${x}",
    'back\\slash "\\n" %s %(name)s',
    "=1+1",
    "M" * 60,
]


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest, settings: object) -> str:
    settings.PORTAL_BRAND_NAME = settings.PORTAL_KEY_NAME = request.param
    settings.PORTAL_LEGAL_NAME = f"{request.param}, HRB 1"
    return request.param


def test_the_name_is_one_that_can_be_used(name: str, settings):
    settings.PORTAL_KEY_NAME = name[:40]

    assert list(names.faults()) == []


def test_an_authenticator_app_reads_issuer_and_username(name: str):
    parts = urlsplit(qr_codes.otpauth("ada", "ABCD"))
    issuer, _, account = unquote(parts.path.lstrip("/")).partition(":")

    assert (parts.scheme, parts.netloc, account) == ("otpauth", "totp", "ada")
    assert parse_qs(parts.query) == {"secret": ["ABCD"], "issuer": [issuer]}
    assert issuer.split() == name.replace(":", " ").split()
    assert parts.path.count(":") == 1
    assert qr_codes.of_key("ada", "A" * 32).startswith("<svg")


@pytest.mark.asvs("1.3.7")
def test_a_page_says_it_in_its_title_and_its_head(name: str):
    page = Client().get("/login/").content.decode()

    assert html.unescape(re.search(r"<title>(.*?)</title>", page, re.DOTALL)[1]).endswith(f" - {name}")
    assert html.unescape(re.search(r'class="brand".*?<span>(.*?)</span>', page, re.DOTALL)[1]) == name
    assert html.unescape(re.search(r"<footer.*<p>(.*?)</p></div>", page, re.DOTALL)[1]) == f"{name}, HRB 1"
    assert problems(page) == []


def test_the_desk_says_it(name: str, clock: Clock):
    page = factories.signed_in(factories.staff("root", Role.OPERATOR)).get("/admin/accounts/user/").content.decode()

    assert html.unescape(re.search(r'id="site-name"><a [^>]*>(.*?)</a>', page)[1]) == name
    assert html.unescape(re.search(r"<title>(.*?)</title>", page, re.DOTALL)[1]).endswith(f"| {name}")


@pytest.mark.parametrize("path", ["/nothing/", "/help/contact/"])
def test_error_pages_and_help_stay_well_formed(name: str, path: str):
    page = Client().get(path).content.decode()

    assert problems(page) == []
    assert html.escape(name) in page


def test_a_help_article_takes_it_as_text(name: str):
    article = catalogue.find("en", "contact", "contact")

    assert html.escape(name) in rendering.html(article)


def test_the_phone_installs_an_app_of_this_name(name: str):
    facts = json.loads(Client().get("/key/manifest.webmanifest").content)
    page = Client().get("/key/").content.decode()

    assert (facts["name"], facts["short_name"]) == (name, name)
    assert html.unescape(re.search(r'data-name="([^"]*)"', page)[1]) == name
    assert problems(page) == []


def test_the_worker_is_script_and_the_name_a_text_in_it(name: str):
    script = Client().get("/key/sw.js").content.decode()
    (line,) = re.findall(r"^const TITLE = (.*);$", script, re.MULTILINE)

    assert json.loads(line) == name
    assert "</script" not in script


def test_a_passkey_is_stored_under_it(name: str, ada: Person):
    options = json.loads(json.dumps(passkeys.registration_options(ada.user, challenge=b"x")))

    assert options["rp"]["name"] == name


def test_an_email_comes_from_it_and_says_it(name: str, ada: Person, clock: Clock):
    raw = emails.message_for(notices.email(ada.user, now=clock.now)).message().as_bytes()

    plain, parsed = message_from_bytes(raw), message_from_bytes(raw, policy=email.policy.default)
    assert str(make_header(decode_header(plain["Subject"]))).startswith(f"{name}: ")
    assert parsed["From"].addresses[0].addr_spec == "no-reply@northgate.test"
    shown = str(make_header(decode_header(parseaddr(plain["From"])[0])))
    assert shown.replace(" ", "") == name.replace(" ", "")
    words = re.findall(r"=\?[^?]+\?[bq]\?[^?]*\?=", plain["From"])
    assert all(len(word) <= 76 for word in words)  # RFC 2047, section 2: a line of 76
    assert f"{name}\n{name}, HRB 1" in parsed.get_body(("plain",)).get_content()
    assert html.escape(name) in parsed.get_body(("html",)).get_content()


def test_every_email_bears_the_brand_s_head_and_foot_in_its_colours(settings, ada: Person, clock: Clock):
    brands.wear(settings)
    for kind in KINDS.values():
        if ChannelName.EMAIL not in kind.channels:
            continue
        message = emails.message_for(notices.email(ada.user, kind, now=clock.now))
        page = message.alternatives[0][0]
        assert f'<p class="brand">{html.escape(brands.NAME)}</p>' in page, kind.name
        for worn in (brands.LIGHT, brands.DARK):
            assert f"background: {worn['brand']}; color: {worn['on-brand']}" in page, kind.name
        assert settings.PORTAL_LEGAL_NAME in message.body, kind.name
        assert html.escape(settings.PORTAL_LEGAL_NAME) in page, kind.name
        assert message.from_email.endswith(" <keine-antwort@harbour.example>")


def test_the_mail_server_is_given_the_address_alone(name: str):
    assert quoteaddr(sanitize_address(mail.sender(), "utf-8")) == "<no-reply@northgate.test>"


def test_a_sender_may_have_a_name_of_its_own(name: str, settings):
    settings.DEFAULT_FROM_EMAIL = '"Kundendienst: \\"Übersee\\"" <service@firm.example>'

    assert mail.sender() == '"Kundendienst: \\"Übersee\\"" <service@firm.example>'


def test_a_notification_is_titled_with_it(name: str, ada: Person, clock: Clock):
    notice = notices.email(ada.user, now=clock.now)

    assert channels.message_for(notice, now=clock.now).payload["title"] == name


def test_what_is_given_out_names_who_gave_it(name: str, ada: Person, clock: Clock):
    person = export.person_of(ada.user)

    assert json.loads("".join(export.as_json(person, now=clock.now)))["by"] == name
    page = export.as_page(person, now=clock.now)
    assert html.escape(name) in page
    assert "{{" not in page.replace(html.escape(name), "")


def test_a_letter_is_sent_by_it(name: str, clock: Clock, tmp_path: Path):
    newcomer()

    call_command("portal_welcome_letters", str(tmp_path / "letters"), stdout=io.StringIO())

    page = (tmp_path / "letters" / "letters.html").read_text(encoding="utf-8")
    assert page.count(html.escape(name)) >= 4
    assert "<b>&amp;</b>" not in page


# --- What is refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("setting", ["PORTAL_BRAND_NAME", "PORTAL_KEY_NAME", "PORTAL_LEGAL_NAME", "PORTAL_MOBILE_NAME"])
@pytest.mark.parametrize(
    "wrong",
    [
        *("Two\nlines", "Two\rlines", "Tab\there", "Nul\0", "Esc\x1b[31m", "Right\u202eto left", "Zero\u200bwidth"),
        *("Para\u2029graph", "\ufeffmark", "Lone\udc80", "W" * 201, " \u00a0"),
        *("www.firm.example", "Firm https://x.example", "Shop at http", "curl", "<a href=x>"),
    ],
)
def test_a_name_that_would_break_something_is_refused(settings, setting: str, wrong: str):
    setattr(settings, setting, wrong)

    assert [found for found, _fault in names.faults()] == [setting]


def test_a_firm_may_do_without_a_legal_line_but_not_without_a_name(settings):
    settings.PORTAL_LEGAL_NAME = settings.PORTAL_BRAND_NAME = ""

    assert [found for found, _fault in names.faults()] == ["PORTAL_BRAND_NAME"]


@pytest.mark.parametrize("plain", ["Hrefford & Sons", "Source: Bank", "Wwwaters", "Curling Bank", "http-free"])
def test_words_that_only_begin_like_a_link_are_fine(settings, plain: str):
    settings.PORTAL_BRAND_NAME = plain

    assert list(names.faults()) == []
