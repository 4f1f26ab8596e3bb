"""The databases of the tests: files that threads and processes share, clean again after each test."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from functools import cache

import pytest
from django.db import connection, connections
from django.test import TransactionTestCase
from pytest_django.plugin import DjangoDbBlocker

from portal.lib import db_triggers


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    tmp_path_factory: pytest.TempPathFactory, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """Keep SQLite's test database in a file, so that threads and processes meet as they do in use."""
    declared = connections["default"].settings_dict
    if declared["ENGINE"].endswith("sqlite3"):
        declared["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "portal.sqlite3")


@pytest.fixture(autouse=True, scope="session")
def clean_again_after_transactions() -> Iterator[None]:
    """Bring the tables back after a transactional test; Django's own flush would be refused by the triggers."""
    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", _teardown(TransactionTestCase._fixture_teardown))
    yield
    patch.undo()


def _teardown(flush: Callable[[TransactionTestCase], None]) -> Callable[[TransactionTestCase], None]:
    def past_the_triggers(case: TransactionTestCase) -> None:
        db_triggers.remove()
        try:
            flush(case)
        finally:
            db_triggers.install()

    def copied(_case: TransactionTestCase) -> None:
        connection.ensure_connection()
        fresh_copy().backup(connection.connection)

    return copied if connection.vendor == "sqlite" else past_the_triggers


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Keep a copy of the database as migrations leave it: writing it back costs a tenth of a flush."""
    if connection.vendor == "sqlite":
        with django_db_blocker.unblock():
            fresh_copy()


@cache
def fresh_copy() -> sqlite3.Connection:
    copy = sqlite3.connect(":memory:", check_same_thread=False)
    connection.ensure_connection()
    connection.connection.backup(copy)
    return copy


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what needs PostgreSQL only there, and say so where it is left out."""
    if "postgres" in os.environ.get("DATABASE_URL", ""):
        return
    for item in items:
        if item.get_closest_marker("postgres"):
            item.add_marker(pytest.mark.skip(reason="Needs PostgreSQL: set DATABASE_URL, or run make test-all."))
