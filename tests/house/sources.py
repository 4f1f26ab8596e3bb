"""The files of the repository, as the rules of the house read them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("portal", "accounts", "recovery", "helpcenter")
FOLDERS = (*PACKAGES, "templates", "tests", "docs", ".ci")
OF_THE_MACHINE = {"__pycache__", "node_modules"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def files() -> tuple[Path, ...]:
    """Everything that belongs to the repository, as paths relative to it."""
    top = [path for path in ROOT.iterdir() if path.is_file() and not path.name.startswith((".cov", ".git"))]
    deep = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()]
    return tuple(
        sorted(
            path.relative_to(ROOT) for path in [*top, *deep] if not OF_THE_MACHINE & set(path.relative_to(ROOT).parts)
        )
    )


def product() -> list[Path]:
    """The Python files of the product: no tests, no migrations."""
    return [
        path
        for path in files()
        if path.suffix == ".py" and path.parts[0] in PACKAGES and "migrations" not in path.parts
    ]


def own_python() -> list[Path]:
    """All Python files that people write: the product and its tests."""
    return [path for path in files() if path.suffix == ".py" and "migrations" not in path.parts]


def templates() -> list[Path]:
    return [path for path in files() if path.suffix == ".html"]


def read(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(read(path))


def functions(module: ast.Module) -> Iterator[Function]:
    return (node for node in ast.walk(module) if isinstance(node, Function))


def length(function: Function) -> int:
    """Lines from ``def`` to the end, the docstring not counted."""
    body = function.body
    documented = ast.get_docstring(function) is not None
    spoken = body[0].end_lineno - body[0].lineno + 1 if documented else 0
    return function.end_lineno - function.lineno + 1 - spoken


def calls(module: ast.Module) -> Iterator[tuple[ast.Call, str]]:
    """Each call with the last part of its name: ``user.set_password(...)`` gives ``set_password``."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield node, name


def imports(module: ast.Module) -> set[str]:
    """The dotted names a module imports."""
    found: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found
