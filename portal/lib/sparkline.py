"""The line of a small chart, as the path of an SVG."""

from collections.abc import Sequence
from decimal import Decimal


def path(values: Sequence[Decimal], *, width: int, height: int) -> str:
    """Return the ``d`` of a path through these values, spread over the width; empty for fewer than two.

    The highest value is at the top, the lowest at the bottom; where all are the same, in the middle.
    """
    if len(values) < 2:
        return ""
    low, high = min(values), max(values)
    span, step = high - low, width / (len(values) - 1)
    heights = [float((high - value) / span) * height if span else height / 2 for value in values]
    return "M" + " ".join(f"{place * step:.1f},{at:.1f}" for place, at in enumerate(heights))
