"""One customer with something in every table that holds anything about people, and looking for what is left of them."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from django.apps import apps

from accounts import notice_kinds
from accounts.actions import suspension
from accounts.actions.people import closing
from accounts.enums import ActivityKind, ContactKind, LetterReason, ReportKind, ReportOutcome
from accounts.models import (
    AccountActivity,
    AccountValue,
    AdmissionCode,
    AdmittedBrowser,
    BackupCode,
    Customer,
    EmailChange,
    EmailedCode,
    Enrolment,
    EnrolmentItem,
    FirstSignIn,
    FormerPassword,
    KnownBrowser,
    NetworkRequest,
    NetworkRule,
    Passkey,
    PauseOrigin,
    Phone,
    PlatformSession,
    PushChallenge,
    ReplacedContact,
    Report,
    SignInAddress,
    SignInRefusal,
    TravelPass,
    User,
    WelcomeLetter,
)
from portal.lib import clock
from portal.lib.client import Origin
from portal.lib.encrypted_fields import EncryptedTextField
from portal.outbox import queue
from portal.throttle import limits
from portal.throttle.reserve import reserve
from recovery.models import PasswordReset
from tests import factories
from tests.factories import Person
from tests.journeys import walk as stored

DEVICE, ADDRESS = "Medlar browser on Quince", "203.0.113.177"
ORIGIN = Origin(ADDRESS, DEVICE)
MARKS = (
    "Tamarind", "Mirabelle", "Quincey", "1985-12-10", "St James Square", "SW1Y 4JH", "+442079460777",
    "Analytical Engines", "Thames Bank", "sloe@example.test", "bullace@example.test", "greengage", "U-DAMSON",
    "Damson phone", "Damson passkey", "Damson paid in", "203.0.113.177", "198.51.100.7", "198.51.100.0", "Medlar",
    "call 4711", "Called about her damsons", "Checked her damsons myself", "Greengage's phone", "New phone",
)  # fmt: skip


def everything_about(person: Person, *, staff: Person) -> None:
    """Put something into each table about people that the walk of a case does not fill; close the person on the way."""
    user, now = person.user, clock.now()
    account = user.mandates.get().account
    account.number = "U-DAMSON"
    account.save()
    paid_in = {"kind": ActivityKind.DEPOSIT, "amount": Decimal("71.09"), "reference": "Damson paid in"}
    AccountActivity.objects.create(account=account, at=now, own=True, **paid_in)
    AccountValue.objects.create(account=account, day=now.date(), net_value=Decimal("71.09"))
    suspension.suspend(user, reason="Called about her damsons", by=staff.user, origin=ORIGIN, now=now)
    closing.close_person(Customer.objects.get(pk=user.customer_id), now=now)
    queue.email(user, notice_kinds.PHONE_CHANGED, now=now, at=now.isoformat(), device=DEVICE)
    _sign_ins(user)
    _keys(user, factories.phone(person, name="Damson phone"))
    _contacts_and_networks(user, staff=staff.user)
    _limits(user)


def _sign_ins(user: User) -> None:
    now, later = clock.now(), clock.now() + timedelta(hours=1)
    PlatformSession.objects.create(
        user=user, digest="p" * 64, platform="web", device=DEVICE, address=ADDRESS, session_version=0, data={},
        created_at=now, active_at=now, proved_at=now, ends_at=later,
    )  # fmt: skip
    KnownBrowser.objects.create(user=user, digest="b" * 64, device=DEVICE, created_at=now, last_used_at=now)
    SignInAddress.objects.create(user=user, address=ADDRESS, at=now)
    SignInRefusal.objects.create(user=user, cause="K1", device=DEVICE, address=ADDRESS, at=now)
    EmailedCode.objects.create(user=user, purpose="email", code_digest="c" * 64, sent_at=now, expires_at=later)
    letter = WelcomeLetter.objects.create(user=user, why=LetterReason.IMPORT, wanted_at=now)
    FirstSignIn.objects.create(letter=letter, binding="g" * 64, created_at=now, expires_at=later)
    PasswordReset.objects.create(
        username_hash=user.username_hash, username="greengage", user=user, browser_scope="", binding="h" * 64,
        device=DEVICE, address=ADDRESS, created_at=now, expires_at=later,
    )  # fmt: skip


def _keys(user: User, phone: Phone) -> None:
    now, later = clock.now(), clock.now() + timedelta(hours=1)
    PushChallenge.objects.create(
        reference="damson-1", user=user, purpose="sign_in", device=DEVICE, address=ADDRESS, is_new_browser=False,
        session_version=0, created_at=now, expires_at=later, key=phone.keys.get(),
    )  # fmt: skip
    enrolment = Enrolment.objects.create(
        user=user, purpose="add", state="open", binding="e" * 64, phone=phone, created_at=now, expires_at=later
    )
    EnrolmentItem.objects.create(enrolment=enrolment, user=user, secret="JBSWY3DPEHPK3PXP")
    Passkey.objects.create(
        user=user, name="Damson passkey", confirmed=True, credential_id="damson", public_key="k", sign_count=0,
        transports="usb", is_synced=False, created_at=now,
    )  # fmt: skip
    BackupCode.objects.create(user=user, name="", confirmed=True, digest="d" * 64, parameters="m=64", created_at=now)
    FormerPassword.objects.create(user=user, digest="f" * 64, parameters="m=64", set_at=now)


def _contacts_and_networks(user: User, *, staff: User) -> None:
    now, later = clock.now(), clock.now() + timedelta(hours=1)
    EmailChange.objects.create(
        user=user, old_address="sloe@example.test", new_address="bullace@example.test", session_version=0,
        started_at=now, expires_at=later,
    )  # fmt: skip
    ReplacedContact.objects.create(
        customer=user.customer, kind=ContactKind.PHONE, value="+442079460777", replaced_at=now, told_until=later
    )
    NetworkRule.objects.create(
        user=user, network="198.51.100.0/24", digest="n" * 64, version=4, prefix_length=24, created_at=now
    )
    NetworkRequest.objects.create(
        reference="N-DAMSON", user=user, wanted=["198.51.100.0/24"], seen="s" * 64, allows_pass=True, asked_by=user,
        asked_at=now, decided_at=now, outcome="withdrawn",
    )  # fmt: skip
    TravelPass.objects.create(user=user, browser="b" * 64, address_digest="a" * 64, opened_at=now, expires_at=later)
    Report.objects.create(
        reference="R-DAMSON", user=user, kind=ReportKind.NOT_ME, device=DEVICE, created_at=now, closed_at=now,
        closed_by=staff, outcome=ReportOutcome.MISTAKE,
    )  # fmt: skip


def _limits(user: User) -> None:
    now, later = clock.now(), clock.now() + timedelta(hours=1)
    bucket = limits.PASSWORD.of(user.username_hash)
    reserve(bucket, now=now)
    PauseOrigin.objects.create(bucket=bucket.key, device=DEVICE, address=ADDRESS, at=now)
    AdmittedBrowser.objects.create(
        username_hash=user.username_hash, ticket="t" * 64, number_digest="u" * 64, device=DEVICE, address=ADDRESS,
        created_at=now, expires_at=later,
    )  # fmt: skip
    AdmissionCode.objects.create(username_hash=user.username_hash, code_digest="v" * 64, sent_at=now, expires_at=later)


def texts() -> Iterator[tuple[str, str]]:
    """Yield each row of each table with what stands in it, decrypted."""
    for table, rows in stored.every_row().items():
        for row in rows:
            yield (
                table,
                " ".join(bytes(cell).decode("latin-1") if isinstance(cell, bytes) else str(cell) for cell in row),
            )
    for model in apps.get_models():
        hidden = [field.attname for field in model._meta.fields if isinstance(field, EncryptedTextField)]
        for row in model._default_manager.all() if hidden else ():
            yield model._meta.label, " ".join(str(getattr(row, name)) for name in hidden)


def left(*marks: str) -> set[tuple[str, str]]:
    """Return which of these are still anywhere, each with its table."""
    return {(mark, place) for place, text in texts() for mark in marks if mark in text}
