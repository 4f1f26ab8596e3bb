"""Views that answer only POST, known as such before they are called."""

from collections.abc import Callable
from typing import TypeVar

from django.views.decorators.http import require_POST as django_require_post

View = TypeVar("View", bound=Callable[..., object])

_MARK = "is_post_only"


def require_POST(view: View) -> View:  # noqa: N802  Django's name
    """Answer only POST; such an address is never where somebody is sent next."""
    return mark_post_only(django_require_post(view))


def mark_post_only(view: View) -> View:
    """Say of a view that it answers only POST."""
    view.__dict__[_MARK] = True
    return view


def is_post_only(view: Callable[..., object]) -> bool:
    """Tell whether a view answers only POST."""
    return bool(getattr(view, _MARK, False))
