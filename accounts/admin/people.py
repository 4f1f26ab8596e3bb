"""Customers and users, as far as staff need to see them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.actions.networks import rules as networks_state
from accounts.actions.welcome import letters
from accounts.admin.reading import ReadOnlyAdmin
from accounts.models import Customer, User
from accounts.policies import masks
from portal.lib import clock


@admin.register(Customer)
class CustomerAdmin(ReadOnlyAdmin):
    """The person: name masked, no other encrypted fields."""

    list_display = ("number", "masked_name", "language", "time_zone", "created_at")
    search_fields = ("number__exact",)
    search_help_text = _("The full customer number.")
    ordering = ("number",)
    fields = ("number", "masked_name", "language", "time_zone", "created_at")
    readonly_fields = ("masked_name",)

    @admin.display(description=_("Name"))
    def masked_name(self, customer: Customer) -> str:
        parts = (customer.given_name, customer.middle_name, customer.family_name)
        return " ".join(masks.name(part) for part in parts if part)


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    """The user's state. Passwords are set by their owners only."""

    list_display = ("username", "realm", "is_staff", "is_active", "suspended_at", "created_at")
    list_filter = ("is_staff", "realm", "is_active", ("suspended_at", admin.EmptyFieldListFilter))
    search_fields = ("username", "customer__number__exact")
    search_help_text = _("Part of the username, or the full customer number.")
    ordering = ("username",)
    fields = (
        "username",
        "masked_email",
        "realm",
        "customer",
        "is_staff",
        "groups",
        "is_active",
        "suspended_at",
        "closed_at",
        "networks",
        "welcome_letter",
        "password_changed_at",
        "created_at",
    )
    readonly_fields = ("masked_email", "networks", "welcome_letter")

    @admin.display(description=_("Networks"))
    def networks(self, user: User) -> str:
        """Say whether sign-in is limited, and whether travel passes are allowed; never to what."""
        return networks_state.words_of(user)

    @admin.display(description=_("Welcome letter"))
    def welcome_letter(self, user: User) -> str:
        """Say where the newest one stands, never its code."""
        return letters.standing_of(user, now=clock.now())

    @admin.display(description=_("E-mail"))
    def masked_email(self, user: User) -> str:
        return masks.email(user.email)
