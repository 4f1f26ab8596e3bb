"""Books of a firm, for the tests."""

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path

from django.core.management import call_command

PERSON = {"record": "person", "customer_number": "C1", "given_name": "Ada", "family_name": "Byron"}
PERSON |= {"birth_date": "1985-12-10", "phone": "+15550101", "address_line1": "12 St James Square"}
LOGIN = {"record": "login", "username": "ada", "customer_number": "C1", "email": "ada@example.test"}
ACCOUNT = {"record": "account", "account_number": "U1", "account_cash": "12.50"}
MANDATE = {"record": "mandate", "username": "ada", "account_number": "U1"}
ENTRY = {"record": "activity", "account_number": "U1", "reference": "T-1", "at": "2026-03-01T10:00:00Z"}
ENTRY |= {"activity_kind": "order", "own": "yes", "instrument": "ACME", "quantity": "10", "amount": "1210.40"}
DAY = {"record": "value", "account_number": "U1", "day": "2026-03-01", "net_value": "182340.55"}
ALL = [PERSON, LOGIN, ACCOUNT, MANDATE, ENTRY, DAY]


def lines(*records: dict[str, str]) -> bytes:
    return "".join(json.dumps(record) + "\n" for record in records).encode()


def read(path: Path, *records: dict[str, str], **options: object) -> str:
    """Write the records to a file of JSON lines, take it in, and return what the command said."""
    file = path / "books.jsonl"
    file.write_bytes(lines(*records))
    return take_in(file, **options)


def take_in(path: Path, **options: object) -> str:
    out = io.StringIO()
    call_command("portal_import_customers", str(path), stdout=out, **options)
    return out.getvalue()


def sheet(path: Path, rows: Iterable[dict[str, str]]) -> None:
    """Write a sheet of CSV."""
    rows = list(rows)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def without_kind(record: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in record.items() if name != "record"}
