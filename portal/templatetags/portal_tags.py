"""The portal's template tags, available in every template without ``{% load %}``."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.forms import BaseForm, BoundField, CheckboxInput
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from helpcenter import causes, facts
from portal.context import Support, everywhere
from portal.lib import telephone, time_format

register = template.Library()


@register.inclusion_tag("_components/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """Render one field: label, hint, error and control, connected for screen readers.

    The widget determines the kind of control: password (with Show), code
    (``autocomplete="one-time-code"``), checkbox, group of choices, or plain.
    """
    return {"bound": bound, "kind": _kind(bound)}


def _kind(bound: BoundField) -> str:
    widget = bound.field.widget
    if bound.use_fieldset:
        return "group"
    if isinstance(widget, CheckboxInput):
        return "checkbox"
    if getattr(widget, "input_type", "") == "password":
        return "password"
    return "code" if widget.attrs.get("autocomplete") == "one-time-code" else "plain"


@register.simple_tag
def icon(name: str) -> SafeString:
    """Render a symbol of icons.svg; it says nothing to screen readers, so a word stands beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', static("portal/icons.svg"), name
    )


@register.filter
def cause_title(code: str) -> str:
    """Return what a refusal is called, by the code of its cause."""
    return str(causes.get(code).title)


@register.simple_tag
def form_id() -> SafeString:
    """Render the id of this rendering of a form: pressed twice, it is answered once (accounts/repeated_posts.py)."""
    return format_html('<input type="hidden" name="form_id" value="{}">', secrets.token_urlsafe(16))


@register.inclusion_tag("_components/error_summary.html")
def error_summary(*forms: BaseForm | str | None, cause: Any = None) -> dict[str, Any]:
    """List the errors, each with a link to its field; render nothing if there are none.

    ``cause`` (a row of the cause table) adds a link to its help page.
    """
    problems = [problem for form in forms if isinstance(form, BaseForm) for problem in _problems(form)]
    return {"problems": problems, "cause": cause}


def _problems(form: BaseForm) -> Iterable[tuple[str, str]]:
    """Yield the id of the field (empty for the whole form) and its error, with the field's label."""
    for name, errors in form.errors.items():
        if name not in form.fields:
            yield from (("", str(error)) for error in errors)
            continue
        bound = form[name]
        label = bound.label if bound.label[-1:] in ":?.!" else f"{bound.label}:"
        yield from ((bound.id_for_label or bound.auto_id, f"{label} {error}") for error in errors)


@register.inclusion_tag("_components/table.html")
def cards_table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> dict[str, Any]:
    """Render a table whose rows become cards on a narrow screen; the first cell is the row's heading."""
    headed = [(cells[0], list(zip(columns[1:], cells[1:], strict=True))) for cells in rows]
    return {"caption": caption, "columns": columns, "rows": headed}


@register.simple_tag(takes_context=True)
def part(context: Context, name: str) -> SafeString:
    """Render a part of the frame that is the same for every reader, cached while the support line's state lasts.

    ``name``: a template that reads only what ``portal.context.brand`` provides.
    """
    return _part(name, get_language() or "", time_format.reader_zone(), context["support"])


@lru_cache(maxsize=64)
def _part(name: str, language: str, zone: str, support: Support) -> SafeString:
    return mark_safe(render_to_string(name, everywhere() | {"support": support}))  # noqa: S308  # our own template


@receiver(setting_changed)
def _forget_parts(**_: Any) -> None:
    _part.cache_clear()


@register.simple_tag
def local_time(moment: datetime, zone: str = "") -> SafeString:
    """Show a moment as a time of day with its zone in words: 14:32 (New York time)."""
    return _stamp(moment, zone, "H:i")


@register.simple_tag
def local_moment(moment: datetime, zone: str = "") -> SafeString:
    """Show a moment with its date: 3 March 2027, 14:32 (New York time)."""
    return _stamp(moment, zone, "j F Y, H:i")


@register.simple_tag
def local_short(moment: datetime, now: datetime, zone: str = "") -> SafeString:
    """Show a moment without its zone, for tables that say it once: 14:32 if it is today, else 3 March, 14:32."""
    with timezone.override(zone or time_format.reader_zone()):
        words = time_format.short_words(moment, now)
    return format_html('<time datetime="{}">{}</time>', _local(moment, zone).isoformat("T", "seconds"), words)


@register.simple_tag
def local_day(moment: datetime, zone: str = "") -> SafeString:
    """Show the day of a moment that has been: yesterday."""
    return format_html(
        '<time datetime="{}">{}</time>',
        _local(moment, zone).isoformat("T", "seconds"),
        time_format.day_words(moment, zone),
    )


@register.simple_tag
def plain_moment(moment: datetime, zone: str = "") -> str:
    """Return the same in plain text, for e-mails."""
    return time_format.time_words(moment, zone, "j F Y, H:i")


@register.simple_tag
def local_weekday(moment: datetime, zone: str = "") -> SafeString:
    """Show a moment within the coming week: Monday 08:00 (New York time)."""
    return _stamp(moment, zone, "l H:i")


def _stamp(moment: datetime, zone: str, pattern: str) -> SafeString:
    local = _local(moment, zone).isoformat(timespec="seconds")
    return format_html('<time datetime="{}">{}</time>', local, time_format.time_words(moment, zone, pattern))


def _local(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone or time_format.reader_zone()))


register.filter("phone_linked", telephone.linked)
register.filter("desk_moment", time_format.short_words)
register.filter("next_minute", time_format.next_minute)
register.filter("zone_words", time_format.zone_words)
register.filter("clock_words", facts.clock_words)
