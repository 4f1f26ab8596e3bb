"""What accounts holds about people, table by table, and what is nobody's."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import models as ours
from accounts.actions.privacy.stored_tables import Person, Rows, StoredTable, of_users
from accounts.enums import MandateRole
from accounts.models.users import hash_of_username
from accounts.security_questions import words_of

WITH_PERSON = "`PORTAL_KEEP_CLOSED_DAYS` after the person's last username was closed"
WITH_RECORD = "`PORTAL_KEEP_RECORD_DAYS` after it was over"
ERASED = "erased"  # what names a row whose person was erased, before random digits


def _customer(person: Person) -> QuerySet[ours.Customer]:
    return ours.Customer.objects.filter(pk__in=[person.customer.pk] if person.customer else [])


def _employee(person: Person) -> QuerySet[ours.Employee]:
    return ours.Employee.objects.filter(pk__in=[person.employee.pk] if person.employee else [])


def _applications(rows: Sequence[ours.Customer]) -> list[dict[str, Any]]:
    """Return what the account applications said, without the code that counts in a recovery."""
    return [
        {"application": {name: said for name, said in row.application.items() if name != "welcome_code"}}
        for row in rows
    ]


def _accounts(person: Person) -> QuerySet[ours.TradingAccount]:
    """Return the accounts that are the person's own; those of an adviser's clients are not."""
    own = Q(mandates__user__in=person.user_ids, mandates__role=MandateRole.OWNER)
    return ours.TradingAccount.objects.filter(own).distinct().order_by("pk")


def _of_accounts(model: Any) -> Rows:
    return lambda person: model.objects.filter(account__in=_accounts(person)).order_by("pk")


def _delete_accounts(_table: StoredTable, person: Person, _now: datetime) -> None:
    """Delete the accounts that nobody else may act on, with all there is about them.

    Those that an adviser alone is left with lose the name that the adviser's list gives them.
    """
    others = ours.Mandate.objects.exclude(user__in=person.user_ids)
    owned = others.filter(role=MandateRole.OWNER).values("account")
    alone = list(_accounts(person).exclude(pk__in=others.values("account")).values_list("pk", flat=True))
    advised = list(_accounts(person).exclude(pk__in=owned).values_list("pk", flat=True))
    for model in (ours.AccountActivity, ours.AccountValue, ours.Mandate):
        model.objects.filter(account__in=alone).delete()
    ours.TradingAccount.objects.filter(pk__in=alone).delete()
    ours.Mandate.objects.filter(account__in=advised).update(label="", client="")


def _by_username_hash(model: Any) -> Rows:
    return lambda person: model.objects.filter(username_hash__in=[user.username_hash for user in person.users])


def _empty_users(_table: StoredTable, person: Person, now: datetime) -> None:
    for user in ours.User.objects.filter(pk__in=person.user_ids):
        user.username = f"{ERASED}-{user.public_id.hex[:12]}"
        user.username_hash = hash_of_username(user.username)
        user.email, user.email_stop_until, user.replaced_told_until = "", None, None
        user.password_history_salt, user.erased_at = "", now
        user.set_unusable_password()
        user.save()


def _empty_customer(_table: StoredTable, person: Person, now: datetime) -> None:
    if row := person.customer:
        fresh = ours.Customer.objects.get(pk=row.pk)
        fresh.number = f"{ERASED}-{fresh.public_id.hex[:12]}"
        fresh.given_name = fresh.middle_name = fresh.family_name = fresh.birth_date = fresh.phone = ""
        fresh.address, fresh.application = {}, {}
        fresh.language, fresh.time_zone, fresh.erased_at = "en", "", now
        fresh.save()


def _empty_employee(_table: StoredTable, person: Person, now: datetime) -> None:
    if row := person.employee:
        fresh = ours.Employee.objects.get(pk=row.pk)
        fresh.name = fresh.email = fresh.phone = ""
        fresh.customer, fresh.erased_at = None, now
        fresh.save()


def _nothing(*_: Any) -> None:
    """Leave it to the table that the rows depend on."""


def _phones(person: Person) -> QuerySet[ours.Phone]:
    """Return the phones of the person's Keys and set-ups."""
    theirs = Q(keys__user__in=person.user_ids) | Q(enrolments__user__in=person.user_ids)
    return ours.Phone.objects.filter(theirs).distinct().order_by("pk")


def _delete_phones(_table: StoredTable, person: Person, _now: datetime) -> None:
    """Delete the phones, and first what refers to them; one that has somebody else's Key too stays."""
    phones = list(_phones(person).values_list("pk", flat=True))
    for model in (ours.PushChallenge, ours.Enrolment, ours.Key):
        model.objects.filter(user__in=person.user_ids).delete()
    ours.Phone.objects.filter(pk__in=phones, keys=None, enrolments=None).delete()


_PEOPLE = (
    StoredTable(
        ours.User,
        f"the row stays for the record, emptied {WITH_PERSON}",
        _("Usernames"),
        lambda person: ours.User.objects.filter(pk__in=person.user_ids).order_by("pk"),
        ("username", "email", "realm", "created_at", "password_changed_at", "suspended_at", "closed_at"),
        erase=_empty_users,
        erased="emptied",
    ),
    StoredTable(
        ours.Customer,
        f"the row stays, emptied {WITH_PERSON}",
        _("You as our customer"),
        _customer,
        (
            "number", "given_name", "middle_name", "family_name", "birth_date", "address", "phone",
            "language", "time_zone", "address_changed_at", "closed_at", "created_at",
        ),
        facts=_applications,
        withheld=("application",),
        erase=_empty_customer,
        erased="emptied",
    ),
    StoredTable(
        ours.Employee,
        "the row stays for the record, emptied `PORTAL_KEEP_CLOSED_DAYS` after they left",
        _("You as a member of our staff"),
        _employee,
        ("name", "email", "phone", "created_at", "left_at"),
        erase=_empty_employee,
        erased="emptied",
    ),
)  # fmt: skip

_ACCOUNTS = (
    StoredTable(
        ours.TradingAccount,
        WITH_PERSON + ", unless somebody else may act on it; or so long after it was closed, if nobody may any more",
        _("Accounts of yours"),
        _accounts,
        ("number", "kind", "realm", "currency", "net_value", "cash", "balances_at", "closed_at"),
        erase=_delete_accounts,
        erased="deleted, unless somebody else may act on it",
    ),
    StoredTable(
        ours.AccountActivity,
        "`PORTAL_KEEP_ACTIVITY_DAYS` after the day it is of",
        _("Activity on your accounts"),
        _of_accounts(ours.AccountActivity),
        ("account__number", "at", "kind", "reference", "instrument", "quantity", "amount", "currency", "own"),
        erase=_nothing,
        erased="with the account",
    ),
    StoredTable(
        ours.AccountValue,
        "`PORTAL_KEEP_ACTIVITY_DAYS` after the day it is of",
        _("Daily values of your accounts"),
        _of_accounts(ours.AccountValue),
        ("account__number", "day", "net_value"),
        erase=_nothing,
        erased="with the account",
    ),
    StoredTable(
        ours.Mandate,
        "when the firm's books end it; " + WITH_PERSON,
        _("Accounts you may act on"),
        of_users(ours.Mandate),
        ("user__username", "account__number", "role", "label", "client", "chosen_at"),
    ),
)

_SIGN_IN = (
    StoredTable(
        ours.PlatformSession,
        "when it ends",
        _("Where you are signed in"),
        of_users(ours.PlatformSession),
        ("user__username", "platform", "device", "address", "created_at", "active_at", "ends_at"),
        withheld=("data",),
    ),
    StoredTable(
        ours.KnownBrowser,
        "400 days after its last use",
        _("Browsers we know"),
        of_users(ours.KnownBrowser),
        ("user__username", "device", "created_at", "last_used_at"),
    ),
    StoredTable(
        ours.SignInAddress,
        "`PORTAL_KEEP_SIGN_INS_DAYS` after the sign-in",
        _("Addresses you signed in from"),
        of_users(ours.SignInAddress),
        ("user__username", "at", "device", "address"),
    ),
    StoredTable(
        ours.SignInRefusal,
        "`PORTAL_KEEP_SIGN_INS_DAYS` after the refusal; older ones than the last ten at once",
        _("Sign-ins that were refused after the right password"),
        of_users(ours.SignInRefusal),
        ("user__username", "cause", "drift_seconds", "device", "address", "at"),
    ),
    StoredTable(
        ours.PushChallenge,
        "90 days after it was sent; a denied one with the person",
        _("Requests to approve on your phone"),
        of_users(ours.PushChallenge),
        ("user__username", "purpose", "device", "address", "state", "reason", "created_at", "answered_at"),
        withheld=("reference", "signature"),
    ),
    StoredTable(
        ours.Phone,
        WITH_PERSON + "; one that never got a Key after a day",
        _("Phones with your Key"),
        _phones,
        ("name", "version", "created_at", "last_seen_at", "ended_at", "end_reason"),
        withheld=("reference", "public_key", "subscription"),
        erase=_delete_phones,
        erased="deleted, unless it has somebody else's Key",
    ),
    StoredTable(
        ours.EnrolmentItem,
        "with its set-up",
        rows=of_users(ours.EnrolmentItem),
        withheld=("secret",),
    ),
    StoredTable(
        ours.Enrolment,
        "a day after its last moment",
        _("Set-ups of a Key"),
        of_users(ours.Enrolment),
        ("user__username", "purpose", "state", "created_at", "over_at"),
        withheld=("number",),
    ),
    StoredTable(
        ours.Key,
        WITH_PERSON,
        _("Your Keys"),
        of_users(ours.Key),
        ("user__username", "name", "kind", "created_at", "last_used_at", "ended_at", "end_reason"),
        withheld=("secret",),
    ),
    StoredTable(
        ours.Passkey,
        WITH_PERSON,
        _("Your passkeys"),
        of_users(ours.Passkey),
        ("user__username", "name", "transports", "created_at", "last_used_at", "ended_at", "end_reason"),
        withheld=("credential_id", "public_key"),
    ),
    StoredTable(
        ours.BackupCode,
        "when new ones are made; " + WITH_PERSON,
        _("Your backup codes"),
        of_users(ours.BackupCode),
        ("user__username", "created_at", "used_at"),
        withheld=("name", "parameters"),
    ),
    StoredTable(
        ours.SecurityAnswer,
        "when it is set anew; " + WITH_PERSON,
        _("Your security questions"),
        of_users(ours.SecurityAnswer),
        ("user__username", "question", "set_at"),
        facts=lambda rows: [{"in_words": str(words_of(row.question))} for row in rows],
    ),
    StoredTable(
        ours.FormerPassword,
        WITH_PERSON,
        _("When you changed your password"),
        of_users(ours.FormerPassword),
        ("user__username", "set_at"),
        withheld=("parameters",),
    ),
    StoredTable(ours.EmailedCode, "when it expires", rows=of_users(ours.EmailedCode)),
    StoredTable(
        ours.WelcomeLetter,
        WITH_PERSON,
        _("Welcome letters"),
        of_users(ours.WelcomeLetter),
        ("user__username", "why", "wanted_at", "printed_at", "used_at", "revoked_at"),
    ),
    StoredTable(
        ours.FirstSignIn,
        "after 30 days",
        _("First sign-ins"),
        of_users(ours.FirstSignIn, "letter__user"),
        ("letter__user__username", "state", "created_at", "over_at"),
        erase=_nothing,
        erased="deleted with its letter",
    ),
    StoredTable(ours.AdmittedBrowser, "when it expires", rows=_by_username_hash(ours.AdmittedBrowser),
            withheld=("device", "address")),
    StoredTable(ours.AdmissionCode, "when it expires", rows=_by_username_hash(ours.AdmissionCode)),
)  # fmt: skip


_CONTACTS_AND_NETWORKS = (
    StoredTable(
        ours.EmailChange,
        "after 90 days",
        _("Changes of your e-mail address"),
        of_users(ours.EmailChange),
        ("user__username", "old_address", "new_address", "started_at", "confirmed_at", "stopped_at"),
    ),
    StoredTable(
        ours.ReplacedContact,
        "after `PORTAL_REPLACED_CONTACT_DAYS`",
        _("Addresses and numbers that were replaced"),
        lambda person: ours.ReplacedContact.objects.filter(
            Q(user__in=person.user_ids) | Q(customer=person.customer, customer__isnull=False)
        ).order_by("pk"),
        ("kind", "value", "replaced_at", "told_until"),
    ),
    StoredTable(
        ours.NetworkRule,
        "when it is taken off; " + WITH_PERSON,
        _("Networks you may sign in from"),
        of_users(ours.NetworkRule),
        ("user__username", "network", "created_at"),
    ),
    StoredTable(
        ours.TravelPass,
        "when it expires",
        _("Your travel pass"),
        of_users(ours.TravelPass),
        ("user__username", "opened_at", "expires_at"),
    ),
    StoredTable(
        ours.NetworkRequest,
        WITH_RECORD,
        _("Requests for more networks"),
        of_users(ours.NetworkRequest),
        ("user__username", "wanted", "asked_at", "decided_at", "outcome"),
        withheld=("reference",),
    ),
    StoredTable(
        ours.Report,
        WITH_RECORD,
        _("What you reported"),
        of_users(ours.Report),
        ("user__username", "reference", "kind", "device", "notice", "protection", "created_at", "closed_at", "outcome"),
    ),
)

_STAFF = (
    StoredTable(
        ours.StaffInvitation,
        WITH_RECORD,
        _("Invitations to work here"),
        of_users(ours.StaffInvitation),
        ("user__username", "issued_at", "accepted_at", "revoked_at"),
    ),
    StoredTable(
        ours.RoleChange,
        WITH_RECORD,
        _("Roles you were to have"),
        of_users(ours.RoleChange),
        ("user__username", "role", "asked_at", "decided_at", "outcome"),
        erase=None,
    ),
)

_NOBODYS = (
    StoredTable(ours.AnsweredPost, "within minutes"),
    StoredTable(ours.PauseOrigin, "after 2 days, and sooner with a person who is erased"),
    StoredTable(ours.UsedNonce, "a day after its use"),
    StoredTable(ours.FeedPosition, "when the feed is finished, or taken out of the settings by hand"),
)

TABLES = (*_PEOPLE, *_ACCOUNTS, *_SIGN_IN, *_CONTACTS_AND_NETWORKS, *_STAFF, *_NOBODYS)
