"""What the database itself refuses: roles kept apart, a username that changes hands or comes back erased."""

from accounts.policies import roles
from portal.lib.db_triggers import Trigger, refusing_if

_APART = " OR ".join(
    f"(had.name = '{one}' AND given.name = '{other}')"
    for pair in sorted(map(sorted, roles.APART))
    for one, other in (pair, reversed(pair))
)
# The person of the row that is written has, with this or another username, a role that does not go with the new one.
_CONFLICTING = (
    "EXISTS (SELECT 1 FROM accounts_user_groups held "  # noqa: S608  every part is a constant of ours
    "JOIN auth_group had ON had.id = held.group_id "
    "JOIN accounts_user holder ON holder.id = held.user_id "
    "JOIN accounts_user receiver ON receiver.id = NEW.user_id "
    "JOIN auth_group given ON given.id = NEW.group_id "
    "WHERE (holder.id = receiver.id OR holder.employee_id = receiver.employee_id) AND (" + _APART + "))"
)
_HANDED_ON = "OLD.employee_id IS NOT NULL AND COALESCE(NEW.employee_id, 0) <> OLD.employee_id"
# Somebody who was erased stays erased, and closed.
_BROUGHT_BACK = (
    "(NEW.erased_at IS NOT NULL AND NEW.closed_at IS NULL) OR (OLD.erased_at IS NOT NULL AND NEW.erased_at IS NULL)"
)


def every() -> list[Trigger]:
    """Return all triggers of accounts."""
    table = "accounts_user_groups"
    apart = [
        refusing_if(f"{table}_apart_{verb.lower()}", table, f"BEFORE {verb}", _CONFLICTING, "roles kept apart")
        for verb in ("INSERT", "UPDATE")
    ]
    users = refusing_if("accounts_user_one_person", "accounts_user", "BEFORE UPDATE", _HANDED_ON, "one person each")
    erased = refusing_if(
        "accounts_user_stays_erased", "accounts_user", "BEFORE UPDATE", _BROUGHT_BACK, "erased for good"
    )
    return [*apart, users, erased]
