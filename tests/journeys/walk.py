"""Walking through the whole portal: every address, everybody who may come, and all that is stored."""

import re
from collections.abc import Iterator

from django.db import connection
from django.test import Client

from accounts.enums import Role
from portal.url_inventory import Page, every_page
from tests import factories

_KINDS = {
    "int": "1",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "slug": "account-paused",
    "path": "1",
    "str": "x",
    "proof": "mail",
}
_PART = re.compile(r"<(?:(\w+):)?\w+>")
_PATTERN = re.compile(r"\^\(\?P<app_label>(\w+)[^)]*\)/\$")  # the admin's pages of one application
PUBLIC = ("/help/", "/static/", "/brand/", "/.well-known/", "/robots.txt", "/healthz", "/readyz")
KEY_APP = {"/key/", "/key/sw.js", "/key/manifest.webmanifest"}  # the same bytes for everybody


def pages() -> list[Page]:
    """Return every page but those of development."""
    return [page for page in every_page() if page.name != "styleguide"]


def address(page: Page, **parts: str) -> str:
    """Return a page's address; ``parts`` name what stands for a kind of part, for example ``int="7"``."""
    path = _PATTERN.sub(r"\1/", page.path)
    return _PART.sub(lambda found: (_KINDS | parts).get(found[1] or "str", "1"), path)


def everybody(*roles: Role) -> Iterator[tuple[str, Client]]:
    """Yield each kind of visitor with a browser of theirs: nobody, a customer, staff of these roles or of all."""
    yield "nobody", Client()
    yield "customer", factories.signed_in(factories.customer("walker"))
    for role in roles or Role:
        yield str(role), factories.signed_in(factories.staff(f"walker-{role}", role))


def every_row() -> dict[str, list[tuple[object, ...]]]:
    """Return all rows of all tables, sorted, by table."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        return {table: sorted(_rows(cursor, table), key=repr) for table in tables}


def _rows(cursor: object, table: str) -> list[tuple[object, ...]]:
    cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
    return cursor.fetchall()
