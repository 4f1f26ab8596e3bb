"""Users: who signs in, as a customer or as staff."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password, is_password_usable, make_password
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.enums import Realm, Role
from accounts.hashers import PortalArgon2Hasher
from accounts.models.customers import Customer
from accounts.models.employees import Employee
from accounts.policies import usernames
from accounts.policies.passwords import older_forms
from portal.lib import clock, digests
from portal.lib.encrypted_fields import EncryptedModel, EncryptedTextField

if TYPE_CHECKING:
    from accounts.models.authenticators import Authenticator


class Users(models.QuerySet["User"]):
    """Users, locked so that rows which merely refer to one need not wait."""

    def select_for_update(
        self, nowait: bool = False, skip_locked: bool = False, of: Sequence[str] = (), no_key: bool = True
    ) -> "Users":
        """Lock the rows except for their primary keys, which never change.

        Every event and every notice refers to a user, and PostgreSQL checks that row when the transaction
        ends. With the primary key locked too, two actions could each wait for what the other holds.
        """
        return super().select_for_update(nowait=nowait, skip_locked=skip_locked, of=of, no_key=no_key)


class UserManager(BaseUserManager["User"]):
    """Look-ups by the canonical username."""

    def get_queryset(self) -> Users:
        """Return all users."""
        return Users(self.model, using=self._db)

    def by_username(self, typed: str) -> "User | None":
        """Return the user of that name, however it was typed, or None."""
        return self.filter(username=usernames.canonical(typed)).first()

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the user for Django's back ends and commands."""
        return self.get(username=usernames.canonical(username or ""))


def _new_salt() -> str:
    return secrets.token_hex(16)


class User(EncryptedModel, AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]  # Device is untyped
    """One user. ``username_hash`` stands in for the username wherever that must not appear."""

    encryption_owner = "username"
    username = models.CharField(max_length=usernames.MAX_LENGTH, unique=True)
    username_hash = models.CharField(max_length=64, unique=True, editable=False)
    email = EncryptedTextField()
    email_stop_until = models.DateTimeField(null=True, blank=True)  # until then the owner can undo the last change
    replaced_told_until = models.DateTimeField(null=True, blank=True)  # until then there are addresses told as well
    realm = models.CharField(max_length=8, choices=Realm.choices, default=Realm.LIVE)
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="users")
    employee = models.ForeignKey(Employee, models.PROTECT, null=True, blank=True, related_name="users")
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    closed_at = models.DateTimeField(null=True, blank=True)  # closed by the firm; ``is_active`` is False from then on
    erased_at = models.DateTimeField(null=True, blank=True)  # nothing personal is left; the row stays for the record
    suspended_at = models.DateTimeField(null=True, blank=True)
    networks_limited_at = models.DateTimeField(null=True, blank=True)  # since when there are network rules
    allows_travel_pass = models.BooleanField(default=True, db_default=True)
    session_version = models.PositiveIntegerField(default=0)  # raised to end everything that is open
    password_history_salt = models.CharField(max_length=32, default=_new_salt, editable=False)
    password_changed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    otp_device: "Authenticator | None"  # the second factor of this session, set by SessionUserMiddleware
    has_authenticator: bool  # a second factor of any kind; these three are set by ``authenticators.user_for_sign_in``
    has_passkey: bool
    has_phone: bool  # a Key on a phone
    last_login = None  # recorded by the session table and the audit chain

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email"]
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="user_is_staff_or_customer",
                condition=Q(is_staff=True, customer__isnull=True, employee__isnull=False)
                | Q(is_staff=False, customer__isnull=False, employee__isnull=True),
            ),
            models.CheckConstraint(name="user_staff_is_live", condition=Q(is_staff=False) | Q(realm=Realm.LIVE)),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the username canonical and its digest in step."""
        if not kwargs.get("update_fields"):
            self.username = usernames.canonical(self.username)
            self.username_hash = hash_of_username(self.username)
        super().save(*args, **kwargs)

    def check_password(self, raw_password: str | None) -> bool:
        """Check the password; if it is right, a hash of older cost, or of another form of its letters, is renewed.

        The renewal replaces only the hash that was checked; a new password set meanwhile stays. Cost: one hash, one
        more for each other form that the typed password has, whatever is stored.
        """
        checked = self.password

        def renew(right: str) -> None:
            type(self).objects.filter(pk=self.pk, password=checked).update(password=make_password(right))

        is_right = check_password(raw_password, checked, renew)
        older = [self._is_exactly(form, checked) for form in older_forms(raw_password or "")]
        if any(older) and not is_right:
            renew(str(raw_password))
        return is_right or any(older)

    @staticmethod
    def _is_exactly(form: str, encoded: str) -> bool:
        """Tell whether a hash was made of this form; as slow for a user without a password."""
        if not is_password_usable(encoded):
            make_password(form)
            return False
        return PortalArgon2Hasher().verify_exactly(form, encoded)

    def get_session_auth_hash(self) -> str:
        """Return what ``login`` stores: sessions end by ``session_version``, not by a hash that was renewed."""
        return digests.keyed("session", f"{self.pk}|{self.session_version}")

    @property
    def zone(self) -> str:
        """Return the name of the time zone this user has chosen; empty for none: then the browser's counts."""
        return self.customer.time_zone if self.customer else "UTC"

    def former_addresses(self, now: datetime) -> list[str]:
        """Return the addresses that were replaced lately and are told everything too. No statement where none was."""
        if self.replaced_told_until is None or self.replaced_told_until <= now:
            return []
        replaced = self.replaced_contacts.filter(told_until__gt=now).order_by("pk")
        return list(dict.fromkeys(row.value for row in replaced if row.value != self.email))

    @property
    def may_stop_email(self) -> bool:
        """Tell whether the last change of the address can still be stopped; every signed-in page says so."""
        return bool(self.email_stop_until and clock.now() < self.email_stop_until)

    @property
    def greeting(self) -> str:
        """Return the name for greetings: the customer's given name, else the username."""
        return self.customer.given_name if self.customer else self.username

    def is_verified(self) -> bool:
        """Return False: without a session nobody is verified; the middleware replaces this."""
        return False

    def is_same_person(self, other: "User") -> bool:
        """Tell whether both usernames are one person's, who may be staff and a customer."""
        mine, theirs = (user.employee.customer_id if user.employee else user.customer_id for user in (self, other))
        is_colleague = self.employee_id is not None and self.employee_id == other.employee_id
        return self.pk == other.pk or is_colleague or (mine is not None and mine == theirs)

    def has_role(self, *roles: Role) -> bool:
        """Tell whether this staff member has one of the roles. Superusers have none: nobody checks them."""
        has_any = self.is_staff and not self.is_superuser
        return has_any and self.groups.filter(name__in=[str(role) for role in roles]).exists()


def hash_of_username(typed: str) -> str:
    """Return the keyed digest that stands in for a username, known or not."""
    return digests.keyed("username", usernames.canonical(typed))
