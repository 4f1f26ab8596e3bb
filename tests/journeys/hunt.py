"""Looking for secrets everywhere they could have been kept: tables, logs, mails, the cache."""

import base64
import html
import io
import json
import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus

from django.core import mail
from django.core.cache import caches

from portal.lib.logs import JsonFormatter
from portal.outbox.models import HookEvent
from tests.journeys import walk

_SHORT = 8  # characters; what is shorter is looked for as a word of its own


def spellings(secret: str) -> set[str]:
    """Return how a secret may look where it was kept: as it is, or encoded for an address, a page, a header."""
    raw = secret.encode()
    packed = {base64.b64encode(raw).decode().rstrip("="), base64.urlsafe_b64encode(raw).decode().rstrip("=")}
    return {secret, quote(secret), quote_plus(secret), html.escape(secret), raw.hex(), *packed}


def pattern(secret: str) -> re.Pattern[str]:
    """Return what finds a secret in any spelling and either case."""
    if len(secret) < _SHORT:
        # Six digits behind a time are its microseconds, which now and then are those of a code.
        return re.compile(rf"(?<![0-9A-Za-z])(?<!:\d\d\.){re.escape(secret)}(?![0-9A-Za-z])")
    return re.compile("|".join(map(re.escape, sorted(spellings(secret)))), re.IGNORECASE)


@dataclass
class Hunt:
    """Everything that was written while a story went on."""

    log: io.StringIO
    pages: list[str] = field(default_factory=list)

    def places(self) -> Iterator[tuple[str, str]]:
        """Yield each place by name with what stands in it."""
        for table, rows in walk.every_row().items():
            for row in rows:
                yield f"table {table}", " ".join(_text(cell) for cell in row)
        yield from (("log", line) for line in self.log.getvalue().splitlines())
        yield from (("mail", f"{message.message()}\n{message.body}") for message in mail.outbox)
        yield from (("event", json.dumps(event.body)) for event in HookEvent.objects.exclude(body=""))
        yield from (("cache", text) for text in _cached())
        yield from (("page", page) for page in self.pages)

    def found(self, secrets: Iterable[str]) -> list[tuple[str, str]]:
        """Return each secret that was kept, with its place."""
        texts: dict[str, list[str]] = {}
        for place, text in self.places():
            texts.setdefault(place, []).append(text)
        whole = {place: "\n".join(parts) for place, parts in texts.items()}
        return sorted((secret, place) for secret in secrets for place in whole if pattern(secret).search(whole[place]))


def _text(cell: object) -> str:
    return bytes(cell).decode("latin-1") if isinstance(cell, bytes | memoryview) else str(cell)


def _cached() -> Iterator[str]:
    cache = caches["default"]
    if hasattr(cache._cache, "get_client"):  # Redis
        client = cache._cache.get_client()
        yield from (_text(key) + _text(client.get(key) or b"") for key in client.keys("*"))
        return
    yield from (key + _text(value) for key, value in cache._cache.items())


def listen() -> tuple[logging.StreamHandler, io.StringIO, io.TextIOBase]:
    """Turn the portal's own log handler to a buffer; returns it, the buffer and where it wrote before."""
    handler = next(each for each in logging.root.handlers if isinstance(each.formatter, JsonFormatter))
    buffer = io.StringIO()
    return handler, buffer, handler.setStream(buffer)
