"""The databases of the tests: files that threads and processes share, guards that a flush may pass."""

import os
from collections.abc import Iterator

import pytest
from django.db import connections
from django.test import TransactionTestCase

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
def flush_past_the_guards() -> Iterator[None]:
    """Let the flush after a transactional test through the append-only triggers, then set them again."""
    patch = pytest.MonkeyPatch()
    flush = TransactionTestCase._fixture_teardown

    def teardown(self: TransactionTestCase) -> None:
        db_triggers.remove()
        try:
            flush(self)
        finally:
            db_triggers.install()

    patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
    yield
    patch.undo()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what needs PostgreSQL only there, and say so where it is left out."""
    if "postgres" in os.environ.get("DATABASE_URL", ""):
        return
    for item in items:
        if item.get_closest_marker("postgres"):
            item.add_marker(pytest.mark.skip(reason="Needs PostgreSQL: set DATABASE_URL, or run make test-all."))
