"""What is stored about people is declared, field by field."""

import re

import pytest
from django.apps import apps
from django.db import models

from portal.lib.encrypted_fields import EncryptedTextField
from tests.house.sources import ROOT, read

ROW = re.compile(r"^\| `([\w.]+)` \| (encrypted|digest|clear) \| .+ \|$", re.MULTILINE)
TEXTS = (models.CharField, models.TextField, models.JSONField, models.FileField, models.GenericIPAddressField)


def fields() -> dict[str, models.Field]:
    """Everything about people that a database could tell: no choices, no moments, no links."""
    return {
        f"{model._meta.label}.{field.name}": field
        for app in ("accounts", "audit", "outbox", "recovery", "throttle")
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.fields
        if isinstance(field, (*TEXTS, models.DateField, models.DecimalField))
        and not (field.choices or field.is_relation or isinstance(field, models.DateTimeField))
    }


def declared() -> dict[str, str]:
    return dict(ROW.findall(read(ROOT / "docs" / "reference" / "personal-data.md")))


def test_every_field_about_people_is_declared_and_nothing_else():
    assert set(declared()) == set(fields())


@pytest.mark.parametrize(("name", "field"), fields().items(), ids=fields())
def test_a_field_is_encrypted_exactly_if_it_is_declared_so(name, field):
    assert isinstance(field, EncryptedTextField) == (declared().get(name) == "encrypted")
