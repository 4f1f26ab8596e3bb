"""The files of a brand: pictures of its folder and its stylesheet, each under an address that names its content."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Final

from django.conf import settings

from portal.brand import artwork, palette, stylesheet

SHEET: Final = "brand.css"
LOGO: Final = "logo.svg"
LOGO_DARK: Final = "logo-dark.svg"
ICON: Final = "icon.svg"
ICON_SIZES: Final = {"icon-192.png": 192, "icon-512.png": 512, "icon-maskable-512.png": 512}
_TYPES: Final = {".svg": "image/svg+xml", ".png": "image/png", ".css": "text/css; charset=utf-8"}
_FAULT: Final[dict[str, Callable[[bytes], str]]] = {
    **dict.fromkeys((LOGO, LOGO_DARK, ICON), artwork.svg_fault),
    **{name: partial(artwork.png_fault, pixels=pixels) for name, pixels in ICON_SIZES.items()},
}


@dataclass(frozen=True)
class File:
    """One file as it is served; ``served_as`` changes with its content."""

    name: str
    content: bytes

    @cached_property
    def served_as(self) -> str:
        """Return the last part of its address."""
        stem, _, ending = self.name.rpartition(".")
        return f"{stem}-{hashlib.sha256(self.content).hexdigest()[:12]}.{ending}"

    @property
    def content_type(self) -> str:
        """Return its type."""
        return _TYPES[Path(self.name).suffix]


@dataclass(frozen=True)
class Folder:
    """What the folder of a brand holds, and what is wrong with it; faulty files are left out."""

    files: Mapping[str, File] = field(default_factory=dict)
    faults: tuple[str, ...] = ()


def everything() -> Mapping[str, File]:
    """Return every file of the brand, by name."""
    return _everything(settings.PORTAL_BRANDING_DIR, palette.chosen(), settings.PORTAL_BRAND_FONT)


@lru_cache(maxsize=8)
def _everything(folder: str, _colours: palette.Chosen, _font: str) -> Mapping[str, File]:
    """Read the files once for a process: what changes in the folder is served after a restart."""
    rules = stylesheet.text()
    own = {SHEET: File(SHEET, rules.encode())} if rules else {}
    return own | dict(read(folder).files)


def read(folder: str) -> Folder:
    """Read the folder now. An empty name is no folder; unknown files in it are not looked at."""
    if not folder:
        return Folder()
    path = Path(settings.BASE_DIR) / folder
    if not path.is_dir():
        return Folder(faults=(f"{folder} is not a folder",))
    found: dict[str, File] = {}
    faults = []
    for name in _FAULT:
        try:
            found |= _file(path / name)
        except ValueError as error:
            faults.append(f"{name} {error}")
        except OSError as error:
            faults.append(f"{name} cannot be read ({error.strerror})")
    if not found and not faults:
        faults.append(f"{folder} holds none of {', '.join(_FAULT)}")
    return Folder(found, (*faults, *_missing(found)))


def _file(path: Path) -> dict[str, File]:
    """Return the file by its name, nothing if there is none. Raises: ``ValueError`` says what is wrong with it."""
    if not path.exists():
        return {}
    with path.open("rb") as opened:
        content = opened.read(artwork.MOST_BYTES + 1)
    if fault := _FAULT[path.name](content):
        raise ValueError(fault)
    return {path.name: File(path.name, content)}


def _missing(found: Mapping[str, File]) -> Iterator[str]:
    if LOGO_DARK in found and LOGO not in found:
        yield f"{LOGO} is missing, of which {LOGO_DARK} is the form for the dark theme"
