"""What a password must be. Pure: values in, missing rules out. See docs/decisions/0009-password-rules.md."""

import functools
import gzip
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources

_LEET = str.maketrans("@4301!|$5+7", "aaeoiiiss" + "tt")
_SHORTEST_WORD = 4


@dataclass(frozen=True)
class Rules:
    """The policy in force: lengths in code points, kinds of characters by name."""

    shortest: int
    longest: int
    classes: tuple[str, ...]


def missing(password: str, rules: Rules) -> list[str]:
    """Return the names of the rules that are not met, in the order of the policy."""
    kinds = {unicodedata.category(c) for c in password}  # the live checklist of the page tells them apart alike
    checks = {
        "upper": "Lu" in kinds,
        "lower": "Ll" in kinds,
        "digit": "Nd" in kinds,
        "special": any(kind[0] not in "LN" for kind in kinds),
    }
    lacking = [] if len(password) >= rules.shortest else ["length"]
    return lacking + [name for name in rules.classes if not checks[name]]


def is_common(password: str, *, own_words: Iterable[str]) -> bool:
    """Tell whether a password is famous, or is a famous or own word with decoration.

    Decoration: case, digits and signs at both ends, letters written as digits or signs. Own words:
    the brand, the username, the e-mail name; matched when they make up most of the password.
    """
    folded = unicodedata.normalize("NFKC", password).casefold()
    cores = {core for bare in _undecorated(folded) for core in (bare, bare.translate(_LEET))}
    if not cores.isdisjoint(_famous()):
        return True
    words = {w.casefold() for w in own_words if len(w) >= _SHORTEST_WORD}
    words |= {w[::-1] for w in words}
    return any(w in core and len(w) * 2 >= len(core) for w in words for core in cores)


def _undecorated(text: str) -> set[str]:
    """Return the text without digits and signs at its start, at its end, at both, and as it is.

    Taken off before signs are read as letters: in ``Pa$$w0rd1!`` some of them are letters, some decoration.
    What is left of mere signs is no word.
    """
    signs = "".join({c for c in text if not c.isalpha()})
    bare = {text.strip(signs), text.lstrip(signs), text.rstrip(signs)}
    return {text} | {word for word in bare if len(word) >= _SHORTEST_WORD}


@functools.lru_cache(maxsize=1)
def _famous() -> frozenset[str]:
    path = resources.files("django.contrib.auth") / "common-passwords.txt.gz"
    with path.open("rb") as packed, gzip.open(packed, "rt", encoding="utf-8") as lines:
        return frozenset(line.strip() for line in lines)
