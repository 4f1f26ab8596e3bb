"""What the database itself refuses: roles that one person must not combine, and a username that changes hands."""

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


def every() -> list[Trigger]:
    """Return all triggers of accounts."""
    table = "accounts_user_groups"
    apart = [
        refusing_if(f"{table}_apart_{verb.lower()}", table, f"BEFORE {verb}", _CONFLICTING, "roles kept apart")
        for verb in ("INSERT", "UPDATE")
    ]
    users = refusing_if("accounts_user_one_person", "accounts_user", "BEFORE UPDATE", _HANDED_ON, "one person each")
    return [*apart, users]
