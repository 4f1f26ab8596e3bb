"""Words and addresses that have no place in the repository."""

import re
from pathlib import Path

import pytest

from tests.house.sources import files, read, templates

SELF = Path(__file__).name
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")
OF_ONE_MACHINE = re.compile(r"(?<![\w.])/(?:root|home|work|Users)/\w|/tmp/wt/|[A-Z]:\\\\Users")
REGISTRY = re.compile(r"pypi\.org|pythonhosted|index-url|find-links|registry\.npmjs|https?://proxy\.")
INLINE = re.compile(
    r"<[^>]+\sstyle\s*=|<style\b|<script\b(?![^>]*\bsrc=)|<[^>]+\son[a-z]+\s*=|javascript:", re.IGNORECASE
)


def offenders(pattern: re.Pattern, paths: list[Path]) -> list[str]:
    texts = [path for path in paths if path.suffix not in {".png", ".ico", ".webp", ".mo", ".gz"} and path.name != SELF]
    return [
        f"{path}:{number}"
        for path in texts
        for number, line in enumerate(read(path).splitlines(), start=1)
        if pattern.search(line)
    ]


def test_nothing_is_left_unfinished():
    assert offenders(UNFINISHED, files()) == []


def test_nothing_names_a_folder_of_one_machine():
    assert offenders(OF_ONE_MACHINE, files()) == []


def test_nothing_names_a_package_registry():
    assert offenders(REGISTRY, files()) == []


def test_no_template_holds_inline_style_or_script():
    pages = [path for path in templates() if not {"email", "letters", "privacy"} & set(path.parts)]

    assert offenders(INLINE, pages) == []


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (UNFINISHED, "# TODO later"),
        (OF_ONE_MACHINE, "open('/root/x')"),
        (REGISTRY, "--index-url x"),
        (INLINE, '<p class="a" style="color: red">'),
        (INLINE, "<script>"),
        (INLINE, '<a onclick="x()">'),
    ],
)
def test_each_pattern_finds_what_it_is_for(pattern, line):
    assert pattern.search(line)
