"""Arithmetic with colours written as #rrggbb: contrast as WCAG 2.2 defines it, and the nearest colour that passes."""

import re
from collections.abc import Callable, Iterable, Iterator
from colorsys import hls_to_rgb, rgb_to_hls
from typing import Final

Verdict = Callable[[str], bool]

WHITE: Final = "#ffffff"
BLACK: Final = "#000000"
_COLOUR: Final = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
_STEPS: Final = 400  # of lightness, from black to white


def is_colour(text: str) -> bool:
    """Tell whether this is a colour, written #rrggbb."""
    return _COLOUR.fullmatch(text) is not None


def luminance(colour: str) -> float:
    """Return the relative luminance, 0 (black) to 1 (white)."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def lowest(one: str, others: Iterable[str]) -> float:
    """Return the lowest contrast of a colour with several others."""
    return min(contrast(one, other) for other in others)


def mix(colour: str, other: str, share: float) -> str:
    """Return the colour with so much of the other in it, 0 to 1."""
    pairs = zip(_parts(colour), _parts(other), strict=True)
    return _written(mine + (theirs - mine) * share for mine, theirs in pairs)


def darkened(colour: str, passes: Verdict, *, most: float = 1.0) -> str:
    """Return the first colour of this hue that passes, from this lightness down; black if none does."""
    return next(filter(passes, _shades(colour, -1, most)), BLACK)


def nearest(colour: str, passes: Verdict) -> str:
    """Return the colour of this hue that passes and is nearest in lightness. Needs one that passes."""
    found = [shade for way in (-1, 1) if (shade := next(filter(passes, _shades(colour, way)), None))]
    return min(found, key=lambda shade: abs(_lightness(shade) - _lightness(colour)))


def _shades(colour: str, direction: int, most: float = 1.0) -> Iterator[str]:
    """Yield the colour itself and those of its hue, in steps to black (-1) or to white (1)."""
    hue, own, saturation = rgb_to_hls(*_parts(colour))
    if own <= most:
        yield colour.lower()
    start = round(min(own, most) * _STEPS)
    for step in range(start, -1 if direction < 0 else _STEPS + 1, direction):
        yield _written(hls_to_rgb(hue, step / _STEPS, saturation))


def _lightness(colour: str) -> float:
    return rgb_to_hls(*_parts(colour))[1]


def _parts(colour: str) -> tuple[float, float, float]:
    return int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255


def _written(parts: Iterable[float]) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)
