"""Pages of the help centre. All but search run no SQL and open no session."""

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from helpcenter import catalogue, causes, facts, pages, rendering
from helpcenter import search as index
from helpcenter.catalogue import Article
from helpcenter.search.words import MAX_TEXT

_CLOCK_ROW = "key-code-not-accepted"
_SECONDS = re.compile(r"-?[0-9]{1,5}", re.ASCII)
_LEAST_DRIFT, _MOST_DRIFT = 30, 43_200  # seconds
_WITH_OWN_PAGES = ("start", "sign-in", "key", "recovery", "safety")
_TOP_TASKS = (
    "sign-in/web",
    "key/set-up",
    "recovery/reset-password",
    "key/new-phone",
    "key/lost-phone",
    "recovery/assisted",
)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the search box, symptoms with links to their problems, the top tasks and every section."""

    def context() -> pages.Context:
        language = pages.language()
        shelf = catalogue.articles(language)
        return {
            "stuck": _by_place(language),
            "tasks": [shelf[key] for key in _TOP_TASKS],
            "sections": [
                (catalogue.SECTIONS[section], catalogue.in_section(language, section)) for section in _WITH_OWN_PAGES
            ],
        }

    return pages.serve(request, "helpcenter/home.html", context)


@require_safe
def article(request: HttpRequest, section: str, slug: str) -> HttpResponse:
    """Show one article."""

    def context() -> pages.Context:
        found = _find(section, slug) if section in _WITH_OWN_PAGES else None
        if found is None:
            raise Http404
        return _one(found) | {"section": catalogue.SECTIONS[section]}

    return pages.serve(request, "helpcenter/article.html", context)


@require_safe
def problems(request: HttpRequest) -> HttpResponse:
    """Show the table of problems: each with its likely causes and what to do."""

    def context() -> pages.Context:
        return {"problems": catalogue.in_section(pages.language(), "problem")}

    return pages.serve(request, "helpcenter/problems.html", context)


@require_safe
def problem(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one problem; refusals link here, and may pass on how wrong a clock is."""

    def context() -> pages.Context:
        found = _find("problem", slug)
        if found is None:
            raise Http404
        messages = dict.fromkeys(str(causes.get(code).title) for code in found.causes)
        anchor = "clock" if slug == _CLOCK_ROW else ""
        return _one(found) | {"anchor": anchor, "messages": [text for text in messages if text != found.title]}

    drift = _drift(request.GET.get("m", "")) if slug == _CLOCK_ROW else 0
    if not drift:
        return pages.serve(request, "helpcenter/problem.html", context)
    measured = {**context(), "measured": facts.drift_words(drift)}
    return _for_one(pages.render(request, "helpcenter/problem.html", measured))


@require_safe
def faq(request: HttpRequest) -> HttpResponse:
    """Show all questions with their answers, each with an anchor."""

    def context() -> pages.Context:
        return {"questions": [_one(found) for found in catalogue.in_section(pages.language(), "faq")]}

    return pages.serve(request, "helpcenter/faq.html", context)


@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    """Show the phone number, its hours and whether it is answered now."""

    def context() -> pages.Context:
        return _one(catalogue.articles(pages.language())["contact/contact"])

    return pages.serve(request, "helpcenter/contact.html", context)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show the search results; the only page here that queries the database."""
    typed = request.GET.get("q", "")[:MAX_TEXT].replace("\x00", "").strip()
    found = index.find(pages.language(), typed)
    return _for_one(pages.render(request, "helpcenter/search.html", {"query": typed, "results": found}))


def _for_one(body: bytes) -> HttpResponse:
    """Return a page that depends on this visitor's input."""
    response = HttpResponse(body)
    patch_cache_control(response, private=True, no_store=True)
    return response


def _drift(measured: str) -> int:
    """Return a clock drift in seconds, 0 if it is implausible or too small to matter."""
    seconds = int(measured) if _SECONDS.fullmatch(measured) else 0
    return seconds if _LEAST_DRIFT <= abs(seconds) <= _MOST_DRIFT else 0


def _find(section: str, slug: str) -> Article | None:
    return catalogue.find(pages.language(), section, slug)


def _one(article: Article) -> dict[str, object]:
    return {"article": article, "body": rendering.html(article)}


def _by_place(language: str) -> list[tuple[object, list[Article]]]:
    rows = catalogue.in_section(language, "problem")
    grouped = [(title, [row for row in rows if row.where == place]) for place, title in catalogue.PLACES.items()]
    return [(title, rows) for title, rows in grouped if rows]
