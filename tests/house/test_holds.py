"""Every action that makes an authenticator, changes a contact or widens networks asks whether that is on hold.

The actions are walked by their source: from each public one, everything it calls. Whoever adds a door has to ask
``accounts.actions.holds`` there, or to say below why not.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.sources import ROOT

FOLDERS = ("accounts/actions", "recovery/actions")
MADE = {"Key", "Passkey", "BackupCode"}  # rows that open an account
CHANGED = {"email", "phone"}  # of a user, of a customer
ASKING = {"refuse_held", "held_among", "is_held"}
WIDENING = "accounts.actions.networks.rules.replace"

# Doors that stay open while something is on hold, and why.
OPEN = {
    "accounts.actions.authenticators.backup_codes.put": "the demo's cast",
    "accounts.actions.keys.key_codes.start_keys": "called by enrolments only, which ask",
    "accounts.actions.keys.enrolment.completion.start": "the same",
    "accounts.actions.networks.rules.replace": "called by the two below",
    "accounts.actions.networks.rules.tighten": "narrows",
    "accounts.actions.people.firm_changes.replace_email": "the firm's own books",
    "accounts.actions.people.email_change.stop_by_code": "puts the old address back",
    "accounts.actions.people.email_change.stop_signed_in": "the same",
    "recovery.actions.completion.complete": "the recovery itself",
}

Calls = dict[str, set[str]]


def modules() -> Iterator[tuple[str, ast.Module]]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            yield name, ast.parse(Path(path).read_text())


def imported(tree: ast.Module) -> dict[str, str]:
    """Return what a module calls its imports by, with what they are."""
    froms = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    return {alias.asname or alias.name: f"{node.module}.{alias.name}" for node in froms for alias in node.names}


def called(function: ast.FunctionDef, module: str, names: dict[str, str]) -> set[str]:
    """Return everything a function names: its own module's functions and those of modules it imports."""
    found = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names:
            found.add(f"{names[node.value.id]}.{node.attr}")
        elif isinstance(node, ast.Name):
            found.add(names.get(node.id, f"{module}.{node.id}"))
    return found


def opens(function: ast.FunctionDef) -> bool:
    """Tell whether a function itself makes a row that opens an account, or sets a contact."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MADE:
            return True
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and is_made(node.func):
            return True
        targets = node.targets if isinstance(node, ast.Assign) else []
        if any(is_contact(one) for target in targets for one in ast.walk(target)):
            return True
    return False


def is_made(call: ast.Attribute) -> bool:
    """Tell whether a call is ``Key.objects.create`` or the like."""
    model = call.value.value if isinstance(call.value, ast.Attribute) else None
    is_making = call.attr in {"create", "bulk_create", "get_or_create", "update_or_create"}
    return is_making and isinstance(model, ast.Name) and model.id in MADE


def is_contact(target: ast.AST) -> bool:
    owner = target.value if isinstance(target, ast.Attribute) else None
    is_person = isinstance(owner, ast.Name) and owner.id in {"user", "locked", "person", "customer"}
    return is_person and target.attr in CHANGED


def graph() -> tuple[Calls, set[str]]:
    """Return what each function calls, and those that open something themselves."""
    calls: Calls = {}
    sinks = {WIDENING}
    for module, tree in modules():
        names = imported(tree)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                calls[f"{module}.{node.name}"] = called(node, module, names)
                sinks |= {f"{module}.{node.name}"} if opens(node) else set()
    return calls, sinks


def reached(start: str, calls: Calls) -> set[str]:
    seen, waiting = set(), [start]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += calls.get(name, ())
    return seen


def doors() -> dict[str, bool]:
    """Return every public action that leads to a sink, and whether it asks on the way."""
    calls, sinks = graph()
    found = {}
    for name in calls:
        way = reached(name, calls)
        if not name.rpartition(".")[2].startswith("_") and way & sinks:
            found[name] = any(step.rpartition(".")[2] in ASKING for step in way)
    return found


def test_every_door_asks_whether_it_is_on_hold_or_is_known_to_stay_open():
    shut_nowhere = {name for name, asks in doors().items() if not asks}

    assert shut_nowhere - set(OPEN) == set()


def test_no_door_is_excused_that_does_not_exist():
    assert set(OPEN) - set(doors()) == set()


def test_the_walk_finds_the_doors_that_everybody_knows():
    asking = {name.removeprefix("accounts.actions.") for name, asks in doors().items() if asks}

    assert asking >= {
        "authenticators.backup_codes.make",
        "authenticators.passkeys.register",
        "keys.enrolment.steps.confirm_on_web",
        "keys.enrolment.steps.prove_on_phone",
        "networks.requests.decide",
        "people.details.change_phone",
        "people.email_change.confirm",
    }
