"""The names a template reads from its context, found in its compiled nodes without rendering it."""

from collections.abc import Iterable
from typing import Any

from django.template import Node, Template, Variable
from django.template.base import FilterExpression, Token, TokenType
from django.template.engine import Engine
from django.template.loader_tags import BlockNode, IncludeNode
from django.template.smartif import TokenBase

_EVALUATED_OUTSIDE = ("extra_context", "counter", "sequence")  # of a node's bindings: with a=b reads b
_BINDS = ("extra_context", "countervar", "loopvars")


def variables_of(template: Template) -> set[str]:
    """Return the first part of every name it may read, including those of templates it extends and includes.

    A name bound by a tag (``with``, ``for``, ``blocktranslate``) counts only outside that tag. Parts of a parent
    that a block replaces count too.
    """
    return _variables(template.nodelist)


def _variables(found: Any) -> set[str]:
    match found:
        case Variable(lookups=tuple(lookups)):
            return {lookups[0]}
        case Token(token_type=TokenType.VAR, contents=name):  # inside blocktranslate
            return {name.partition(".")[0]}
        case Node():
            return _in_node(found)
        case FilterExpression(var=var, filters=filters):
            return _in_all([var, filters])
        case TokenBase() | dict():  # a condition, or a keyword argument of a tag
            return _in_all((vars(found) if isinstance(found, TokenBase) else found).values())
    return _in_all(found) if isinstance(found, list | tuple) else set()


def _in_all(parts: Iterable[Any]) -> set[str]:
    return set().union(*map(_variables, parts))


def _in_node(node: Node) -> set[str]:
    parts = vars(node)
    outside = _in_all(parts.get(name) for name in _EVALUATED_OUTSIDE)
    inside = _in_all(part for name, part in parts.items() if name != "token") | _variables(_named_by(node))
    return outside | (inside - _bound(node))


def _bound(node: Node) -> set[str]:
    bound = {"forloop"} if hasattr(node, "loopvars") else {"block"} if isinstance(node, BlockNode) else set()
    for name in _BINDS:
        value = getattr(node, name, None) or ()
        bound |= {value} if isinstance(value, str) else set(value)
    return bound


def _named_by(node: Node) -> Any:
    """Return the nodes of the template that this one extends or includes; a computed name cannot be followed."""
    expression = getattr(node, "parent_name", None) or (node.template if isinstance(node, IncludeNode) else None)
    name = getattr(expression, "var", None)
    return Engine.get_default().get_template(name).nodelist if isinstance(name, str) else None
