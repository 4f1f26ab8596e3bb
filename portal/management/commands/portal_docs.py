"""Generate the parts of the documentation that follow from the code."""

import difflib
import json
import re
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts import checks as accounts_checks
from accounts.actions.privacy import stored_tables
from accounts.imports import columns
from accounts.policies import welcome
from accounts.policies.keys import enrolment as enrolment_moves
from helpcenter import checks as helpcenter_checks
from portal import checks as portal_checks
from portal.brand import checks as brand_checks
from portal.lib.env import READINGS, Reading
from portal.management.commands.portal_map import markdown
from portal.outbox import checks as outbox_checks
from portal.outbox.hooks import hook_checks
from portal.outbox.hooks import reference as hook_reference
from portal.throttle import limits_page
from portal.url_inventory import every_page
from recovery import checks as recovery_checks
from recovery.policies import reset_steps, state_machine

_BEGIN = "<!-- generated: manage.py portal_docs -->"
_END = "<!-- end of generated -->"
_SETTINGS_HEAD = """# Settings

Read from the environment by `portal/settings.py`; a value that makes no sense stops the start with a sentence.
A secret may come from a file instead: `PORTAL_SECRET_KEY_FILE` holds the path. These are the defaults of a real
installation, at the address `portal.example`; with `PORTAL_DEBUG=1`, for demos, nothing needs to be set.

| Name | Default | Meaning |
|---|---|---|
"""

_LIMITS_HEAD = """# Limits

Everything that can be guessed, or sent too often, and how often. Counted by `portal/throttle/limits.py`, where a number
is changed; those with a name in brackets are [settings](settings.md). The first try opens the window; at its end its
tries are forgotten. Once they are used up, one waits until then or, with a pause, that long from the last try;
nothing anybody types makes the wait longer. The total counts tries in a row over any time. A right answer costs no try.
[Decision 0021](../decisions/0021-limits-as-data.md) says why.

| Limit | What it bounds | Tries | Window | Pause | Total |
|---|---|---|---|---|---|
"""

_PAGES_HEAD = """# Pages

Every address outside the admin, in the order of the URL table. `manage.py portal_map --json` has the admin's as well.

"""

_CHECKS_HEAD = """# System checks

`manage.py check --deploy --database default` runs them all, with a hint for each. E stops a deployment, W wants a look.

| Id | What it found |
|---|---|
"""
_CHECKS = (
    accounts_checks,
    brand_checks,
    helpcenter_checks,
    hook_checks,
    outbox_checks,
    portal_checks,
    recovery_checks,
)

_OF_THIS_MACHINE = {"PORTAL_HASH_SLOTS": "the number of cores, less one"}


class Command(BaseCommand):
    """Write, or with ``--check`` compare, the generated parts of the documentation."""

    help = "Write the generated documentation; --check only compares and fails on a difference."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="Write nothing; fail if something would change.")

    def handle(self, *_args: Any, **options: Any) -> None:
        root = Path(settings.BASE_DIR)
        imports = root / "docs" / "reference" / "import-format.md"
        states = root / "docs" / "reference" / "case-states.md"
        enrolment = root / "docs" / "reference" / "enrolment-states.md"
        resets = root / "docs" / "reference" / "reset-states.md"
        first_sign_ins = root / "docs" / "reference" / "first-sign-in-states.md"
        personal = root / "docs" / "reference" / "personal-data.md"
        asvs = root / "docs" / "reference" / "asvs.md"
        wanted = {
            root / "docs" / "reference" / "pages.md": _PAGES_HEAD + markdown(every_page()) + "\n",
            root / "docs" / "reference" / "settings.md": settings_page(list(READINGS.values()), root),
            root / "docs" / "reference" / "checks.md": checks_page(),
            root / "docs" / "reference" / "limits.md": _LIMITS_HEAD + limits_page.markdown() + "\n",
            root / "docs" / "reference" / "events.md": hook_reference.markdown(),
            imports: between_marks(imports.read_text(encoding="utf-8"), columns.markdown()),
            states: between_marks(states.read_text(encoding="utf-8"), state_machine.table()),
            enrolment: between_marks(enrolment.read_text(encoding="utf-8"), enrolment_moves.table()),
            personal: between_marks(personal.read_text(encoding="utf-8"), stored_tables.markdown()),
            asvs: between_marks(asvs.read_text(encoding="utf-8"), asvs_table(root / "tests")),
            first_sign_ins: between_marks(first_sign_ins.read_text(encoding="utf-8"), welcome.table()),
            resets: between_marks(resets.read_text(encoding="utf-8"), reset_steps.table()),
        }
        for path, text in wanted.items():
            present = path.read_text(encoding="utf-8") if path.exists() else ""
            if options["check"] and present != text:
                difference = difflib.unified_diff(present.splitlines(), text.splitlines(), "written", "in force", n=0)
                raise CommandError(f"{path.name} is out of date, run make docs.\n" + "\n".join(difference))
            if not options["check"]:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")


def between_marks(text: str, fresh: str) -> str:
    """Return the text with the part between the two marks replaced."""
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}\n{fresh}\n{_END}{after}"


def asvs_table(tests: Path) -> str:
    """Return the requirements of OWASP ASVS that tests are marked with, each with its tests, as Markdown."""
    shown: dict[str, set[str]] = {}
    for path in sorted(tests.rglob("test_*.py")):
        name = path.relative_to(tests.parent).as_posix()
        for found in re.finditer(r'pytest\.mark\.asvs\("([\d.]+)"\)', path.read_text(encoding="utf-8")):
            shown.setdefault(found[1], set()).add(f"`{name}`")
    by_number = sorted(shown.items(), key=lambda item: [int(part) for part in item[0].split(".")])
    rows = [f"| {number} | {', '.join(sorted(names))} |" for number, names in by_number]
    return "\n".join(["| Requirement | Tests |", "|---|---|", *rows])


def settings_page(readings: list[Reading], root: Path) -> str:
    """Return the reference of all settings, as Markdown."""
    return _SETTINGS_HEAD + "".join(f"| `{item.name}` | {_default(item, root)} | {item.help} |\n" for item in readings)


def checks_page() -> str:
    """Return the reference of our system checks, as Markdown: ids and meanings from their docstrings."""
    rows = dict(sorted(pair for module in _CHECKS for pair in _checks_of(module)))
    return _CHECKS_HEAD + "".join(f"| `{name}` | {meaning} |\n" for name, meaning in rows.items())


def _checks_of(module: ModuleType) -> Iterator[tuple[str, str]]:
    app = module.__name__.partition(".")[0]
    for listed in re.finditer(r"\b([EW]\d{3}) ([^,.]+)", module.__doc__ or ""):
        yield f"{app}.{listed[1]}", " ".join(listed[2].split())
    for check in vars(module).values():
        if found := re.match(r"(\w+\.[EW]\d{3}): (.+)\.", getattr(check, "__doc__", None) or ""):
            yield found[1], found[2]


def _default(item: Reading, root: Path) -> str:
    if item.is_secret:
        return "must be set" if item.default is None else "none"
    if item.name in _OF_THIS_MACHINE:
        return _OF_THIS_MACHINE[item.name]
    shown = _shown(item.default).replace(str(root), ".")
    return f"`{shown}` {item.unit}".strip() if shown else "none"


def _shown(value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(value)
        case dict():
            return json.dumps(value) if value else ""
    return str(value)
