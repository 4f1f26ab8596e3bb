"""The search table, and on top of it the full-text index of the database in use."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_MAKE = {
    # An external-content index: the words are stored once, in the table.
    "sqlite": [
        "CREATE VIRTUAL TABLE helpcenter_search USING fts5(title, keywords, summary, body,"
        " content='helpcenter_entry', content_rowid='id',"
        " tokenize='porter unicode61 remove_diacritics 2', prefix='2 3')",
    ],
    "postgresql": [
        "ALTER TABLE helpcenter_entry ADD COLUMN document tsvector GENERATED ALWAYS AS ("
        " setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('english', keywords), 'B')"
        " || setweight(to_tsvector('english', summary), 'C') || setweight(to_tsvector('english', body), 'D')) STORED",
        "CREATE INDEX helpcenter_entry_document ON helpcenter_entry USING gin (document)",
    ],
}
_DROP = {
    "sqlite": ["DROP TABLE helpcenter_search"],
    "postgresql": ["ALTER TABLE helpcenter_entry DROP COLUMN document"],
}


def _make(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for statement in _MAKE[editor.connection.vendor]:
        editor.execute(statement)


def _drop(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for statement in _DROP[editor.connection.vendor]:
        editor.execute(statement)


class Migration(migrations.Migration):
    """Create ``Entry`` and its index."""

    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(max_length=16)),
                ("page", models.CharField(help_text='Key of the article: "section/slug".', max_length=120)),
                (
                    "edition",
                    models.CharField(help_text="Digest of the articles this row was made with.", max_length=64),
                ),
                ("title", models.TextField()),
                ("keywords", models.TextField()),
                ("summary", models.TextField()),
                ("body", models.TextField()),
            ],
            options={
                "verbose_name_plural": "entries",
                "constraints": [
                    models.UniqueConstraint(fields=("language", "page"), name="helpcenter_one_entry_per_page")
                ],
            },
        ),
        migrations.RunPython(_make, _drop),
    ]
