"""What docstrings and documentation refer to exists: files by path, modules and their contents by dotted name."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps

from portal.outbox.hooks import event_types
from tests.house.sources import PACKAGES, ROOT, files, product, read, tree

TOP = "portal|accounts|recovery|helpcenter|templates|tests|docs"
PATH = re.compile(rf"(?<![\w./:-])((?:{TOP})/[\w./<>*{{}}-]*\w(?:/|\.\w+))(?![\w/])")
DOTTED = re.compile(r"(?<!`)``?([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)(?:\([^`]*\))?``?(?!`)")
OUTSIDE = {"django", "manage", "navigator", "pytest", "request", "settings"}
PLACE = re.compile(r"<[^>]*>|\{[^}]*\}")
CHECK = re.compile(r"[a-z]+\.[EW]\d{3}")
FILE_ENDINGS = {
    "py",
    "md",
    "html",
    "txt",
    "json",
    "toml",
    "js",
    "css",
    "svg",
    "sh",
    "yml",
    "csv",
    "sqlite3",
    "log",
    "test",
    "example",
}


def docstrings(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            yield ast.get_docstring(node) or ""


@cache
def texts() -> dict[Path, str]:
    """What is written about the code: docstrings of the product, and the pages of docs."""
    pages = [path for path in files() if path.suffix == ".md" and path.parts[0] in {"docs", "README.md"}]
    return {path: "\n".join(docstrings(path)) for path in product()} | {path: read(ROOT / path) for path in pages}


@cache
def modules() -> dict[str, list[str]]:
    """Every module of the product by its last name."""
    found: dict[str, list[str]] = {}
    for package in PACKAGES:
        root = importlib.import_module(package)
        for module in pkgutil.walk_packages(root.__path__, f"{package}."):
            found.setdefault(module.name.rpartition(".")[2], []).append(module.name)
    return found


@cache
def classes() -> dict[str, type]:
    return {
        name: value
        for names in modules().values()
        for module in names
        if ".migrations." not in module and not module.endswith("wsgi")
        for name, value in vars(importlib.import_module(module)).items()
        if isinstance(value, type)
    }


def is_another_thing(dotted: str) -> bool:
    """Tell whether this is no name in the code: a file, a system check, a type of event, a library's."""
    return (
        dotted.partition(".")[0] in OUTSIDE
        or dotted in {kind.name for kind in event_types.every()}
        or dotted.rpartition(".")[2] in FILE_ENDINGS
        or CHECK.fullmatch(dotted) is not None
    )


def has(holder: object, names: list[str]) -> bool:
    for name in names:
        fields = getattr(holder, "__annotations__", {}) | getattr(holder, "__dataclass_fields__", {})
        if not hasattr(holder, name):
            return name in fields
        holder = getattr(holder, name)
    return True


def is_there(dotted: str) -> bool:
    """Tell whether a dotted name can be followed: from a package, from any module's last name, or from a class."""
    first, *rest = dotted.split(".")
    if first in classes():
        return has(classes()[first], rest)
    if first in apps.app_configs and rest[0] in classes():  # a field as docs/reference/personal-data.md names it
        return has(classes()[rest[0]], rest[1:])
    starts = [first] if first in PACKAGES else modules().get(first, [])
    return any(leads(start, rest) for start in starts)


def leads(start: str, rest: list[str]) -> bool:
    for count in range(len(rest), -1, -1):
        try:
            module = importlib.import_module(".".join([start, *rest[:count]]))
        except ModuleNotFoundError:
            continue
        return has(module, rest[count:])
    return False


@pytest.mark.parametrize("path", sorted(texts()), ids=str)
def test_what_is_referred_to_exists(path):
    text = texts()[path]
    paths = {found for found in PATH.findall(text) if not any(ROOT.glob(PLACE.sub("*", found.rstrip("/"))))}
    names = {found for found in DOTTED.findall(text) if not is_another_thing(found) and not is_there(found)}

    assert (paths, names) == (set(), set())
