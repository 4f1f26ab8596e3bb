"""What a password must be. Pure: values in, missing rules out. See docs/decisions/0009-password-rules.md."""

import functools
import gzip
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources

_LEET = str.maketrans("@4301!|$5+7", "aaeoiiiss" + "tt")
_SHORTEST_OWN_WORD = 4


@dataclass(frozen=True)
class Rules:
    """The policy in force: lengths in code points, kinds of characters by name."""

    shortest: int
    longest: int
    classes: tuple[str, ...]


def missing(password: str, rules: Rules) -> list[str]:
    """Return the names of the rules that are not met, in the order of the policy."""
    checks = {
        "upper": any(c.isupper() for c in password),
        "lower": any(c.islower() for c in password),
        "digit": any(c.isdigit() for c in password),
        "special": any(not c.isalnum() for c in password),
    }
    lacking = [] if len(password) >= rules.shortest else ["length"]
    return lacking + [name for name in rules.classes if not checks[name]]


def is_common(password: str, *, own_words: Iterable[str]) -> bool:
    """Tell whether a password is famous, or is a famous or own word with decoration.

    Decoration: case, digits and signs at both ends, letters written as digits or signs. Own words:
    the brand, the username, the e-mail name; matched when they make up most of the password.
    """
    folded = unicodedata.normalize("NFKC", password).casefold()
    cores = {core for text in (folded, folded.translate(_LEET)) for core in (text, text.strip("".join(_signs(text))))}
    known = _famous()
    if any(core in known for core in cores if core):
        return True
    words = {w.casefold() for w in own_words if len(w) >= _SHORTEST_OWN_WORD}
    words |= {w[::-1] for w in words}
    return any(w in core and len(w) * 2 >= len(core) for w in words for core in cores)


def _signs(text: str) -> set[str]:
    return {c for c in text if not c.isalpha()}


@functools.lru_cache(maxsize=1)
def _famous() -> frozenset[str]:
    path = resources.files("django.contrib.auth") / "common-passwords.txt.gz"
    with path.open("rb") as packed, gzip.open(packed, "rt", encoding="utf-8") as lines:
        return frozenset(line.strip() for line in lines)
