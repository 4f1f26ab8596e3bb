"""Every page of the portal, read from the URL table: path, name, methods, who may call it, form fields.

docs/reference/pages.md, ``manage.py portal_map`` and the tests that visit all pages use it, so that
none of them can miss a page.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import CodeType, ModuleType
from typing import Any

from django.forms import BaseForm
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.encoding import force_str
from django.views.generic import RedirectView

_VERBS = ("GET", "POST", "PUT", "DELETE")


@dataclass(frozen=True)
class Page:
    """One URL of the portal."""

    path: str
    name: str
    methods: tuple[str, ...]
    who: str
    fields: tuple[str, ...]
    task: str


def every_page() -> list[Page]:
    """Return all pages in the order of the URL table."""
    return list(_walk(get_resolver().url_patterns, "/", ""))


def _walk(patterns: Iterable[URLPattern | URLResolver], prefix: str, space: str) -> Iterator[Page]:
    for pattern in patterns:
        path = prefix + force_str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, path, inner)
        elif pattern.name:
            yield _page(path, f"{space}{pattern.name}", pattern.callback)


def _page(path: str, name: str, view: Callable[..., Any]) -> Page:
    layers = list(_layers(view))
    fields = tuple(_fields(layers[-1]))
    return Page(path, name, _methods(layers, fields), _who(path, layers), fields, _task(layers[-1]))


def _layers(view: Callable[..., Any]) -> Iterator[Any]:
    """Yield a view's decorators from the outside in, then the view itself (or its class)."""
    while not hasattr(view, "view_class") and hasattr(view, "__wrapped__"):
        yield view
        view = view.__wrapped__
    yield getattr(view, "view_class", view)


def _methods(layers: list[Any], fields: tuple[str, ...]) -> tuple[str, ...]:
    """Read the methods from the class, or from Django's ``require_...`` decorators."""
    view = layers[-1]
    if isinstance(view, type):
        return ("GET",) if issubclass(view, RedirectView) else tuple(m for m in _VERBS if hasattr(view, m.lower()))
    for layer in layers:
        if declared := inspect.getclosurevars(layer).nonlocals.get("request_method_list"):
            return tuple(method for method in _VERBS if method in declared)
    return ("GET", "POST") if fields else ("GET",)


def _who(path: str, layers: list[Any]) -> str:
    """Return who may call a page, from the ``who`` attribute of its guard."""
    for layer in layers:
        if stated := getattr(layer, "who", ""):
            return str(stated)
    if path.startswith("/admin/"):
        return "staff"
    return "signed in" if any(hasattr(layer, "login_url") for layer in layers) else "everybody"


def _fields(view: Any) -> Iterator[str]:
    """Yield the names of the fields posted to this view."""
    yield from sorted({name for form in _forms(view) for name in form.base_fields})


def _forms(view: Any) -> Iterator[Any]:
    """Yield the form classes that a view declares or uses in its code."""
    if isinstance(code := getattr(view, "__code__", None), CodeType):
        known = {name: view.__globals__[name] for name in code.co_names if name in view.__globals__}
        modules = [value for value in known.values() if isinstance(value, ModuleType)]
        named = [*known.values(), *(getattr(module, name, None) for module in modules for name in code.co_names)]
    else:
        named = [getattr(view, "form_class", None)]
    yield from (form for form in named if _is_form(form))


def _is_form(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, BaseForm) and hasattr(value, "base_fields")


def _task(view: Any) -> str:
    return (inspect.getdoc(view) or "").partition("\n")[0].rstrip(".")
