"""What is wrong with the firm's books, each with its place."""

from dataclasses import dataclass, field


class TooManyProblems(Exception):
    """The limit of problems is reached; reading on is of no use."""


@dataclass(frozen=True)
class Place:
    """Where something stands: ``line`` 0 for the whole file, no ``file`` where there is one only."""

    line: int
    file: str = ""

    def __str__(self) -> str:
        return ", ".join([*([self.file] if self.file else []), *([f"line {self.line}"] if self.line else [])])


@dataclass(frozen=True)
class Problem:
    """A problem, with its place and column."""

    place: Place
    column: str
    sentence: str

    def __str__(self) -> str:
        where = ", ".join(filter(None, (str(self.place), self.column)))
        return f"{where}: {self.sentence}" if where else self.sentence


@dataclass
class Problems:
    """The mistakes found so far, up to a limit, and remarks on what is taken all the same.

    ``limit`` 0: a feed, which goes on; it keeps the first ones and counts the rest. ``record_count``: records that
    have mistakes; those of one record come one after the other.
    """

    limit: int
    found: list[Problem] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)
    count: int = 0
    record_count: int = 0
    remark_count: int = 0
    _kept = 100
    _last: Place | None = None

    def add(self, place: Place, column: str, sentence: str) -> None:
        """Note one. Raises: ``TooManyProblems`` when the limit is reached."""
        self.count += 1
        self.record_count += place != self._last
        self._last = place
        if len(self.found) < max(self.limit, self._kept):
            self.found.append(Problem(place, column, sentence))
        if self.limit and self.count >= self.limit:
            raise TooManyProblems

    def remark(self, place: Place, column: str, sentence: str) -> None:
        """Point something out."""
        self.remark_count += 1
        if len(self.remarks) < self._kept:
            self.remarks.append(Problem(place, column, sentence))
