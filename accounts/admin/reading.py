"""Admin pages that are read-only."""

from typing import TYPE_CHECKING, Any

from django.contrib.admin import ModelAdmin, ShowFacets
from django.db.models import CharField
from django.http import HttpRequest

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
