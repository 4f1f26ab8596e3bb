"""Rendering an article's Markdown to safe HTML."""

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Final

from django.urls import reverse
from django.utils.html import escape, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

from helpcenter import catalogue, facts
from helpcenter.catalogue import Article
from portal.lib import telephone

INNER_LINK: Final = re.compile(r"^(?P<section>[a-z-]+):(?P<slug>[a-z0-9-]*)$")
# Raw HTML and images are off: an article is text only.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


def html(article: Article) -> SafeString:
    """Return the article as HTML with the facts of this installation."""
    return markup(article, facts.current())


def markup(article: Article, known: Mapping[str, str]) -> SafeString:
    """Return the article as HTML, with links resolved and variables filled from ``known``, escaped."""
    tokens = _MARKDOWN.parse(article.source)
    for token in _walk(tokens):
        if token.type == "link_open":
            token.attrSet("href", address(article.language, str(token.attrs["href"])))
    _name_headings(tokens)
    safe = {name: telephone.link(value) if name == "support_phone" else escape(value) for name, value in known.items()}
    rendered = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return mark_safe(catalogue.fill(rendered, safe))  # noqa: S308  raw HTML is off, the facts are escaped


def plain(article: Article) -> str:
    """Return the article's text without markup, for the search index."""
    return " ".join(strip_tags(html(article)).split())


def address(language: str, link: str) -> str:
    """Return the URL of a link in an article: ``problem:slug``, ``key:slug``, ``faq:`` and so on.

    Other links stay as they are. Raises: ``LookupError`` for a missing article.
    """
    inner = INNER_LINK.match(link)
    if not inner:
        return link
    if not inner["slug"]:
        return reverse(f"helpcenter:{'problems' if inner['section'] == 'problem' else inner['section']}")
    target = catalogue.find(language, inner["section"], inner["slug"])
    if target is None:
        raise LookupError(link)
    return target.get_absolute_url()


def links(source: str) -> list[str]:
    """Return the link targets in a Markdown text."""
    return [str(token.attrs["href"]) for token in _walk(_MARKDOWN.parse(source)) if token.type == "link_open"]


def _walk(tokens: Iterable[Token]) -> Iterable[Token]:
    for token in tokens:
        yield token
        yield from _walk(token.children or ())


def _name_headings(tokens: list[Token]) -> None:
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            opening.attrSet("id", slugify(catalogue.VARIABLE.sub("", inline.content)))
