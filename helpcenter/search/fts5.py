"""SQLite: an FTS5 index over the entries (https://www.sqlite.org/fts5.html)."""

from django.db import connection

from helpcenter.search.words import Term


def find(terms: list[Term], *, language: str, need_all: bool, limit: int) -> list[str]:
    """Return page keys, best first; titles weigh most, then keywords, summaries, texts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT entry.page FROM helpcenter_search JOIN helpcenter_entry AS entry"
            " ON entry.id = helpcenter_search.rowid"
            " WHERE helpcenter_search MATCH %s AND entry.language = %s"
            " ORDER BY bm25(helpcenter_search, 10.0, 8.0, 4.0, 1.0), entry.id LIMIT %s",
            [_expression(terms, need_all=need_all), language, limit],
        )
        return [page for (page,) in cursor.fetchall()]


def rebuild() -> None:
    """Read the entries into the index."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO helpcenter_search(helpcenter_search) VALUES ('rebuild')")


def _expression(terms: list[Term], *, need_all: bool) -> str:
    # Words hold letters and digits only (words.terms), so nothing can end the quotes.
    groups = ["(" + " OR ".join(f'"{word}"*' for word in term) + ")" for term in terms]
    return (" AND " if need_all else " OR ").join(groups)
