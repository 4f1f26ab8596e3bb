"""Pages of the desk that show and never change."""

from typing import TYPE_CHECKING, Any

from django.contrib.admin import ModelAdmin
from django.http import HttpRequest

if TYPE_CHECKING:
    from django.db.models import Model

    Base = ModelAdmin[Model]
else:
    Base = ModelAdmin


class ReadOnlyAdmin(Base):
    """A table to read: whoever has the right to view it, and nobody to add, change or delete."""

    actions = None
    show_full_result_count = False
    list_per_page = 50
    sortable_by = ()  # a click on a column without an index would read the whole table

    def has_add_permission(self, request: HttpRequest, *_: Any) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False
