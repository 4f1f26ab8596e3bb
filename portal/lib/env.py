"""Typed readers for settings that come from the environment.

Every reader takes the variable's name, its default and its help text, refuses
invalid values with a plain sentence, and remembers what it read, so that the
settings reference is generated from the values in force.
A secret may also come from a file: ``PORTAL_X_FILE`` holds the path.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from portal.lib import strict_json

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}
_MOST_DIGITS = 18
_LONGEST_LABEL, _LONGEST_ADDRESS = 60, 2_000


@dataclass(frozen=True)
class Reading:
    """One setting: its value, where it came from and what it means."""

    name: str
    value: Any
    default: Any
    origin: str
    unit: str
    help: str
    is_secret: bool = False


READINGS: dict[str, Reading] = {}


def _raw(name: str) -> tuple[str | None, str]:
    value = os.environ.get(name)
    path = os.environ.get(f"{name}_FILE")
    if value is not None and path is not None:
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE, not both.")
    if path is not None:
        try:
            return Path(path).read_text(encoding="utf-8").strip(), "file"
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE: cannot read {path} ({error.strerror}).") from error
        except UnicodeDecodeError as error:
            raise ImproperlyConfigured(f"{name}_FILE: {path} is not UTF-8 text.") from error
    return value, "environment" if value is not None else "default"


def _remember(
    name: str, value: Any, default: Any, origin: str, *, unit: str = "", help: str, is_secret: bool = False
) -> None:
    READINGS[name] = Reading(name, value, default, origin, unit, help, is_secret)


def text(name: str, default: str, *, help: str) -> str:
    """Read free text."""
    raw, origin = _raw(name)
    value = default if raw is None else raw
    _remember(name, value, default, origin, help=help)
    return value


def flag(name: str, default: bool, *, help: str) -> bool:
    """Read a boolean."""
    raw, origin = _raw(name)
    if raw is None:
        value = default
    elif raw.lower() in _TRUE | _FALSE:
        value = raw.lower() in _TRUE
    else:
        raise ImproperlyConfigured(f"{name} must be yes or no, you gave {raw!r}.")
    _remember(name, value, default, origin, help=help)
    return value


def number(name: str, default: int, *, low: int, high: int, unit: str, help: str) -> int:
    """Read a whole number between low and high, both included."""
    raw, origin = _raw(name)
    value = default
    if raw is not None:
        if not raw.isascii() or not raw.isdigit() or len(raw) > _MOST_DIGITS:
            raise ImproperlyConfigured(f"{name} must be a whole number of {low} or more, you gave {raw!r}.")
        value = int(raw)
    if not low <= value <= high:
        raise ImproperlyConfigured(f"{name} must be between {low} and {high} {unit}, you gave {value}.")
    _remember(name, value, default, origin, unit=unit, help=help)
    return value


def listed(text: str) -> list[str]:
    """Return what stands between commas, without blanks around it."""
    return [word.strip() for word in text.split(",") if word.strip()]


def words(name: str, default: list[str], *, help: str) -> list[str]:
    """Read a list of words separated by commas."""
    raw, origin = _raw(name)
    value = default if raw is None else listed(raw)
    _remember(name, value, default, origin, help=help)
    return value


def mapping(name: str, default: dict[str, str], *, help: str) -> dict[str, str]:
    """Read a JSON object of strings."""
    raw, origin = _raw(name)
    value = default
    if raw is not None:
        try:
            value = json.loads(raw)
        except ValueError as error:
            raise ImproperlyConfigured(f"{name} must be a JSON object, you gave {raw!r}.") from error
        if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
            raise ImproperlyConfigured(f"{name} must be a JSON object of texts, you gave {raw!r}.")
    _remember(name, value, default, origin, help=help)
    return value


def links(name: str, *, help: str) -> dict[str, str]:
    """Read links as a JSON object of label and address, in the order in which they are shown.

    An address is https, or a path of the portal's own; a page leads nowhere else.
    """
    raw, origin = _raw(name)
    value: dict[str, str] = {}
    if raw:
        try:
            value = strict_json.loads(raw)
        except strict_json.Unreadable as error:
            raise ImproperlyConfigured(f"{name} must be a JSON object of labels and addresses: {error}.") from error
        if not isinstance(value, dict):
            raise ImproperlyConfigured(f"{name} must be a JSON object of labels and addresses, you gave {raw!r}.")
        for label, address in value.items():
            _refuse_link(name, label, address)
    _remember(name, value, {}, origin, help=help)
    return value


def _refuse_link(name: str, label: str, address: Any) -> None:
    if not label.strip() or not label.isprintable() or len(label) > _LONGEST_LABEL:
        raise ImproperlyConfigured(f"{name}: a label has 1 to {_LONGEST_LABEL} visible characters, you gave {label!r}.")
    if not isinstance(address, str) or not _is_address(address):
        raise ImproperlyConfigured(
            f"{name}: {label} must lead to https://... or to a path such as /help/, you gave {address!r}."
        )


def _is_address(address: str) -> bool:
    """Tell whether browsers read this as an https address without a log-in, or as a path of the portal's own."""
    if not address.isprintable() or len(address) > _LONGEST_ADDRESS or set(address) & set(" \\<>\"'`"):
        return False
    try:
        parts = urlsplit(address)
        _port = parts.port  # raises if it is none
    except ValueError:
        return False
    if parts.scheme == "https":
        return bool(parts.hostname) and "@" not in parts.netloc
    return address.startswith("/") and not parts.scheme and not parts.netloc and not address.startswith("//")


def secret(name: str, *, development: str | None, shortest: int = 0, published: str = "", help: str) -> str:
    """Read a secret, from the variable or from the file it names.

    ``development`` is used in demos and tests; otherwise a missing secret prevents the start, and so does
    one shorter than ``shortest`` characters or one that contains the publicly known ``published``. An empty
    ``development`` means that the portal can do without this secret.
    """
    raw, origin = _raw(name)
    value = development if raw is None else raw
    if value is None or (raw is not None and not raw):
        raise ImproperlyConfigured(f"{name} (or {name}_FILE) must be set. {help}")
    if published and published in value:
        raise ImproperlyConfigured(f"{name} is published with the program and keeps nothing secret: make your own.")
    if value and len(value) < shortest:
        raise ImproperlyConfigured(f"{name} must be {shortest} characters or longer, you gave {len(value)}.")
    _remember(name, value, "" if development == "" else None, origin, help=help, is_secret=True)
    return value
