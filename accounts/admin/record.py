"""The audit record, the notices, and who is signed in."""

import json

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.admin.reading import ReadOnlyAdmin
from accounts.models import PlatformSession
from accounts.policies import masks
from portal.audit import sealed_words
from portal.audit.models import SecurityEvent
from portal.outbox.kinds import ChannelName
from portal.outbox.models import Notice

_BY_NAME = _("The full username.")


@admin.register(SecurityEvent)
class SecurityEventAdmin(ReadOnlyAdmin):
    """The audit record."""

    list_display = ("at", "action", "subject", "actor", "chain", "n", "request_id")
    list_filter = ("action",)
    list_select_related = ("subject", "actor")
    search_fields = ("subject__username__exact", "request_id__exact")
    search_help_text = _("The full username, or the full ID of a request.")
    ordering = ("-pk",)
    fields = (
        "at", "action", "subject", "actor", "chain", "n", "source", "request_id", "in_words", "prev", "digest",
    )  # fmt: skip
    readonly_fields = ("in_words",)

    @admin.display(description=_("Facts"))
    def in_words(self, event: SecurityEvent) -> str:
        """Show the facts with the words that were typed, which the record has only the digest of."""
        return json.dumps(sealed_words.facts(event), ensure_ascii=False)


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    """Notices: to whom, and whether they were sent; without the address and the facts, which may hold a code."""

    list_display = ("reference", "user", "kind", "channel", "state", "created_at", "sent_at")
    list_filter = ("state", "kind")
    list_select_related = ("user",)
    search_fields = ("reference__exact", "user__username__exact")
    search_help_text = _("The full reference or username.")
    ordering = ("-pk",)
    fields = (
        "reference", "user", "kind", "channel", "masked_address", "state", "attempts", "created_at", "due_at",
        "sent_at",
    )  # fmt: skip
    readonly_fields = ("masked_address",)

    @admin.display(description=_("Address"))
    def masked_address(self, notice: Notice) -> str:
        """Mask the address; empty for a phone."""
        return masks.email(notice.target) if notice.channel == ChannelName.EMAIL else ""


@admin.register(PlatformSession)
class PlatformSessionAdmin(ReadOnlyAdmin):
    """Who is signed in, on what."""

    list_display = ("user", "platform", "device", "created_at", "active_at", "ends_at")
    list_display_links = None
    list_filter = ("platform",)
    list_select_related = ("user",)
    search_fields = ("user__username__exact",)
    search_help_text = _BY_NAME
    ordering = ("-created_at",)
    fields = list_display
