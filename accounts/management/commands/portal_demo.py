"""Build the cast of a demo and print its log-ins."""

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.demo import build
from accounts.demo import cast as cast_file
from accounts.demo.cast import Cast, CastRefused, Login, State
from accounts.policies.backup_codes import spaced
from accounts.policies.keys import totp
from portal.lib import clock

DEFAULT = Path(cast_file.__file__).with_name("cast.json")


class Command(BaseCommand):
    """Make the customers, the adviser and the staff of a cast file, and print how they sign in."""

    help = "Build demo people from a cast file (docs/reference/cast-format.md) and print their log-ins."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--cast", type=Path, default=DEFAULT, metavar="FILE.json", help="Another cast.")
        parser.add_argument(
            "--yes-really",
            action="store_true",
            help="Run even if PORTAL_DEBUG is off, where there may be real customers.",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if not (settings.DEBUG or options["yes_really"]):
            raise CommandError(
                "These log-ins have known passwords, and this is not a demo (PORTAL_DEBUG is off). "
                "If you want them here all the same: --yes-really."
            )
        now = clock.now()
        try:
            cast = cast_file.read(options["cast"], now=now)
            changed = build.build(cast, now=now)
        except CastRefused as refused:
            raise CommandError("Nothing was written.\n  " + "\n  ".join(refused.problems)) from refused
        except build.NotOfTheCast as refused:
            raise CommandError(f"{refused} exists already and is somebody else.") from refused
        self._report(cast, changed, clock.now())

    def _report(self, cast: Cast, changed: bool, now: datetime) -> None:
        state = "brought to what the file says" if changed else "as the file says already"
        self.stdout.write(f"{len(cast.logins())} log-ins, {state}.\n\n")
        self.stdout.write(_line("username", "password", "code now", "who"))
        for login, who in _who(cast):
            self.stdout.write(_line(login.username, login.password, _code(login, now), who))
        self.stdout.write("\nTo try:\n- A code opens one thing once. The next one: make code USER=ada")
        for login in cast.logins():
            for key in login.keys:
                if key.clock_offset:
                    self.stdout.write(f"- {_drift(login.username, key.clock_offset)}")
        for sentence in _to_try(cast):
            self.stdout.write(f"- {sentence}")
        waiting = ", ".join(f"{count} {what}" for what, count in sorted(cast.waiting.items()) if count)
        if waiting:
            self.stdout.write(f"Read and checked, but not used by the portal so far: {waiting}.")


def _who(cast: Cast) -> Iterator[tuple[Login, str]]:
    states = {State.ACTIVE: "", State.NO_KEY: ", has no Key yet", State.LOCKED: ", sign-in is paused now"}
    for person in cast.people:
        yield person.login, f"customer, {_accounts(len(person.accounts))}{states[person.login.state]}"
        if person.paper:
            yield person.paper, f"paper trading of {person.login.username}"
        for login, accounts in person.more:
            yield login, f"one more log-in of {person.login.username}, {_accounts(len(accounts))}{states[login.state]}"
    for member in cast.staff:
        yield member.login, f"staff, {member.role.label.lower()}"


def _to_try(cast: Cast) -> Iterator[str]:
    yield "A phone, or a second browser, becomes a Key at /key/: the Security page sets one up for it."
    for login in cast.logins():
        if login.backup_codes:
            codes_left = ", ".join(spaced(code) for code in login.backup_codes)
            yield f"Backup codes of {login.username}, in the place of a code, each once: {codes_left}"
        for key in login.keys:
            if key.phone:
                yield f"{key.name} of {login.username} approves requests; the reference of this phone is {key.phone}"
    for person in cast.people:
        without = [login for login, _accounts in person.more if not login.keys]
        if without:
            yield f"{person.login.username} has {len(without)} more log-ins without a Key: one phone can take them all"


def _accounts(count: int) -> str:
    return f"{count} account{'s' if count != 1 else ''}"


def _code(login: Login, now: datetime) -> str:
    step = totp.step_at(now.timestamp())
    return " ".join(totp.at_step(totp.decode_secret(key.secret), step) for key in login.keys)


def _line(username: str, password: str, code: str, who: str) -> str:
    return f"  {username:14} {password:28} {code:10} {who}"


def _drift(username: str, seconds: int) -> str:
    pace = "fast" if seconds > 0 else "slow"
    return (
        f"The phone of {username} is {abs(seconds)} seconds {pace}; what it shows, and the portal refuses: "
        f"manage.py portal_demo_code {username} --offset {seconds}"
    )
