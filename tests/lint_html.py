"""A reader of HTML that finds what a browser forgives: for every test that renders a page.

``assert problems(response.content.decode()) == []``
"""

from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise

_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_CONTROLS = {"input", "select", "textarea"}
_NAMELESS = {"hidden", "submit", "button", "image", "reset"}
_FILLED_IN = {"password", "email", "tel"}
_REFERENCES = ("aria-describedby", "aria-labelledby", "aria-controls")
_ADDRESSES = ("src", "href", "action", "formaction", "srcset", "poster", "data")

Attributes = dict[str, str]


class _Reader(HTMLParser):
    """Collect what is on the page."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, Attributes, list[str]]] = []
        self.tags: list[tuple[str, Attributes, list[str]]] = []
        self.wrapped: set[int] = set()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = (tag, {name: value or "" for name, value in attrs}, [])
        if tag in _CONTROLS and any(parent == "label" for parent, _, _ in self.open):
            self.wrapped.add(len(self.tags))
        self.tags.append(element)
        if tag == "img":
            self.handle_data(element[1].get("alt", ""))
        if tag not in _VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID or all(parent != tag for parent, _, _ in self.open):
            self.found.append(f"</{tag}> closes nothing")
            return
        while (last := self.open.pop()[0]) != tag:
            self.found.append(f"<{last}> is left open")

    def handle_data(self, data: str) -> None:
        for _, _, text in self.open:
            text.append(data)


def problems(html: str) -> list[str]:
    """Return what is wrong with a whole page, in words; empty if nothing is."""
    page = _Reader()
    page.feed(html)
    page.close()
    checks = (_frame, _headings, _ids, _labels, _names, _forms, _buttons, _addresses, _inline)
    return page.found + [problem for check in checks for problem in check(page)]


def _all(page: _Reader, *names: str) -> list[tuple[str, Attributes, str]]:
    return [(tag, attrs, " ".join("".join(text).split())) for tag, attrs, text in page.tags if tag in names]


def _frame(page: _Reader) -> list[str]:
    found = [f"<{tag}> is left open" for tag, _, _ in page.open]
    counts = {tag: len(_all(page, tag)) for tag in ("html", "title", "main", "h1")}
    found += [f"{count} <{tag}> instead of one" for tag, count in counts.items() if count != 1]
    found += ["<html> has no lang" for _, attrs, _ in _all(page, "html") if not attrs.get("lang")]
    return found + ["<title> is empty" for _, _, text in _all(page, "title") if not text]


def _headings(page: _Reader) -> list[str]:
    levels = [int(tag[1]) for tag, _, _ in _all(page, "h1", "h2", "h3", "h4", "h5", "h6")]
    # What stands before h1 (the error summary) is a block of its own, and so is a dialog.
    after = levels[levels.index(1) :] if 1 in levels else levels
    jumps = [(a, b) for a, b in pairwise(after) if b > a + 1]
    return [f"h{b} follows h{a}" for a, b in jumps]


def _ids(page: _Reader) -> list[str]:
    ids = Counter(attrs["id"] for _, attrs, _ in page.tags if "id" in attrs)
    found = [f"id {name!r} stands {count} times" for name, count in ids.items() if count > 1]
    for tag, attrs, _ in page.tags:
        for name in _REFERENCES:
            found += [
                f"{name} of <{tag}> names {word!r}, which is not there"
                for word in attrs.get(name, "").split()
                if word not in ids
            ]
        if tag == "label" and attrs.get("for", "") not in ids | {"": 1}:
            found.append(f"label for {attrs['for']!r}, which is not there")
        if tag == "a" and attrs.get("href", "").startswith("#") and attrs["href"][1:] not in ids:
            found.append(f"link to {attrs['href']!r}, which is not there")
    return found


def _labels(page: _Reader) -> list[str]:
    labelled = {attrs.get("for") for _, attrs, text in _all(page, "label") if text}
    return [
        f"<{tag} name={attrs.get('name')!r}> has no label"
        for number, (tag, attrs, _) in enumerate(page.tags)
        if tag in _CONTROLS
        and attrs.get("type") not in _NAMELESS
        and number not in page.wrapped
        and attrs.get("id", "?") not in labelled
        and not attrs.get("aria-label")
        and not attrs.get("aria-labelledby")
    ]


def _names(page: _Reader) -> list[str]:
    found = [
        f"<{tag}> without words ({attrs.get('href', attrs.get('class', ''))})"
        for tag, attrs, text in _all(page, "a", "button", "legend", "th", "summary", "caption")
        if not text and not attrs.get("aria-label")
    ]
    found += [f"<img src={attrs.get('src')!r}> has no alt" for _, attrs, _ in _all(page, "img") if "alt" not in attrs]
    return found + ["<th> has no scope" for _, attrs, _ in _all(page, "th") if "scope" not in attrs]


def _forms(page: _Reader) -> list[str]:
    found = [
        f"<input name={attrs.get('name')!r}> has no autocomplete"
        for _, attrs, _ in _all(page, "input")
        if attrs.get("type") in _FILLED_IN and not attrs.get("autocomplete")
    ]
    posts = [attrs for _, attrs, _ in _all(page, "form") if attrs.get("method", "").lower() == "post"]
    signed = [attrs for _, attrs, _ in _all(page, "input") if attrs.get("name") == "csrfmiddlewaretoken"]
    if len(posts) != len(signed):
        found.append(f"{len(posts)} forms that post, {len(signed)} of them guarded against forged posts")
    return found + ["tabindex above 0" for _, attrs, _ in page.tags if attrs.get("tabindex", "0") not in {"0", "-1"}]


def _buttons(page: _Reader) -> list[str]:
    """A page has one thing to do, and its button is the filled one; a dialog is over the page."""
    plain = {"button-secondary", "button-small"}
    filled = [
        attrs
        for _, attrs, _ in _all(page, "a", "button")
        if "button" in (kinds := set(attrs.get("class", "").split()))
        and not kinds & plain
        and "data-idle-stay" not in attrs
    ]
    return [f"{len(filled)} filled buttons"] if len(filled) > 1 else []


def _addresses(page: _Reader) -> list[str]:
    return [
        f"<{tag} {name}={attrs[name]!r}> leads elsewhere"
        for tag, attrs, _ in page.tags
        for name in _ADDRESSES
        if attrs.get(name, "").strip().lower().startswith(("http:", "https:", "//", "javascript:", "data:"))
    ]


def _inline(page: _Reader) -> list[str]:
    found = ["<style> in the page" for _ in _all(page, "style")]
    found += ["script in the page" for _, attrs, text in _all(page, "script") if "src" not in attrs or text]
    for tag, attrs, _ in page.tags:
        found += [f"<{tag} {name}> in the page" for name in attrs if name == "style" or name.startswith("on")]
    return found
