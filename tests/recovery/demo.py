"""Running the demo on the cast that comes with the portal, or a part of it."""

import io
import json
from pathlib import Path

from django.apps import apps
from django.core.management import call_command

from accounts.models.users import hash_of_username
from recovery.demo import cast as cast_file
from recovery.models import Case


def run(path: Path = cast_file.DEFAULT) -> str:
    out = io.StringIO()
    call_command("portal_demo", cast=path, stdout=out)
    return out.getvalue()


def some(tmp_path: Path, *usernames: str, **changes: object) -> Path:
    """Write the cast that comes with the portal with the cases of these people only."""
    whole = json.loads(cast_file.DEFAULT.read_text(encoding="utf-8"))
    whole["cases"] = [case | changes for case in whole["cases"] if case["username"] in usernames]
    whole["customers"] = [person for person in whole["customers"] if person["username"] in usernames]
    whole["advisers"] = []
    path = tmp_path / "cast.json"
    path.write_text(json.dumps(whole), encoding="utf-8")
    return path


def case_of(username: str) -> Case:
    return Case.objects.filter(username_hash=hash_of_username(username)).latest("pk")


def everything() -> dict[str, list]:
    """All rows of every table of ours, as plain values."""
    ours = [app for app in apps.get_app_configs() if app.name.split(".")[0] in {"accounts", "recovery", "portal"}]
    models = [model for app in ours for model in app.get_models()]
    return {model.__name__: list(model.objects.order_by("pk").values_list()) for model in models}
