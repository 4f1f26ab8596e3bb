"""What may be done in one place only."""

import ast
from dataclasses import dataclass

import pytest

from tests.house.sources import calls, imports, product, tree


@dataclass(frozen=True)
class Door:
    """A call that only these modules may make."""

    call: str
    modules: frozenset[str]

    def offenders(self) -> list[str]:
        return [
            f"{path}:{node.lineno}"
            for path in product()
            if str(path) not in self.modules
            for node, name in calls(tree(path))
            if name == self.call
        ]


DOORS = [
    # The back end hashes for names that do not exist, on an object that is never saved.
    Door("set_password", frozenset({"accounts/actions/password.py", "accounts/actions/sign_in/check_password.py"})),
    Door(
        "make_password",
        frozenset(
            {
                "recovery/actions/one_time_secrets.py",
                "accounts/actions/password.py",
                "accounts/actions/authenticators/security_answers.py",
                "accounts/models/users.py",  # renews the hash of a password that was right
            }
        ),
    ),
    Door(
        "start_keys", frozenset({"accounts/actions/keys/key_codes.py", "accounts/actions/keys/enrolment/completion.py"})
    ),
    Door("set_first_password", frozenset({"accounts/demo/build.py"})),
    Door("send_mail", frozenset()),
    Door("EmailMessage", frozenset({"portal/outbox/emails.py"})),
    Door("EmailMultiAlternatives", frozenset({"portal/outbox/emails.py"})),
]
SECRETS = {"password", "passwords", "secret", "seed", "token", "code", "pin", "answer", "key", "cookie", "POST", "body"}
LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "log"}


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.call)
def test_only_its_own_door_leads_to_it(door):
    assert door.offenders() == []


def test_nothing_draws_from_the_guessable_generator():
    assert [str(path) for path in product() if "random" in imports(tree(path))] == []


def test_the_time_comes_from_one_clock():
    readers = [
        f"{path}:{node.lineno}"
        for path in product()
        for node, name in calls(tree(path))
        if name in {"now", "today", "utcnow"} and ast.unparse(node.func) != "clock.now"
    ]

    assert [where for where in readers if not where.startswith("portal/lib/clock.py")] == []


def test_the_client_address_is_read_in_one_place():
    names = {"REMOTE_ADDR", "HTTP_X_FORWARDED_FOR", "X-Forwarded-For"}

    readers = {
        str(path)
        for path in product()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and node.value in names
    }

    assert readers <= {"portal/lib/client.py"}


def logged_secrets(module: ast.Module) -> list[int]:
    """Lines where a log call builds its text itself or names something secret among its values."""
    lines = []
    for node, name in calls(module):
        if (
            name in LEVELS
            and isinstance(node.func, ast.Attribute)
            and ast.unparse(node.func.value).endswith(("log", "logger"))
        ):
            plain = all(isinstance(text, ast.Constant) for text in node.args[:1])
            values = [*node.args[1:], *(keyword.value for keyword in node.keywords)]
            named = {getattr(part, "id", getattr(part, "attr", "")) for value in values for part in ast.walk(value)}
            if not plain or named & SECRETS:
                lines.append(node.lineno)
    return lines


def test_no_log_line_is_built_by_hand_or_given_a_secret():
    assert [f"{path}:{line}" for path in product() for line in logged_secrets(tree(path))] == []


@pytest.mark.parametrize(
    "line",
    ['logger.info(f"user {name}")', 'logger.info("got %s", password)', 'log.error("x", extra={"a": request.POST})'],
)
def test_a_log_line_with_a_secret_is_found(line):
    assert logged_secrets(ast.parse(line)) == [1]
