"""Reading a JSON file with every problem named by its place, all of them in one go."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

_SPAN = re.compile(r"-(\d{1,5})([dhm])")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}
_LABELS = ("username", "number", "name", "question", "kind")


class Record:
    """One JSON object. A wrong value is noted with its place and replaced, so that reading goes on."""

    def __init__(self, value: Any, place: str, problems: list[str]) -> None:
        """Keep the object; ``problems`` is shared by all records of a file."""
        self.place, self.problems = place, problems
        self._asked: set[str] = set()
        self._values: dict[str, Any] = value if isinstance(value, dict) else {}
        if not isinstance(value, dict):
            self.complain("", "must be an object in braces")

    def complain(self, name: str, sentence: str) -> None:
        """Note a problem with one value, or with the whole record."""
        self.problems.append(f"{self.place}{'.' if name and self.place else ''}{name}: {sentence}")

    def names(self) -> list[str]:
        """Return the names this record has."""
        return list(self._values)

    def has(self, name: str) -> bool:
        """Tell whether there is such a value."""
        return name in self._values

    def text(self, name: str, default: str | None = None, *, longest: int = 200, pattern: str = "") -> str:
        """Return a text; without a default it must be there and not be empty."""
        value = self._take(name, default)
        if value is None:
            return ""
        if not isinstance(value, str) or (default is None and not value):
            self.complain(name, "must be a text in quotes" if not isinstance(value, str) else "must not be empty")
        elif len(value) > longest:
            self.complain(name, f"is {len(value)} characters long, {longest} is the most")
        elif not value.isprintable():
            self.complain(name, "holds a character that cannot be printed")
        elif pattern and value != default and not re.fullmatch(pattern, value):
            self.complain(name, f"{value!r} does not have the right form")
        else:
            return value
        return default or ""

    def choice(self, name: str, choices: Iterable[str], default: str | None = None) -> str:
        """Return one of these words."""
        words, value = list(choices), self.text(name, default)
        if value in words:
            return value
        if value:
            self.complain(name, f"{value!r} is not one of {', '.join(words)}")
        return default or words[0]

    def whole(self, name: str, default: int, *, low: int, high: int) -> int:
        """Return a whole number between two bounds."""
        value = self._take(name, default)
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self.complain(name, f"must be a whole number from {low} to {high}")
        return default

    def flag(self, name: str) -> bool:
        """Return true or false, false if it is not there."""
        value = self._take(name, False)
        if not isinstance(value, bool):
            self.complain(name, "must be true or false")
        return value is True

    def amount(self, name: str) -> Decimal | None:
        """Return a decimal number, written as a text, or None if it is not there."""
        value = self.text(name, "")
        try:
            return Decimal(value) if value else None
        except InvalidOperation:
            self.complain(name, f"{value!r} is not an amount such as 1210.40")
            return None

    def day(self, name: str) -> str:
        """Return a date such as 1985-12-10, as a text."""
        value = self.text(name)
        try:
            return date.fromisoformat(value).isoformat() if value else value
        except ValueError:
            self.complain(name, f"{value!r} is not a date such as 1985-12-10")
            return ""

    def moment(self, name: str, default: str | None = None, *, now: datetime) -> datetime:
        """Return a time: so long before now (``-2d``, ``-3h``, ``-30m``), or a moment in ISO 8601 with its zone."""
        value = self.text(name, default)
        if span := _SPAN.fullmatch(value):
            return now - timedelta(**{_UNITS[span[2]]: int(span[1])})
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            moment = None
        if moment is not None and moment.tzinfo is not None:
            return moment
        if value:
            self.complain(name, f"{value!r} is neither like -2d, -3h or -30m nor like 2026-03-02T09:30:00+00:00")
        return now

    def mapping(self, name: str) -> dict[str, str]:
        """Return an object whose values are texts."""
        record = self.record(name)
        return {key: record.text(key, "") for key in record.names()} if record else {}

    def texts(self, name: str) -> list[str]:
        """Return a list of texts."""
        value = self._take(name, [])
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return value
        self.complain(name, "must be a list of texts")
        return []

    def record(self, name: str) -> "Record | None":
        """Return an object inside this one, or None if it is not there."""
        value = self._take(name, {})
        return Record(value, f"{self.place}.{name}".strip("."), self.problems) if self.has(name) else None

    def records(self, name: str) -> list["Record"]:
        """Return the objects of a list, each with a place that names it."""
        value = self._take(name, [])
        if not isinstance(value, list):
            self.complain(name, "must be a list in brackets")
            return []
        start = f"{self.place}.{name}".strip(".")
        return [Record(item, f"{start}[{number}]{_label(item)}", self.problems) for number, item in enumerate(value)]

    def close(self) -> None:
        """Complain of every name that nobody asked for."""
        for name in sorted(self._values.keys() - self._asked):
            self.complain(name, "is not a name this format knows")

    def _take(self, name: str, default: Any) -> Any:
        self._asked.add(name)
        if default is None and name not in self._values:
            self.complain(name, "is missing")
        return self._values.get(name, default)


def _label(item: Any) -> str:
    if not isinstance(item, dict):
        return ""
    return next((f" ({item[name]})" for name in _LABELS if isinstance(item.get(name), str)), "")
