"""Staff roles: their groups, what they may read, and who has which."""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Q, QuerySet

from accounts.enums import Role
from accounts.models import User
from accounts.policies import roles


def ensure_roles(**_: Any) -> None:
    """Create a group for each role with exactly the rights in ``policies.roles``. Runs after every migration.

    Effects: none if everything is in place.
    """
    for role in Role:
        group, _is_new = Group.objects.get_or_create(name=role.value)
        group.permissions.set(_readable(role))


def give_role(user: User, role: Role) -> None:
    """Move a staff member into this role's group and out of every other."""
    user.groups.set(Group.objects.filter(name=role.value))


def users_with_conflicting_roles() -> QuerySet[User]:
    """Return staff who hold roles that one person must not combine."""
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
