"""What a picture of a brand may be: an SVG that only draws, or a PNG of the size asked for."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final
from xml.etree import ElementTree as ET

MOST_BYTES: Final = 200_000
_SVG: Final = "http://www.w3.org/2000/svg"
# Notes of drawing programs, which browsers ignore.
_NOTES: Final = (
    "http://www.inkscape.org/namespaces/inkscape",
    "http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "http://creativecommons.org/ns#",
    "http://purl.org/dc/elements/1.1/",
    "http://www.bohemiancoding.com/sketch/ns",
)
_DRAWS: Final = re.compile(
    "svg|g|defs|symbol|use|title|desc|metadata|style|path|rect|circle|ellipse|line|polyline|polygon|text|tspan|"
    r"linearGradient|radialGradient|stop|pattern|clipPath|mask|marker|switch|filter|fe[A-Z]\w+"
)
_DECLARES: Final = re.compile(r"<!(?:DOCTYPE|ENTITY)|<\?(?!xml\s)", re.IGNORECASE)
_ENCODED: Final = re.compile(r"<\?xml\s[^>]*?encoding\s*=\s*['\"](?!utf-8['\"])", re.IGNORECASE)
_OUTSIDE: Final = re.compile(
    r"//|\\|@(?!media\b)|(?:data|javascript):|(?:url|src|image|image-set)\s*\(\s*+(?!['\"]?#)", re.IGNORECASE
)
_PNG: Final = b"\x89PNG\r\n\x1a\n"


def svg_fault(content: bytes) -> str:
    """Return what is wrong with this SVG; empty if it only draws.

    It is shown as an image, where browsers run no script anyway; this refuses what somebody could open by its address.
    """
    if len(content) > MOST_BYTES:
        return f"is larger than {MOST_BYTES // 1000} kB"
    try:
        text = content.decode("utf-8-sig")
        # Without a DOCTYPE there are no entities to expand.
        return next(_faults_of_text(text), "") or next(_faults_of_tree(ET.fromstring(text)), "")  # noqa: S314
    except UnicodeDecodeError:
        return "is not UTF-8 text"
    except (ET.ParseError, ValueError) as error:
        return f"is not well-formed ({error})"


@lru_cache(maxsize=8)
def size(content: bytes) -> tuple[float, float] | None:
    """Return width and height of an SVG, from its viewBox."""
    return _size(ET.fromstring(content))  # noqa: S314  it was looked at before


def _size(root: ET.Element) -> tuple[float, float] | None:
    numbers = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    try:
        _x, _y, width, height = map(float, numbers)
    except ValueError:
        return None
    return (width, height) if 0 < width < 1e6 and 0 < height < 1e6 else None


def png_fault(content: bytes, pixels: int) -> str:
    """Return what is wrong with this PNG; empty if it is a square of so many pixels."""
    if len(content) > MOST_BYTES:
        return f"is larger than {MOST_BYTES // 1000} kB"
    if not content.startswith(_PNG) or content[12:16] != b"IHDR":
        return "is not a PNG"
    width, height = (int.from_bytes(content[start : start + 4]) for start in (16, 20))
    return "" if width == height == pixels else f"has {width} x {height} pixels, not {pixels} x {pixels}"


def _faults_of_text(text: str) -> Iterator[str]:
    if _ENCODED.search(text):
        yield "declares another encoding than UTF-8"
    if _DECLARES.search(text):
        yield "has a <!DOCTYPE>, an <!ENTITY> or a <?...?> instruction; save it as plain SVG"


def _faults_of_tree(root: ET.Element) -> Iterator[str]:
    if root.tag != f"{{{_SVG}}}svg":
        yield f'does not begin with <svg xmlns="{_SVG}">'
    if _size(root) is None:
        yield "has no viewBox with a width and a height"
    for element in root.iter():
        space, _, name = element.tag.rpartition("}")
        if space[1:] in _NOTES:
            continue
        if space[1:] != _SVG or not _DRAWS.fullmatch(name):
            yield f"contains <{name}>, which is more than drawing"
        if name == "style" and _OUTSIDE.search("".join(element.itertext())):
            yield "has a <style> that refers to something outside of it"
        for attribute, value in element.items():
            yield from _faults_of(attribute, value)


def _faults_of(attribute: str, value: str) -> Iterator[str]:
    space, _, name = attribute.rpartition("}")
    if space[1:] in _NOTES:
        return
    if name.lower().startswith("on"):
        yield f"has the attribute {name}, which runs script"
    elif name.lower() == "href" and not value.strip().startswith("#"):
        yield f"refers to {value[:40]!r}, which is outside of it"
    elif name.lower() != "href" and _OUTSIDE.search(value):
        yield f"has the attribute {name}, which refers to something outside of it"
