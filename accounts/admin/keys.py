"""Keys, phones, passkeys and push requests, as far as support needs them: no seeds, codes, public keys or addresses."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.admin.reading import ReadOnlyAdmin
from accounts.models import Key, Passkey, Phone, PushChallenge

_BY_NAME = _("The full username.")


@admin.register(Key)
class KeyAdmin(ReadOnlyAdmin):
    """A user's source of codes, and when it was turned off."""

    list_display = ("user", "name", "kind", "confirmed", "created_at", "last_used_at", "ended_at", "end_reason")
    list_filter = ("kind", "confirmed", "end_reason")
    list_select_related = ("user",)
    search_fields = ("user__username__exact",)
    search_help_text = _BY_NAME
    ordering = ("-pk",)
    fields = (*list_display, "phone", "drift_told_at")


@admin.register(Phone)
class PhoneAdmin(ReadOnlyAdmin):
    """A phone with the Key app: its version, its clock, when it last called."""

    list_display = ("name", "version", "clock_offset", "created_at", "last_seen_at", "ended_at", "end_reason")
    list_filter = ("version", "end_reason")
    search_fields = ("keys__user__username__exact",)
    search_help_text = _BY_NAME
    ordering = ("-pk",)
    fields = (*list_display, "takes_notifications", "log_ins")
    readonly_fields = ("takes_notifications", "log_ins")

    @admin.display(description=_("Receives notifications"), boolean=True)
    def takes_notifications(self, phone: Phone) -> bool:
        return bool(phone.subscription)

    @admin.display(description=_("Active Keys for"))
    def log_ins(self, phone: Phone) -> str:
        live = phone.keys.filter(confirmed=True).order_by("user__username")
        return ", ".join(live.values_list("user__username", flat=True)) or "-"


@admin.register(Passkey)
class PasskeyAdmin(ReadOnlyAdmin):
    """A passkey: whose it is, and when it was turned off."""

    list_display = ("user", "name", "is_synced", "created_at", "last_used_at", "ended_at", "end_reason")
    list_filter = ("end_reason",)
    list_select_related = ("user",)
    search_fields = ("user__username__exact",)
    search_help_text = _BY_NAME
    ordering = ("-pk",)
    fields = list_display


@admin.register(PushChallenge)
class PushChallengeAdmin(ReadOnlyAdmin):
    """Push requests and their outcome, without the number and the address they came from."""

    list_display = ("user", "purpose", "device", "state", "reason", "created_at", "expires_at", "answered_at")
    list_filter = ("state", "reason")
    list_select_related = ("user",)
    search_fields = ("user__username__exact",)
    search_help_text = _BY_NAME
    ordering = ("-pk",)
    fields = (*list_display, "is_new_browser", "key")
