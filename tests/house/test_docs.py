"""Documentation that cannot quietly drift from the code."""

import ast
import re

import pytest

from tests.house.sources import ROOT, files, own_python, product, read, tree

ROW = re.compile(r"^\| ([A-Z]+-\d+) \| .+ \| (kept|planned) \|$", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#]+)(?:#[^)]*)?\)")
RECORD = re.compile(r"docs/decisions/(\d{4})-([a-z0-9-]+)\.md")


def states() -> dict[str, str]:
    return dict(ROW.findall(read(ROOT / "docs" / "promises.md")))


def marked() -> set[str]:
    """The promise ids that tests name, read from the source so that a selected run finds them all the same."""
    found: set[str] = set()
    for path in own_python():
        for node in ast.walk(tree(path)) if path.parts[0] == "tests" else ():
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.promise":
                found |= {argument.value for argument in node.args}
    return found


def test_every_promise_is_listed_once():
    ids = [name for name, _state in ROW.findall(read(ROOT / "docs" / "promises.md"))]

    assert len(ids) == len(set(ids)) == 59


def test_every_kept_promise_has_a_test():
    assert {name for name, state in states().items() if state == "kept"} - marked() == set()


def test_no_test_names_a_promise_that_is_not_listed():
    assert marked() - set(states()) == set()


def test_decisions_are_numbered_indexed_and_titled():
    records = [match for path in files() if (match := RECORD.fullmatch(str(path)))]
    index = read(ROOT / "docs" / "decisions" / "README.md")

    numbers = [match[1] for match in records]

    assert numbers == sorted(set(numbers))
    for match in records:
        assert f"[{match[1]}]({match[1]}-{match[2]}.md)" in index
        assert read(ROOT / match[0]).startswith(f"# {match[1]} ")


def test_the_code_refers_to_decisions_that_exist():
    named = {match[0] for path in product() for match in RECORD.finditer(read(path))}

    assert named - {str(path) for path in files()} == set()


@pytest.mark.parametrize("path", [path for path in files() if path.suffix == ".md"], ids=str)
def test_every_link_between_pages_leads_somewhere(path):
    if path.parts[0] == "helpcenter":
        return  # help pages link by address, and the help centre's own check walks them
    targets = [(ROOT / path).parent / target for target in LINK.findall(read(path))]

    assert [str(target) for target in targets if not target.exists()] == []


def test_the_top_level_holds_what_the_floor_plan_says():
    plan = {"portal", "accounts", "recovery", "helpcenter", "templates", "tests", "docs", ".ci", "manage.py"}
    plan |= {"requirements.txt", "requirements-scale.txt", "requirements-dev.txt", "pyproject.toml", "Makefile"}
    plan |= {"README.md", "CHANGELOG.md", "SECURITY.md", "LICENSE"}

    assert {path.parts[0] for path in files()} == plan
