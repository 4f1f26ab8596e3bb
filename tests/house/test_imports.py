"""The plan of the house is sealed: an import that goes up or sideways breaks a contract of pyproject.toml."""

import tomllib
from copy import deepcopy

import grimp
import pytest
from importlinter.configuration import configure
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.layers import LayersContract

from tests.house.sources import PACKAGES, ROOT, read

configure()
KINDS = {"layers": LayersContract, "forbidden": ForbiddenContract}
WRONG = [
    ("portal.middleware", "recovery.models"),
    ("portal.context", "accounts.models"),
    ("portal.url_inventory", "recovery.models"),
    ("portal.lib.clock", "portal.settings"),
    ("portal.throttle.models", "accounts.models"),
    ("portal.brand.palette", "helpcenter.facts"),
    ("portal.audit.record", "recovery.enums"),
    ("portal.outbox.queue", "portal.audit.record"),
    ("accounts.models.users", "accounts.imports.reader"),
    ("accounts.policies.passwords", "accounts.demo.cast"),
    ("accounts.enums", "accounts.security_questions"),
    ("accounts.views.passkeys", "accounts.key_api.decorators"),
    ("accounts.views.passkeys", "recovery.models"),
    ("accounts.admin.keys", "accounts.views.passkeys"),
    ("accounts.actions.sessions", "accounts.actions.keys.key_transfer"),
    ("accounts.policies.usernames", "django"),
    ("recovery.admin.pages", "recovery.views.start"),
    ("recovery.methods.mail", "recovery.actions.reviews"),
    ("helpcenter.facts", "accounts.models"),
]


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*PACKAGES, include_external_packages=True, cache_dir=None)


def broken(graph: grimp.ImportGraph) -> list[str]:
    """Name the contracts that these imports break."""
    declared = tomllib.loads(read(ROOT / "pyproject.toml"))["tool"]["importlinter"]
    session = {"root_packages": declared["root_packages"], "include_external_packages": "True"}
    contracts = [
        KINDS[options["type"]](
            name=options["name"],
            session_options=session,
            contract_options={
                name: str(value) if isinstance(value, bool) else value for name, value in options.items()
            },
        )
        for options in declared["contracts"]
    ]
    return [one.name for one in contracts if not one.check(deepcopy(graph), verbose=False).kept]


def test_the_imports_there_are_break_no_contract(graph):
    assert broken(graph) == []


@pytest.mark.parametrize(("importer", "imported"), WRONG, ids=[" to ".join(pair) for pair in WRONG])
def test_an_import_against_the_plan_is_refused(graph, importer, imported):
    assert {importer, imported} <= graph.modules
    changed = deepcopy(graph)

    changed.add_import(importer=importer, imported=imported)

    assert broken(changed) != []


def test_a_new_module_without_a_floor_is_refused(graph):
    changed = deepcopy(graph)

    changed.add_module("accounts.utils")

    assert broken(changed) != []
