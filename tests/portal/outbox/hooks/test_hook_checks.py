"""Mistakes in the settings of hooks are named in plain words, and so are events that nobody accepts."""

from pathlib import Path

import pytest

from portal.outbox.hooks import hook_checks as checks
from portal.outbox.hooks import sending, signatures
from portal.outbox.models import HookDelivery, HookState
from tests import certificate
from tests.conftest import Clock
from tests.factories import Person
from tests.hook_receiver import SECRET, FirmSystem, tell

SETTINGS = (
    checks.receivers_can_be_reached,
    checks.hosts_are_names,
    checks.private_hosts_are_listed,
    checks.events_can_be_signed,
    checks.authority_can_be_read,
    checks.tokens_are_long,
)


def found(settings: object, **values: object) -> list[str]:
    """The ids of what is wrong with hooks that are right but for these settings."""
    right = {
        "PORTAL_HOOK_URLS": ["books=https://books.example/in", "crm=https://crm.example:8443/in?x=1"],
        "PORTAL_HOOK_HOSTS": ["books.example", "crm.example:8443"],
        "PORTAL_HOOK_SECRETS": SECRET,
    }
    for name, value in (right | values).items():
        setattr(settings, name, value)
    return [message.id for check in SETTINGS for message in check()]


def test_nothing_is_wrong_where_hooks_are_off_or_right(settings: object) -> None:
    assert [message for check in SETTINGS for message in check()] == []
    assert found(settings) == []


@pytest.mark.parametrize(
    "entry",
    [
        "https://books.example/in",
        "=https://books.example/in",
        "Books=https://books.example/in",
        f"{'b' * 33}=https://books.example/in",
        "crm=https://books.example/in",
        "books=http://books.example/in",
        "books=https://books.example",
        "books=https://user:pw@books.example/in",
        "books=https://books.example:8443/in",
        "books=https://elsewhere.example/in",
        "books=https://10.0.0.1/in",
        "books=",
    ],
)
def test_an_address_that_cannot_be_used_is_named(settings: object, entry: str) -> None:
    ids = found(settings, PORTAL_HOOK_URLS=[entry, "crm=https://crm.example:8443/in"])

    assert set(ids) == {"outbox.E004"}


def test_an_entry_without_a_name_is_not_printed_since_it_may_hold_a_secret(settings: object) -> None:
    found(settings, PORTAL_HOOK_URLS=["https://books.example/in?key=s3cret"])

    assert "s3cret" not in "".join(str(message) for message in checks.receivers_can_be_reached())


@pytest.mark.parametrize(
    "listed", ["*", "example", "10.0.0.1", "Books.example", "books.example:70000", "books.example/in"]
)
def test_a_host_that_is_no_name_is_named(settings: object, listed: str) -> None:
    assert found(settings, PORTAL_HOOK_HOSTS=["books.example", "crm.example:8443", listed]) == ["outbox.E005"]


@pytest.mark.parametrize("entry", ["books.example=10.20.0.0/16", "crm.example=fd12::/48", "books.example=127.0.0.1/32"])
def test_a_host_in_a_network_of_the_firm_is_right(settings: object, entry: str) -> None:
    assert found(settings, PORTAL_HOOK_PRIVATE_HOSTS=[entry]) == []


@pytest.mark.asvs("13.2.4")
@pytest.mark.parametrize(
    "entry",
    [
        "books.example",
        "books.example=",
        "books.example=all",
        "books.example=10.20.0.1/16",
        "books.example=0.0.0.0/0",
        "books.example=8.8.8.0/24",
        "books.example=0.0.0.0/8",
        "books.example=::ffff:169.254.0.0/112",
        "books.example=169.254.0.0/16",
        "books.example=fe80::/16",
        "books.example=224.0.0.0/8",
        "books.example=::/0",
        "other.example=10.20.0.0/16",
        "*.example=10.20.0.0/16",
    ],
)
def test_a_private_host_that_opens_nothing_or_too_much_is_named(settings: object, entry: str) -> None:
    assert found(settings, PORTAL_HOOK_PRIVATE_HOSTS=[entry]) == ["outbox.E006"]


@pytest.mark.parametrize(
    "secrets", ["", "whsec_", "whsec_short", "whsec_!!!", SECRET[6:], f"{SECRET},x", "whsec_" + "A" * 200]
)
def test_a_secret_that_is_none_is_named_and_not_printed(settings: object, secrets: str) -> None:
    assert found(settings, PORTAL_HOOK_SECRETS=secrets) == ["outbox.E007"]
    assert not secrets or secrets not in str(checks.events_can_be_signed())


def test_holds_cannot_be_asked_for_without_a_secret_either(settings: object) -> None:
    assert found(settings, PORTAL_HOOK_URLS=[], PORTAL_HOOK_SECRETS="", PORTAL_FIRM_TOKENS="t" * 32) == ["outbox.E007"]


def test_a_new_secret_is_one() -> None:
    assert signatures.is_secret(signatures.new_secret())
    assert signatures.new_secret() != signatures.new_secret()


def test_an_authority_that_cannot_be_read_is_named(settings: object, tmp_path: Path) -> None:
    chain, key = certificate.write(tmp_path, "books.example")
    assert found(settings, PORTAL_HOOK_CA_FILE=chain) == []

    for file in (key, str(tmp_path / "none.pem"), str(tmp_path)):
        assert found(settings, PORTAL_HOOK_CA_FILE=file) == ["outbox.E008"]


def test_a_short_token_is_named(settings: object) -> None:
    assert found(settings, PORTAL_FIRM_TOKENS="t" * 32) == []
    assert found(settings, PORTAL_FIRM_TOKENS=f"{'t' * 32}, short") == ["outbox.E009"]


@pytest.mark.django_db
def test_events_that_wait_for_an_hour_or_were_given_up_are_warned_of(
    ada: Person, books: FirmSystem, clock: Clock
) -> None:
    tell(ada.user, 2)
    assert checks.events_are_accepted() == []

    clock.move(minutes=61)
    [late] = checks.events_are_accepted()
    assert (late.id, "2026-03-02 12:00" in late.msg) == ("outbox.W001", True)

    while sending.deliver_due(receiver="books"):
        pass
    assert checks.events_are_accepted() == []
    HookDelivery.objects.filter(sequence=2).update(state=HookState.DEAD, sent_at=None)
    assert [message.id for message in checks.events_are_accepted()] == ["outbox.W001"]


@pytest.mark.django_db
def test_events_for_a_receiver_that_is_gone_are_warned_of(
    ada: Person, systems: list[FirmSystem], settings: object
) -> None:
    tell(ada.user)
    assert checks.events_have_a_receiver() == []

    settings.PORTAL_HOOK_URLS = [systems[0].url]

    [warning] = checks.events_have_a_receiver()
    assert (warning.id, "crm" in warning.msg) == ("outbox.W002", True)
