"""Every table is in the list of what is held, with its end; every column is given out or withheld by name."""

from django.apps import apps

from accounts.actions.privacy import holdings
from tests.house.test_personal_fields import declared


def test_every_table_is_in_the_list_once():
    labels = [holding.label for holding in holdings.every()]

    assert sorted(labels) == sorted(model._meta.label for model in apps.get_models())


def test_every_table_has_a_stated_end():
    assert [holding.label for holding in holdings.every() if not holding.ends] == []


def test_every_setting_that_an_end_names_is_one(settings):
    named = {word for holding in holdings.every() for word in holding.ends.split("`") if word.startswith("PORTAL_")}

    assert {name for name in named if not isinstance(getattr(settings, name, None), int)} == set()
    assert {name for name in dir(settings) if name.startswith("PORTAL_KEEP_")} <= named


def test_every_column_about_a_person_is_given_out_or_withheld():
    held = {holding.label: holding for holding in holdings.every() if holding.rows}
    columns = {tuple(name.rsplit(".", 1)) for name, how in declared().items() if how != "digest"}
    silent = {
        f"{label}.{column}"
        for label, column in columns
        if label in held and column not in {*held[label].shown, *held[label].withheld}
    }

    assert silent - {"accounts.User.password_history_salt", "audit.SealedWords.name", "audit.SealedWords.salt"} == set()


def test_nothing_is_both_given_out_and_withheld():
    assert [holding.label for holding in holdings.every() if set(holding.shown) & set(holding.withheld)] == []


def test_no_secret_is_given_out():
    secret = {name.rsplit(".", 1)[1] for name, how in declared().items() if how == "digest"}
    secret |= {"secret", "signature", "password", "public_key", "subscription"}

    assert [holding.label for holding in holdings.every() if secret & set(holding.shown)] == []
