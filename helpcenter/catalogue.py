"""The articles: Markdown files with front matter, read once per process.

A file is at ``articles/<language>/<section>/<slug>.md``. Its front matter is lines of
``key: value`` between two ``---``; lists are separated by commas. Texts may contain ``{{ names }}``
from ``helpcenter.facts``. docs/decisions/0010-help-articles.md says why.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.core.signals import setting_changed
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from helpcenter import facts

ROOT: Final = Path(__file__).resolve().parent / "articles"
SOURCE_LANGUAGE: Final = "en"
SECTIONS: Final = {
    "start": _("Getting started"),
    "sign-in": _("Signing in"),
    "key": _("Your Key"),
    "recovery": _("Getting back in"),
    "safety": _("Stay safe"),
    "problem": _("Fix a problem"),
    "faq": _("Questions and answers"),
    "contact": _("Contact us"),
}
PLACES: Final = {
    "password": _("At the username and password"),
    "key": _("At the Key code"),
    "inside": _("After signing in"),
    "recovery": _("While getting back in"),
    "anywhere": _("Something else"),
}
VARIABLE: Final = re.compile(r"\{\{\s*(\w*)\s*\}\}")
_FRONT_MATTER = re.compile(r"\A---\n(?P<front>.*?)\n---\n(?P<body>.+)\Z", re.DOTALL)
_ALWAYS = {"title", "summary", "section", "order", "owner", "promises", "review"}
_PROBLEM = {"where", "why", "fix"}
_OPTIONAL = {"causes", "keywords", "listed"}


class ArticleError(ValueError):
    """An invalid article; the message names the file and what to correct."""


@dataclass(frozen=True)
class Article:
    """One article. ``source`` is Markdown with unfilled variables."""

    language: str
    section: str
    slug: str
    title: str
    summary: str
    order: int
    owner: str
    review: date
    promises: tuple[str, ...]
    causes: tuple[str, ...]
    keywords: tuple[str, ...]
    is_listed: bool
    where: str
    why: str
    fix: str
    source: str

    @property
    def key(self) -> str:
        """Return the key of the article within its language: "section/slug"."""
        return f"{self.section}/{self.slug}"

    @property
    def short(self) -> str:
        """Return everything but the text itself, one line each."""
        return f"{self.title}\n{self.summary}\n{self.why}\n{self.fix}"

    def get_absolute_url(self) -> str:
        """Return its URL; answers to common questions share one page."""
        if self.section == "problem":
            return reverse("helpcenter:problem", args=[self.slug])
        if self.section == "faq":
            return f"{reverse('helpcenter:faq')}#{self.slug}"
        if self.section == "contact":
            return reverse("helpcenter:contact")
        return reverse("helpcenter:article", args=[self.section, self.slug])


def languages() -> list[str]:
    """Return the languages that have articles."""
    return sorted(path.name for path in ROOT.iterdir() if path.is_dir())


@cache
def sources(language: str) -> tuple[Article, ...]:
    """Return the articles of one language as written, in display order.

    Raises: ``ArticleError``.
    """
    found = [read(path) for path in sorted((ROOT / language).glob("*/*.md"))]
    return tuple(sorted(found, key=lambda article: (list(SECTIONS).index(article.section), article.order)))


@cache
def articles(language: str) -> Mapping[str, Article]:
    """Return the articles by key, with facts in their short texts; in English where there is no translation."""
    known = facts.current()
    own = sources(language) if language in languages() else ()
    shelf = {article.key: _filled(article, known) for article in (*sources(SOURCE_LANGUAGE), *own)}
    return dict(sorted(shelf.items(), key=lambda item: (list(SECTIONS).index(item[1].section), item[1].order)))


def find(language: str, section: str, slug: str) -> Article | None:
    """Return an article, or None."""
    return articles(language).get(f"{section}/{slug}")


def in_section(language: str, section: str) -> list[Article]:
    """Return the articles of a section that are in the public index, in order."""
    return [article for article in articles(language).values() if article.section == section and article.is_listed]


def fill(text: str, known: Mapping[str, str]) -> str:
    """Return the text with its variables filled in. Raises: ``KeyError`` for an unknown one."""
    return VARIABLE.sub(lambda match: known[match[1]], text)


def read(path: Path) -> Article:
    """Read one file. Raises: ``ArticleError`` with a plain sentence."""
    parts = _FRONT_MATTER.match(path.read_text(encoding="utf-8"))
    if not parts:
        raise ArticleError(f"{path}: starts with no front matter between two lines of ---, or has no text below it.")
    front = _front(path, parts["front"])
    section = path.parent.name
    if front["section"] != section:
        raise ArticleError(f"{path}: says it is of section {front['section']!r} but lies in {section!r}.")
    try:
        return _article(path, front, parts["body"])
    except ValueError as error:
        raise ArticleError(f"{path}: {error}.") from error


def _front(path: Path, text: str) -> dict[str, str]:
    front = {}
    for line in text.splitlines():
        key, colon, value = line.partition(":")
        if not colon or not value.strip():
            raise ArticleError(f"{path}: cannot read the line {line!r} of its front matter.")
        front[key.strip()] = value.strip()
    wanted = _ALWAYS | (_PROBLEM if path.parent.name == "problem" else set())
    if missing := wanted - front.keys():
        raise ArticleError(f"{path}: its front matter misses {', '.join(sorted(missing))}.")
    if surplus := front.keys() - wanted - _OPTIONAL:
        raise ArticleError(f"{path}: its front matter has {', '.join(sorted(surplus))}, which nothing reads.")
    return front


def _article(path: Path, front: dict[str, str], body: str) -> Article:
    if front["section"] not in SECTIONS:
        raise ValueError(f"there is no section {front['section']!r}")
    if front.get("where", "anywhere") not in PLACES:
        raise ValueError(f"where must be one of {', '.join(PLACES)}")
    return Article(
        language=path.parent.parent.name,
        section=front["section"],
        slug=path.stem,
        title=front["title"],
        summary=front["summary"],
        order=int(front["order"]),
        owner=front["owner"],
        review=date.fromisoformat(front["review"]),
        promises=_list(front["promises"]),
        causes=_list(front.get("causes", "")),
        keywords=_list(front.get("keywords", "")),
        is_listed=front.get("listed", "yes") == "yes",
        where=front.get("where", ""),
        why=front.get("why", ""),
        fix=front.get("fix", ""),
        source=body,
    )


def _list(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(",") if item.strip())


def _filled(article: Article, known: Mapping[str, str]) -> Article:
    return replace(
        article,
        title=fill(article.title, known),
        summary=fill(article.summary, known),
        why=fill(article.why, known),
        fix=fill(article.fix, known),
    )


def forget(*, setting: str = "PORTAL_", **_signal: Any) -> None:
    """Clear the cache, so that the next reader sees the current files and settings."""
    if setting.startswith("PORTAL_"):
        sources.cache_clear()
        articles.cache_clear()


setting_changed.connect(forget)
