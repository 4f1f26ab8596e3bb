"""Anything longer is two ideas."""

import ast

from tests.house.sources import files, functions, length, own_python, product, read, templates, tree

FUNCTION, VIEW, FILE, TEMPLATE = 40, 20, 400, 120


def test_no_function_is_longer_than_forty_lines():
    long = [f"{path}:{item.name}" for path in own_python() for item in functions(tree(path)) if length(item) > FUNCTION]

    assert long == []


def test_no_view_is_longer_than_twenty_lines():
    views = [path for path in product() if "views" in path.parts or path.name == "views.py"]

    long = [f"{path}:{item.name}" for path in views for item in functions(tree(path)) if length(item) > VIEW]

    assert long == []


def test_no_file_is_longer_than_four_hundred_lines():
    written = [*own_python(), *(path for path in files() if path.suffix in {".css", ".js"})]

    long = [str(path) for path in written if read(path).count("\n") > FILE]

    assert long == []


def test_no_template_is_longer_than_a_hundred_and_twenty_lines():
    assert [str(path) for path in templates() if read(path).count("\n") > TEMPLATE] == []


def test_the_length_of_a_function_leaves_out_its_docstring():
    (function,) = functions(ast.parse('def f():\n    """One.\n\n    Two.\n    """\n    a = 1\n    return a\n'))

    assert length(function) == 3
