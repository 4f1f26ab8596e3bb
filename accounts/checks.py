"""System checks of accounts."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection

from accounts.actions import roles


@register(Tags.database)
def roles_are_kept_apart(databases: Any = None, **_: Any) -> list[CheckMessage]:
    """accounts.E001: somebody makes the record and checks it."""
    if not databases or "accounts_user_groups" not in connection.introspection.table_names():
        return []
    return [
        Error(
            f"{user.username} is an auditor and also works on cases.",
            hint="Remove one of the two roles.",
            id="accounts.E001",
        )
        for user in roles.users_with_conflicting_roles().only("username")  # before a migration, others may be missing
    ]
