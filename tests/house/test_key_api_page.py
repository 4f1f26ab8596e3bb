"""The page of the Key's HTTP API describes every call there is, and no other."""

import re

from portal.url_inventory import every_page
from tests.house.sources import ROOT, read

HEADING = re.compile(r"^### `([A-Z]+) ([a-z/<>]+)` - ", re.MULTILINE)
PREFIX = "/key/api/v1/"


def test_the_page_of_the_key_api_describes_every_call_and_nothing_else():
    described = HEADING.findall(read(ROOT / "docs" / "reference" / "key-api.md"))
    there = [
        (method, re.sub(r"<\w+:(\w+)>", r"<\1>", page.path.removeprefix(PREFIX)))
        for page in every_page()
        if page.name.startswith("key-api:")
        for method in page.methods
    ]

    assert sorted(described) == sorted(there)
    assert len(set(described)) == len(described)


def test_no_other_address_lies_below_the_key_api():
    outside = [page.path for page in every_page() if not page.name.startswith("key-api:")]

    assert [path for path in outside if path.startswith("/key/api/")] == []
