"""Search over the articles: one interface to the full-text index of either database.

What a visitor types is reduced to words before it reaches a query language, so no character in it
has a special meaning there.
"""

import hashlib
from types import ModuleType

from django.db import connection, transaction

from helpcenter import catalogue, rendering
from helpcenter.catalogue import Article
from helpcenter.models import Entry
from helpcenter.search import fts5, tsvector, words

LIMIT = 10
_BACK_ENDS: dict[str, ModuleType] = {"sqlite": fts5, "postgresql": tsvector}


def find(language: str, text: str) -> list[Article]:
    """Return the articles that match the text, best first, at most ``LIMIT``.

    All words must match; if no article has them all, any of them will do. Two statements at most.
    """
    indexed = language if language in catalogue.languages() else catalogue.SOURCE_LANGUAGE
    terms = words.terms(text, indexed)
    if not terms:
        return []
    shelf = catalogue.articles(language)
    back_end = _BACK_ENDS[connection.vendor]
    for need_all in (True, False):
        if pages := back_end.find(terms, language=indexed, need_all=need_all, limit=LIMIT):
            return [shelf[page] for page in pages if page in shelf]
    return []


@transaction.atomic
def load() -> int:
    """Rebuild the index from the articles; return how many entries it has. Safe to repeat."""
    Entry.objects.all().delete()
    rows = Entry.objects.bulk_create(_entries())
    _BACK_ENDS[connection.vendor].rebuild()
    return len(rows)


def is_stale() -> bool:
    """Tell whether the index was built from other articles or settings than the current ones."""
    return set(Entry.objects.values_list("edition", flat=True).distinct()) != {_edition(_entries())}


def _entries() -> list[Entry]:
    entries = [
        Entry(
            language=language,
            page=article.key,
            title=article.title,
            keywords=" ".join(article.keywords),
            summary=f"{article.summary} {article.why} {article.fix}".strip(),
            body=rendering.plain(article),
        )
        for language in catalogue.languages()
        for article in catalogue.articles(language).values()
        if article.is_listed
    ]
    edition = _edition(entries)
    for entry in entries:
        entry.edition = edition
    return entries


def _edition(entries: list[Entry]) -> str:
    texts = "\x1f".join(
        text for row in entries for text in (row.language, row.page, row.title, row.keywords, row.summary, row.body)
    )
    return hashlib.sha256(texts.encode()).hexdigest()
