"""Admin pages that are read-only."""

from typing import TYPE_CHECKING, Any

from django.contrib.admin import ModelAdmin, ShowFacets
from django.db.models import CharField, ForeignKey
from django.http import Http404, HttpRequest
from django.utils.text import capfirst

if TYPE_CHECKING:
    from django.db.models import Model

    Base = ModelAdmin[Model]
else:
    Base = ModelAdmin

_OF_FILTERS = frozenset({"exact", "isempty"})  # the look-ups of Django's own filters


class ReadOnlyAdmin(Base):
    """A read-only table: those with the view permission read it, nobody adds, changes or deletes."""

    actions = None
    show_facets = ShowFacets.NEVER
    show_full_result_count = False
    list_per_page = 50
    sortable_by = ()  # sorting by a column without an index would read the whole table

    def has_add_permission(self, request: HttpRequest, *_: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show what a row refers to without a link where the page behind it would answer 403."""
        return [(None, {"fields": [self._field(name, request) for name in self.get_fields(request, obj)]})]

    def _field(self, name: Any, request: HttpRequest) -> Any:
        field = next((one for one in self.opts.fields if one.name == name), None)
        if not isinstance(field, ForeignKey):
            return name
        target: Any = field.related_model
        if not self.admin_site.is_registered(target):
            return name
        return name if self.admin_site.get_model_admin(target).has_view_permission(request) else _unlinked(field)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        """Refuse: what happened is in the audit record, and Django's own is always empty here."""
        raise Http404

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Allow the links of the page's own filters.

        Whatever else could be asked (``?password__gte=``) would tell hidden fields apart, a letter at a time.
        """
        filters: Any = self.list_filter
        if lookup in {getattr(one, "parameter_name", None) for one in filters}:
            return True
        names = {one if isinstance(one, str) else one[0] for one in filters if not isinstance(one, type)}
        asked, _, how = lookup.rpartition("__")
        is_own = (asked in names and how in _OF_FILTERS) or (lookup in names and self._lists_all_values(lookup))
        return is_own and "\0" not in value

    def _lists_all_values(self, name: str) -> bool:
        """Say whether Django filters a column by all its values, with links that name no look-up: ``?version=1.0``."""
        field = self.model._meta.get_field(name)
        return isinstance(field, CharField) and not field.choices


def _unlinked(field: Any) -> Any:
    """Return a column that shows what a row refers to, as text."""

    def shown(row: Any) -> str:
        return str(getattr(row, field.name) or "-")

    shown.__name__ = field.name
    shown.short_description = capfirst(field.verbose_name)  # type: ignore[attr-defined]  # as Django reads it
    return shown
