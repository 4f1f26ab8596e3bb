"""The files of one run of welcome letters: a page for the printer, and a list for a print house."""

import csv
import errno
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Self, TextIO
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import formats

from accounts.actions.welcome.printing import Printed
from portal.brand import appearance

PAGE, LIST = "letters.html", "letters.csv"
_UNFINISHED = ".unfinished"
_HERE = "\f"  # where the letters stand in their page
_ADDRESS_LINES = 4
_COLUMNS = ("name", *(f"address_{n + 1}" for n in range(_ADDRESS_LINES)), "username", "realm", "code", "valid_until",
            "portal", "phone")  # fmt: skip


class LetterFiles:
    """Both files, open for writing under names of their own until they are complete.

    Only their owner can read them. Anything that goes wrong deletes them again; what a killed run leaves behind
    holds no code that works. Raises: ``FileExistsError`` if either name is taken, ``OSError``.
    """

    def __init__(self, folder: Path, *, now: datetime) -> None:
        self.folder, self.now = folder, now

    def __enter__(self) -> Self:
        self.folder.mkdir(mode=0o700, exist_ok=True)
        for name in (PAGE, LIST):
            if (self.folder / name).exists():
                raise FileExistsError(errno.EEXIST, "exists already", str(self.folder / name))
        self.page = self._new(PAGE)
        try:
            self.list = self._new(LIST)
        except OSError:
            self.page.close()
            self._unfinished(PAGE).unlink()
            raise
        self.rows = csv.writer(self.list)
        head, self.end = render_to_string("letters/page.html", self._firm() | {"letters": _HERE}).split(_HERE)
        self.page.write(head)
        self.rows.writerow(_COLUMNS)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.page.close()
        self.list.close()
        for name in (PAGE, LIST):
            self._unfinished(name).unlink(missing_ok=True)
            if kind is not None:
                (self.folder / name).unlink(missing_ok=True)

    def write(self, letters: Sequence[Printed]) -> None:
        """Write some letters to both files, and to the disk."""
        for letter in letters:
            until = self._day(letter.expires_at)
            facts = self._firm() | {"letter": letter, "date": self._day(self.now), "until": until}
            self.page.write(render_to_string("letters/letter.html", facts))
            self.rows.writerow(self._row(letter, until))
        self._sync()

    def complete(self) -> None:
        """Finish both files and give them their names."""
        self.page.write(self.end)
        self._sync()
        for name in (PAGE, LIST):
            self._unfinished(name).rename(self.folder / name)

    def _row(self, letter: Printed, until: str) -> list[str]:
        lines = [*letter.lines, *[""] * _ADDRESS_LINES][:_ADDRESS_LINES]
        firm = (settings.PORTAL_HOST, settings.PORTAL_SUPPORT_PHONE)
        return [letter.name, *lines, letter.username, letter.realm, letter.code, until, *firm]

    def _new(self, name: str) -> TextIO:
        number = os.open(self._unfinished(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        return os.fdopen(number, "w", encoding="utf-8", newline="")

    def _unfinished(self, name: str) -> Path:
        return self.folder / f"{name}{_UNFINISHED}"

    def _sync(self) -> None:
        for file in (self.page, self.list):
            file.flush()
            os.fsync(file.fileno())

    def _day(self, moment: datetime) -> str:
        return formats.date_format(moment.astimezone(ZoneInfo(settings.PORTAL_DEFAULT_TZ)), "j F Y")

    @staticmethod
    def _firm() -> dict[str, str]:
        return {
            "brand_name": settings.PORTAL_BRAND_NAME,
            "legal_name": settings.PORTAL_LEGAL_NAME,
            "logo": appearance.embedded_logo(),
            "key_name": settings.PORTAL_KEY_NAME,
            "portal_host": settings.PORTAL_HOST,
            "support_phone": settings.PORTAL_SUPPORT_PHONE,
        }
