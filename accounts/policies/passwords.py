"""Password rules. Pure: values in, missing rules out. See docs/decisions/0009-password-rules.md."""

import functools
import gzip
import re
import string
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources

from accounts.policies import blocked_passwords

_LEET = str.maketrans("@4301!|$5+7", "aaeoiiiss" + "tt")
_WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "æ": "ae", "ø": "oe"})
_SHORTEST_WORD = 4
_SHORTEST_PART = 3
_FEWEST_OTHERS = 4
_FEWEST_GUESSES = 7.5  # as a power of ten; a random password of eight characters needs about 8
_ESTIMATED_LENGTH = 72  # characters; the estimator takes long for more
_TRADE = ("trading", "trader", "broker", "securities", "investing", "portal", "account")  # what such a firm does
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Rules:
    """The policy in force: lengths in code points, kinds of characters by name."""

    shortest: int
    longest: int
    classes: tuple[str, ...]


def normalised(password: str) -> str:
    """Return the one form in which a password is hashed and compared: composed (NFC).

    What looks the same and is typed the same is the same, whatever the keyboard sends; nothing else is changed.
    See docs/decisions/0025-passwords-in-one-form.md.
    """
    return unicodedata.normalize("NFC", password)


def older_forms(password: str) -> list[str]:
    """Return the other forms in which a hash of this password may have been made before: decomposed, as typed."""
    forms = dict.fromkeys((normalised(password), unicodedata.normalize("NFD", password), password))
    return list(forms)[1:]


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
    """Tell whether a password is well known, or a decorated form of a well-known one or of own words.

    Decoration: case, digits and symbols, letters written as digits or symbols. Own words: what others know
    about the customer and the firm, such as names, the username and the year of birth.
    """
    folded = unicodedata.normalize("NFKC", password).casefold()
    cores = {core for bare in _undecorated(folded) for core in (bare, bare.translate(_LEET))}
    is_blocked = folded in blocked_passwords.every() or not cores.isdisjoint(_famous())
    return is_blocked or _is_made_of((*own_words, *_TRADE), password)


def is_guessable(password: str, *, own_words: Iterable[str]) -> bool:
    """Tell whether an attacker who knows the usual patterns would need few guesses (zxcvbn's estimate).

    Looks at the first 72 characters. Takes milliseconds, up to about 50.
    """
    from zxcvbn import zxcvbn  # noqa: PLC0415  its lists take 13 MiB, which only a process that sets passwords needs

    known = sorted(_words(own_words))
    return float(zxcvbn(password[:_ESTIMATED_LENGTH], user_inputs=known)["guesses_log10"]) < _FEWEST_GUESSES


def _is_made_of(own_words: Iterable[str], password: str) -> bool:
    """Tell whether own words, combined and also backwards, leave little but digits and symbols.

    Little: fewer than four letters, or no more than the own words have.
    """
    plain = _plain(password)
    words = _words(own_words)
    spans = [span for word in words | {word[::-1] for word in words} for span in _found(word, plain)]
    named = {at for start, end in spans for at in range(start, end) if not plain[start:end].isdigit()}
    rest = sum(at not in named and _is_letter(sign) for at, sign in enumerate(plain))
    return bool(spans) and (rest < _FEWEST_OTHERS or rest <= len(named))


def _words(own_words: Iterable[str]) -> set[str]:
    """Return the parts of own words in both spellings of umlauts: muller and mueller for Müller."""
    composed = [unicodedata.normalize("NFC", word).casefold() for word in own_words]
    return {part for word in composed for form in (word, word.translate(_WRITTEN_OUT)) for part in _parts(_plain(form))}


def _plain(text: str) -> str:
    """Return the text without case, accents and other variants of letters."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return "".join(sign for sign in folded if not unicodedata.combining(sign))


def _parts(word: str) -> set[str]:
    """Return a word without separators, and each run of letters in it: obrien and brien for O'Brien."""
    return {part for part in (re.sub(r"[\W_]+", "", word), *_LETTERS.findall(word)) if len(part) > 1}


def _found(word: str, text: str) -> list[tuple[int, int]]:
    """Return where a word is in the text, as written or with symbols for letters; a very short one must stand alone."""
    alone = len(word) < _SHORTEST_PART
    pattern = rf"(?<![^\W\d_]){re.escape(word)}(?![^\W\d_])" if alone else re.escape(word)
    return [match.span() for form in (text, text.translate(_LEET)) for match in re.finditer(pattern, form)]


def _is_letter(sign: str) -> bool:
    return not (sign.isdigit() or sign.isspace() or sign in string.punctuation)


def _undecorated(text: str) -> set[str]:
    """Return the text without digits and symbols at its start, at its end, at both, and as it is.

    Stripped before symbols are read as letters: in ``Pa$$w0rd1!`` some are letters, some decoration.
    A remainder without letters is not a word.
    """
    signs = "".join({c for c in text if not c.isalpha()})
    bare = {text.strip(signs), text.lstrip(signs), text.rstrip(signs)}
    return {text} | {word for word in bare if len(word) >= _SHORTEST_WORD}


@functools.lru_cache(maxsize=1)
def _famous() -> frozenset[str]:
    path = resources.files("django.contrib.auth") / "common-passwords.txt.gz"
    with path.open("rb") as packed, gzip.open(packed, "rt", encoding="utf-8") as lines:
        return frozenset(line.strip() for line in lines)
