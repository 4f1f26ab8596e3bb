"""The readability of a text: its Flesch-Kincaid grade (Kincaid et al., 1975)."""

import re

from django.utils.html import strip_tags

from helpcenter import facts, rendering
from helpcenter.catalogue import Article

GOAL = 8.0
_SENTENCE_END = re.compile(r"[.!?]+(?:\s|$)|\n")
_WORD = re.compile(r"[A-Za-z']+")
_VOWELS = re.compile(r"[aeiouy]+")
_BLOCK_END = re.compile(r"</(?:p|li|h\d|td|th)>")


def of_article(article: Article) -> float:
    """Return the school grade an article requires; the firm's names and numbers count as one short word."""
    named = dict.fromkeys(facts.current(), "one")
    markup = _BLOCK_END.sub(".\n", rendering.markup(article, named))
    return grade(f"{article.short}\n{strip_tags(markup)}")


def grade(text: str) -> float:
    """Return the grade of a plain text; 0 if it has no words."""
    sentences = [part for part in _SENTENCE_END.split(text) if _WORD.search(part)]
    words = _WORD.findall(text)
    if not words:
        return 0.0
    syllables = sum(map(_syllables, words))
    return max(0.0, 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59)


def _syllables(word: str) -> int:
    plain = word.lower().removesuffix("es").removesuffix("ed")
    plain = plain.removesuffix("e") if not plain.endswith("le") else plain
    return max(1, len(_VOWELS.findall(plain)))
