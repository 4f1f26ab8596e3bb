"""The queue of recovery cases in the admin. Nothing is edited here: every change is an action behind a button."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from portal.lib import clock
from recovery.admin import labels, layout, pages, queue, visibility
from recovery.admin.visibility import Viewer
from recovery.models import Case
from recovery.policies import reference_codes

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from accounts.models import User

    Base = admin.ModelAdmin[Case]
else:
    Base = admin.ModelAdmin

_FOR_AGENTS = ("number", "lost", "status", "age", "owner", "next_step")
_LOOK_INSIDE = (*_FOR_AGENTS, "tier_inside", "flags_inside")
_PARAMETERS = frozenset({"queue", "state", "purpose"})


@admin.register(Case)
class CaseAdmin(Base):
    """The review queue: how long each case has waited, who has it, what comes next."""

    actions = None
    list_filter = (queue.QueueFilter, queue.StateFilter, queue.PurposeFilter)
    list_per_page = 50
    search_fields = ("number",)
    search_help_text = _("A whole case number (C-...) or case reference (RC-...).")
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    change_list_template = f"{layout.FOLDER}/queue.html"

    def get_urls(self) -> list[URLPattern]:
        """Return the queue and the pages of a case only: nothing is added, edited or deleted."""

        def at(route: str, view: layout.Page, name: str, *methods: str) -> URLPattern:
            guarded = self.admin_site.admin_view(layout.page(view, *methods))
            return path(route, guarded, name=f"recovery_case_{name}")

        return [
            at("", self._queue, "changelist"),
            at("open/", pages.open_page, "open", "POST"),
            at("start/", pages.start_page, "start", "POST"),
            at("take/", pages.take_page, "take", "POST"),
            at("<int:pk>/", pages.case_page, "change"),
            at("<int:pk>/<slug:name>/", pages.step_page, "step", "POST"),
        ]

    def _queue(self, request: HttpRequest, viewer: Viewer) -> HttpResponse:
        context = {"title": _("Recovery cases"), "subtitle": None, "viewer": viewer, "is_nav_sidebar_enabled": False}
        return self.changelist_view(request, context)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the queue to staff with a role at the desk."""
        return _viewer(request).is_one_of(visibility.READERS)

    def has_view_permission(self, request: HttpRequest, obj: Case | None = None) -> bool:
        """Let staff with a role at the desk read what ``visibility`` allows them."""
        return _viewer(request).is_one_of(visibility.READERS)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: cases are opened by claims."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Case | None = None) -> bool:
        """Refuse: cases are changed by actions."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Case | None = None) -> bool:
        """Refuse: cases are kept."""
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Allow only the filters of the page, so that nothing can be probed (``?tier=2``, ``?kind=phantom``)."""
        return lookup in _PARAMETERS

    def to_field_allowed(self, request: HttpRequest, to_field: str) -> bool:
        """Refuse: no form refers to cases."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Case]:
        """Return what this user may see, the most urgent first."""
        return visibility.queue(_viewer(request))

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        """Put the earliest target first; cases opened in bulk from one network come last."""
        return ["-is_queued", F("due").asc(nulls_last=True), "-opened_at"]

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """Return the columns; tier and flags only for those who may see them in some case."""
        viewer = _viewer(request)
        return _LOOK_INSIDE if viewer.decides or viewer.audits else _FOR_AGENTS

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Case], search_term: str
    ) -> tuple[QuerySet[Case], bool]:
        """Find by the complete case number or claim reference, never by parts."""
        if not search_term.strip():
            return queryset, False
        number = Q(number=search_term.strip().upper())
        reference = reference_codes.read_claim_reference(search_term)
        claims = Q(claims__reference=reference) if reference else Q(pk=None)
        return queryset.filter(number | claims), True

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Return the list with its viewer, so that the rows can be worded for them."""
        self_for_request = super().get_changelist_instance(request)
        viewer, now = _viewer(request), clock.now()
        for case in self_for_request.result_list:
            case.viewer, case.moment = viewer, now
        return self_for_request

    @admin.display(description=_("Purpose"), ordering="purpose")
    def lost(self, case: Case) -> SafeString:
        return _labelled(_("Purpose"), case.get_purpose_display())

    @admin.display(description=_("State"), ordering="state")
    def status(self, case: Case) -> SafeString:
        return _labelled(_("State"), case.get_state_display())

    @admin.display(description=_("Age"), ordering="due")
    def age(self, case: Case) -> SafeString:
        """Show the age against the target, in words and colour."""
        age = labels.age(case, case.moment)  # type: ignore[attr-defined]  # set with the list
        return _labelled(_("Age"), render_to_string("_components/badge.html", {"kind": age.kind, "text": age.text}))

    @admin.display(description=_("Assigned to"))
    def owner(self, case: Case) -> SafeString:
        return _labelled(_("Assigned to"), labels.owner(case, case.viewer))  # type: ignore[attr-defined]  # set with the list

    @admin.display(description=_("Next"))
    def next_step(self, case: Case) -> SafeString:
        return _labelled(_("Next"), labels.next_step(case, case.viewer))  # type: ignore[attr-defined]  # set with the list

    @admin.display(description=_("Tier"))
    def tier_inside(self, case: Case) -> SafeString:
        """Show the tier, if this user may know it."""
        return _labelled(_("Tier"), str(case.tier) if case.inside else "")  # type: ignore[attr-defined]  # visibility.queue

    @admin.display(description=_("Flags"))
    def flags_inside(self, case: Case) -> SafeString:
        """Name the flags, if this user may know them."""
        raised = case.raised if case.inside else []  # type: ignore[attr-defined]  # annotated by visibility.queue
        return _labelled(_("Flags"), ", ".join(flag.get_kind_display() for flag in raised))


def _labelled(label: "StrOrPromise", words: str) -> SafeString:
    """Put a label before a non-empty cell; it shows when the table becomes cards."""
    return format_html('<span class="desk-label">{}</span> {}', label, words) if words else SafeString("")


def _viewer(request: HttpRequest) -> Viewer:
    """Return the viewer, read once per request."""
    known: Viewer | None = getattr(request, "viewer", None)
    if known is None:
        known = Viewer.of(cast("User", request.user))
        request.viewer = known  # type: ignore[attr-defined]  # our own attribute
    return known
