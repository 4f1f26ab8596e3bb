"""Every table is in the list of what is held, with its end; every column is given out or withheld by name."""

from django.apps import apps

from accounts.actions.privacy import stored_tables
from tests.house.test_personal_fields import declared


def test_every_table_is_in_the_list_once():
    labels = [table.label for table in stored_tables.every()]

    assert sorted(labels) == sorted(model._meta.label for model in apps.get_models())


def test_every_table_has_a_stated_end():
    assert [table.label for table in stored_tables.every() if not table.ends] == []


def test_every_setting_that_an_end_names_is_one(settings):
    named = {word for table in stored_tables.every() for word in table.ends.split("`") if word.startswith("PORTAL_")}

    assert {name for name in named if not isinstance(getattr(settings, name, None), int)} == set()
    assert {name for name in dir(settings) if name.startswith("PORTAL_KEEP_")} <= named


def test_every_column_about_a_person_is_given_out_or_withheld():
    held = {table.label: table for table in stored_tables.every() if table.rows}
    columns = {tuple(name.rsplit(".", 1)) for name, how in declared().items() if how != "digest"}
    silent = {
        f"{label}.{column}"
        for label, column in columns
        if label in held and column not in {*held[label].shown, *held[label].withheld}
    }

    assert silent - {"accounts.User.password_history_salt", "audit.SealedWords.name", "audit.SealedWords.salt"} == set()


def test_nothing_is_both_given_out_and_withheld():
    assert [table.label for table in stored_tables.every() if set(table.shown) & set(table.withheld)] == []


def test_no_secret_is_given_out():
    secret = {name.rsplit(".", 1)[1] for name, how in declared().items() if how == "digest"}
    secret |= {"secret", "signature", "password", "public_key", "subscription"}

    assert [table.label for table in stored_tables.every() if secret & set(table.shown)] == []


def test_what_erasing_does_is_said_where_it_does_not_delete():
    special = [
        table for table in stored_tables.every() if table.rows and table.erase not in {None, stored_tables.delete}
    ]

    assert [table.label for table in special if not table.erased] == []
