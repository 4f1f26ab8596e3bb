"""Staff roles: the groups, what they may read, and who is in which."""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Q, QuerySet

from accounts.enums import Role
from accounts.models import User
from accounts.policies import roles


def ensure_roles(**_: Any) -> None:
    """Create the group of each role and give it exactly what ``policies.roles`` says. Runs after every migration.

    Effects: none when everything is there already.
    """
    for role in Role:
        group, _is_new = Group.objects.get_or_create(name=role.value)
        group.permissions.set(_readable(role))


def give_role(user: User, role: Role) -> None:
    """Put a staff member into the group of this role and out of every other."""
    user.groups.set(Group.objects.filter(name=role.value))


def users_with_conflicting_roles() -> QuerySet[User]:
    """Return staff whose roles must not meet in one person."""
    staff = User.objects.filter(is_staff=True)
    found = staff.none()
    for pair in roles.APART:
        both = staff
        for role in sorted(pair):
            both = both.filter(groups__name=role.value)
        found = found | both
    return found.distinct()


def _readable(role: Role) -> QuerySet[Permission]:
    wanted = Q(pk=None)
    for app, models in roles.READS[role].items():
        of_app = Q(content_type__app_label=app, codename__startswith="view_")
        wanted |= of_app & Q(content_type__model__in=models) if models else of_app
    return Permission.objects.filter(wanted)
