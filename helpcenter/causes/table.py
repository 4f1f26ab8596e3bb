"""One row of the cause table, and how rows are written."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from helpcenter import facts as installation

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Severity = Literal["info", "warn", "bad"]


@dataclass(frozen=True)
class Cause:
    """One reason why something was refused."""

    code: str
    title: "StrOrPromise"
    text: "StrOrPromise"
    row: str
    severity: Severity

    def words(self, **facts: object) -> str:
        """Return the text with its names filled in; plain text, to be escaped like any other.

        Raises KeyError when a name is left over that neither the settings nor the caller fill.
        """
        text = str(self.text)
        return text.format_map(installation.current() | facts) if "{" in text else text


def row(slug: str, severity: Severity, *causes: "tuple[str, StrOrPromise, StrOrPromise]") -> Iterable[Cause]:
    """Make causes that lead to the same problem page: code, title and text of each."""
    return (Cause(code, title, text, slug, severity) for code, title, text in causes)
