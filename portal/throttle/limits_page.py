"""The limits as docs/reference/limits.md shows them."""

from datetime import timedelta

from portal.throttle import limits
from portal.throttle.counting import Limit


def markdown() -> str:
    """Return the rows of docs/reference/limits.md."""
    rows = ((limit.name, limit.bounds_what, *_cells(limit)) for limit in limits.every())
    return "\n".join(f"| `{name}` | {' | '.join(cells)} |" for name, *cells in rows)


def _cells(limit: Limit) -> tuple[str, ...]:
    bounds = limit.bounds
    return (
        _cell(str(bounds.tries), limit.tries),
        _cell(_words(bounds.window) or "never fade", limit.window),
        _cell(_words(bounds.pause) or "none", limit.pause),
        _cell(str(bounds.total or "none"), limit.total),
    )


def _cell(shown: str, source: object) -> str:
    return f"{shown} (`{source}`)" if isinstance(source, str) else shown


def _words(span: timedelta | None) -> str:
    if span is None:
        return ""
    if span.days:
        return f"{span.days} days" if span.days > 1 else "1 day"
    return f"{span // timedelta(minutes=1)} minutes"
