"""Write planned changes: many rows of a kind at once, and what concerns people through their actions."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from accounts.actions.people import closing, firm_changes
from accounts.actions.welcome import letters
from accounts.enums import Action, LetterReason, Realm
from accounts.imports.columns import ACCOUNT, ACTIVITY, LOGIN, MANDATE, PERSON, VALUE
from accounts.imports.planning import Change
from accounts.models import AccountActivity, AccountValue, Customer, Mandate, TradingAccount, User
from accounts.models.users import hash_of_username

Writer = Callable[[Sequence[Change], datetime], None]


def people(changes: Sequence[Change], now: datetime) -> None:
    """Write people; a closed one takes their usernames along."""
    new = []
    for change in changes:
        row = change.row
        if change.is_new:
            row.created_at = now
            row.closed_at = now if change.closes else None
            new.append(_filled(change))
            continue
        if change.values:
            firm_changes.update_details(row, change.values, now=now)
        if change.closes is not None:
            (closing.close_person if change.closes else closing.reopen_person)(row, now=now)
    Customer.objects.bulk_create(new)


def log_ins(changes: Sequence[Change], now: datetime) -> None:
    """Write usernames. A new one of a closed person is closed."""
    new = []
    for change in changes:
        row = change.row
        if change.is_new:
            new.append(_new_user(row, change, now=now))
            continue
        if address := change.values.get("email"):
            firm_changes.replace_email(row, address, now=now)
        if "letter_wanted" in change.values:
            letters.want(user=row, why=LetterReason.FEED, by=None, now=now)
        if change.closes is not None:
            (closing.close_user if change.closes else closing.reopen_user)(row, now=now)
    User.objects.bulk_create(new)


def _new_user(user: User, change: Change, *, now: datetime) -> User:
    given = change.record.values
    user.username_hash = hash_of_username(user.username)
    user.email, user.realm = given["email"], given.get("realm", Realm.LIVE)
    user.created_at = now
    user.password = given.get("password_hash", "")
    if not user.password:
        user.set_unusable_password()
    if change.closes or (user.customer and user.customer.closed_at):
        together = user.customer.closed_at if user.customer and not change.closes else None
        user.is_active, user.closed_at = False, together or now
    return user


def accounts(changes: Sequence[Change], now: datetime) -> None:
    """Write trading accounts."""
    for change in changes:
        _filled(change).closed_at = now if change.is_new and change.closes else change.row.closed_at
    TradingAccount.objects.bulk_create(change.row for change in changes if change.is_new)
    changed = [change.row for change in changes if change.values and not change.is_new]
    if changed:
        TradingAccount.objects.bulk_update(changed, ["kind", "currency", "net_value", "cash", "balances_at"])
    for closes in (True, False):
        over = [change.row for change in changes if change.closes is closes and not change.is_new]
        if over:
            firm_changes.close_accounts(over, closes=closes, now=now)


def mandates(changes: Sequence[Change], now: datetime) -> None:
    """Write who may act on what."""
    ended: list[Mandate] = []
    given: list[Mandate] = []
    changed: list[Mandate] = []
    for change in changes:
        row = change.row
        if change.closes:
            ended.append(row)
        else:
            (given if change.is_new else changed).append(_filled(change))
    over = list(Mandate.objects.filter(pk__in=[row.pk for row in ended]).select_related("user", "account"))
    Mandate.objects.filter(pk__in=[row.pk for row in over]).delete()
    Mandate.objects.bulk_create(given)
    if changed:
        Mandate.objects.bulk_update(changed, ["role", "label", "client"])
    firm_changes.note_mandates(Action.MANDATE_ENDED, over, now=now)
    firm_changes.note_mandates(Action.MANDATE_GIVEN, given, now=now)


def daily_values(changes: Sequence[Change], _now: datetime) -> None:
    """Write values of accounts by day."""
    AccountValue.objects.bulk_create(_filled(change) for change in changes if change.is_new)
    if changed := [_filled(change) for change in changes if not change.is_new]:
        AccountValue.objects.bulk_update(changed, ["net_value"])


def activity(changes: Sequence[Change], _now: datetime) -> None:
    """Write entries of statements."""
    AccountActivity.objects.bulk_create(_filled(change) for change in changes if change.is_new)
    if changed := [_filled(change) for change in changes if not change.is_new]:
        names = ["at", "kind", "own", "instrument", "quantity", "amount", "currency"]
        AccountActivity.objects.bulk_update(changed, names)


def _filled(change: Change) -> Any:
    """Return the row with the values that change."""
    for name, value in change.values.items():
        setattr(change.row, name, value)
    return change.row


WRITERS: dict[str, Writer] = {
    PERSON.name: people,
    LOGIN.name: log_ins,
    ACCOUNT.name: accounts,
    MANDATE.name: mandates,
    VALUE.name: daily_values,
    ACTIVITY.name: activity,
}
