"""One clock for all processes of an installation: the wall's, set forward by as much as stands in a file."""

from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

_on_the_wall = timezone.now


class SetForward:
    """The time as every process of the installation sees it; it goes on, and may be set forward."""

    def __init__(self, file: Path) -> None:
        self.file = file

    @property
    def ahead(self) -> timedelta:
        return timedelta(seconds=float(self.file.read_text(encoding="ascii")) if self.file.exists() else 0)

    def now(self) -> datetime:
        return _on_the_wall() + self.ahead

    def move(self, **span: float) -> None:
        """Set the clock forward by that much (``hours=24``); no process reads half a number."""
        new = self.file.with_suffix(".new")
        new.write_text(str((self.ahead + timedelta(**span)).total_seconds()), encoding="ascii")
        new.rename(self.file)
