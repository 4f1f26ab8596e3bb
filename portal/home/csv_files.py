"""Lists to download, as CSV (RFC 4180); no cell is a formula."""

import csv
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.http import HttpResponse

MOST_LINES = 10_000
# What a spreadsheet would calculate (OWASP, CSV injection); the last four are the wide forms of the first.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def response(name: str, columns: Sequence[str], rows: Iterable[Sequence[str | Decimal | None]]) -> HttpResponse:
    """Return a file of this name; numbers stay numbers."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(answer, quoting=csv.QUOTE_ALL)
    writer.writerow(columns)
    writer.writerows([_cell(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return answer


def _cell(text: str) -> str:
    """Return the text of a cell, which no spreadsheet calculates."""
    plain = text.replace("\0", "")
    return f"'{plain}" if plain.startswith(_FORMULA) else plain
