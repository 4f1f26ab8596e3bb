"""System checks: misleading help is refused at start, with what to correct.

E001 unknown variable, E002 hard-coded limit, E003 invalid article, E004 promise id, E005 cause without its
row, E006 row and cause disagree, E007 broken link, E008 a word customers should not see, W001 stale index.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning
from django.db import connections
from django.urls import NoReverseMatch, Resolver404, resolve

from helpcenter import catalogue, causes, facts, rendering
from helpcenter.catalogue import Article, ArticleError

_COUNT = "two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|sixty|hundred"
_UNIT = "minutes?|hours?|seconds?|days?|tries|attempts?|times|characters?|digits?"
TYPED_LIMIT = re.compile(rf"\b(?:\d+|{_COUNT})[\s-]+(?:{_UNIT})\b", re.IGNORECASE)
_PROMISE = re.compile(r"[A-Z]+-[1-9]\d*")
_JARGON = re.compile(r"\b(?:invalid|tokens?|credentials?|authenticat(?!ors?\b)\w+|sessions?)\b", re.IGNORECASE)


@register("helpcenter")
def check_help(**_options: Any) -> list[CheckMessage]:
    """Check all articles and the cause table."""
    found: list[CheckMessage] = []
    for language in catalogue.languages():
        try:
            articles = catalogue.sources(language)
        except ArticleError as error:
            found.append(_error(3, str(error), hint="See helpcenter/catalogue.py for the format of an article."))
        else:
            found += [problem for article in articles for problem in check_article(article)]
            found += check_causes(articles)
    return found


def check_article(article: Article) -> Iterator[CheckMessage]:
    """Yield the errors in one article by itself."""
    text = f"{article.short}\n{article.source}"
    name = f"{article.language}/{article.key}"
    for variable in sorted(set(catalogue.VARIABLE.findall(text)) - facts.current().keys()):
        hint = f"Known: {', '.join(sorted(facts.current()))}."
        yield _error(1, f"{name} uses the unknown variable {variable!r}.", hint=hint)
    for limit in TYPED_LIMIT.findall(text):
        yield _error(
            2, f"{name} has a hard-coded limit: {limit!r}.", hint="Use a variable, so that it is always right."
        )
    for promise in article.promises:
        if not _PROMISE.fullmatch(promise):
            yield _error(
                4, f"{name} names {promise!r}, which is not a promise id.", hint="A promise id looks like LOCK-2."
            )
    for word in _JARGON.findall(text):
        yield _error(8, f"{name} uses the word {word!r}.", hint="Use plain words instead.")
    if article.language == catalogue.SOURCE_LANGUAGE:
        yield from _check_links(name, article)


def check_causes(articles: Iterable[Article]) -> Iterator[CheckMessage]:
    """Yield the differences between the cause table and the rows of one language."""
    rows = {article.slug: article for article in articles if article.section == "problem"}
    for cause in causes.every():
        row = rows.get(cause.row)
        if row is None:
            hint = f"Write articles/.../problem/{cause.row}.md."
            yield _error(5, f"Cause {cause.code} leads to the row {cause.row!r}, which does not exist.", hint=hint)
        elif cause.code not in row.causes:
            yield _error(6, f"Cause {cause.code} leads to {cause.row!r}, which does not name it.", hint="Add it there.")
        for limit in TYPED_LIMIT.findall(f"{cause.title} {cause.text}"):
            yield _error(2, f"Cause {cause.code} has a hard-coded limit: {limit!r}.", hint="Use a {name} instead.")
    leads_to = {cause.code: cause.row for cause in causes.every()}
    for row in rows.values():
        for code in row.causes:
            if leads_to.get(code) != row.slug:
                yield _error(
                    6, f"The row {row.slug!r} names {code}, which does not lead to it.", hint="See helpcenter/causes."
                )


@register(Tags.database)
def check_index(databases: Iterable[str] | None = None, **_options: Any) -> list[CheckMessage]:
    """Check that search was loaded from the current articles (only with ``check --database default``)."""
    from helpcenter import search  # noqa: PLC0415  needs the models, which load after the checks are registered

    if "default" not in (databases or ()):
        return []
    if "helpcenter_entry" not in connections["default"].introspection.table_names() or not search.is_stale():
        return []
    hint = "Run manage.py portal_load_help. Every migrate does this too."
    return [
        CheckWarning(
            "The help search index was built from older articles or settings.", hint=hint, id="helpcenter.W001"
        )
    ]


def _check_links(name: str, article: Article) -> Iterator[CheckMessage]:
    for link in rendering.links(article.source):
        try:
            target = rendering.address(article.language, link)
            if target.startswith("/"):
                resolve(target.partition("#")[0])
        except (LookupError, NoReverseMatch, Resolver404):
            yield _error(7, f"{name} links to {link!r}, which does not exist.", hint="Links look like problem:slug.")


def _error(number: int, text: str, *, hint: str) -> Error:
    return Error(text, hint=hint, id=f"helpcenter.E{number:03}")
