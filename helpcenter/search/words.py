"""From typed text to the words of the articles: plain words, synonyms, typing mistakes."""

import difflib
import re
import unicodedata
from functools import cache
from typing import Any, Final

from django.core.signals import setting_changed

from helpcenter import catalogue, rendering

Term = tuple[str, ...]
"""One thing that was asked for: the word typed and the words that may stand for it."""

MAX_TEXT: Final = 200
MAX_TERMS: Final = 8
MAX_WORD: Final = 32
_SHORTEST_WITH_SLIPS = 4
_WORD = re.compile(r"[^\W_]+")


def terms(text: str, language: str) -> list[Term]:
    """Return the terms of a query; empty if there is no word in it."""
    typed = split(text)
    telling = [word for word in typed if word not in common(language)] or typed
    return [_alternatives(word, language) for word in dict.fromkeys(telling[:MAX_TERMS])]


def split(text: str) -> list[str]:
    """Return the words of a text, in lower case, letters and digits only; a long text is cut off."""
    plain = unicodedata.normalize("NFKC", text[:MAX_TEXT]).casefold()
    return [word[:MAX_WORD] for word in _WORD.findall(plain)]


def _alternatives(word: str, language: str) -> Term:
    others = synonyms(language).get(word, ())
    if others or len(word) < _SHORTEST_WITH_SLIPS or any(known.startswith(word) for known in _vocabulary(language)):
        return (word, *others)
    return (word, *_slips(word, language))


def _slips(word: str, language: str) -> list[str]:
    near = [known for known in _vocabulary(language) if known[0] == word[0] and abs(len(known) - len(word)) <= 1]
    return difflib.get_close_matches(word, near, n=2, cutoff=0.75)


@cache
def common(language: str) -> frozenset[str]:
    """Return the words that every article has; without them a typed sentence is still a useful query.

    Read from ``articles/<language>/common-words.txt``.
    """
    return frozenset(_read(language, "common-words.txt").split())


@cache
def synonyms(language: str) -> dict[str, Term]:
    """Return the articles' words for a thing, by what people type.

    Read from ``articles/<language>/synonyms.txt``: lines of "our words: their words", commas between.
    """
    known: dict[str, Term] = {}
    for line in _read(language, "synonyms.txt").splitlines():
        ours, colon, theirs = line.partition(":")
        for word in theirs.split(",") if colon else ():
            known[word.strip()] = known.get(word.strip(), ()) + tuple(item.strip() for item in ours.split(","))
    return known


def _read(language: str, name: str) -> str:
    path = catalogue.ROOT / language / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


@cache
def _vocabulary(language: str) -> frozenset[str]:
    texts = (
        f"{article.title} {article.summary} {' '.join(article.keywords)} {rendering.plain(article)}"
        for article in catalogue.articles(language).values()
    )
    return frozenset(word for text in texts for word in _WORD.findall(text.casefold())) | synonyms(language).keys()


def forget(*, setting: str = "PORTAL_", **_signal: Any) -> None:
    """Clear what was learned from the articles."""
    if setting.startswith("PORTAL_"):
        common.cache_clear()
        synonyms.cache_clear()
        _vocabulary.cache_clear()


setting_changed.connect(forget)
