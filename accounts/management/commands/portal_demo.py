"""Create the people of a demo and print how they sign in."""

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.demo import build
from accounts.demo import cast as cast_file
from accounts.demo.cast import Cast, Key, Login, State
from accounts.enums import Realm
from accounts.policies.keys import totp
from portal.lib import clock, strict_json

DEFAULT = Path(cast_file.__file__).with_name("cast.json")
_STATES = {State.ACTIVE: "", State.NO_KEY: ", has no Key yet", State.LOCKED: ", sign-in is paused now"}


class Command(BaseCommand):
    """Create the customers, the adviser and the staff of a cast file, and print how they sign in."""

    help = "Build demo people from a cast file (docs/reference/cast-format.md) and print how they sign in."

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
        try:
            cast = cast_file.read(options["cast"])
            build.build(cast, now=clock.now())
        except (OSError, strict_json.Unreadable) as error:
            raise CommandError(f"Nothing was written. {options['cast']}: {error}.") from error
        except build.NotOfTheCast as refused:
            raise CommandError(f"Nothing was written. {refused} exists already and is somebody else.") from refused
        self.stdout.write(f"{len(cast.logins())} log-ins, as the file says.\n\n")
        self.stdout.write(_line("username", "password", "code now", "who"))
        for login, who in _who(cast):
            self.stdout.write(_line(login.username, login.password, _codes(login, clock.now()), who))
        self.stdout.write("\nTo try:\n- A code opens one thing once. The next one: make code USER=ada")
        for sentence in _to_try(cast):
            self.stdout.write(f"- {sentence}")


def _who(cast: Cast) -> Iterator[tuple[Login, str]]:
    for person in cast.customers + cast.advisers:
        for login in (person, *person.log_ins):
            who = "customer" if login is person else f"one more log-in of {person.username}"
            count = len(login.all_accounts())
            realm = ", paper trading" if login.realm == Realm.PAPER else ""
            yield login, f"{who}, {count} account{'s' if count != 1 else ''}{realm}{_STATES[login.state]}"
    for member in cast.staff:
        yield member, f"staff, {member.role.label.lower()}"


def _to_try(cast: Cast) -> Iterator[str]:
    yield "A phone, or a second browser, becomes a Key at /key/: the Security page sets one up for it."
    for login in cast.logins():
        if login.backup_codes:
            codes = ", ".join(login.backup_codes)
            yield f"Backup codes of {login.username}, in the place of a code, each once: {codes}"
        for key in login.keys:
            yield from _of_key(login.username, key)
    for person in cast.customers + cast.advisers:
        if without_key := [login.username for login in (person, *person.log_ins) if not login.keys]:
            detail = person.phone or person.address.get("postcode") or next((a.number for a in person.accounts), "")
            yield (
                f"The first Key of {without_key[0]} takes a code from var/mail/, the birth date {person.birth_date} "
                f"and one more detail: {detail}"
            )
        if without := sum(not login.keys for login in person.log_ins):
            yield f"{person.username} has {without} more log-ins without a Key: one phone can take them all"


def _of_key(username: str, key: Key) -> Iterator[str]:
    if key.clock_offset:
        pace = "fast" if key.clock_offset > 0 else "slow"
        yield (
            f"The phone of {username} is {abs(key.clock_offset)} seconds {pace}; what it shows and the portal refuses: "
            f"manage.py portal_demo_code {username} --offset {key.clock_offset}"
        )
    if key.on_phone:
        reference = cast_file.reference_of(key.on_phone)
        yield f"{key.name} of {username} approves requests; the reference of this phone is {reference}"


def _codes(login: Login, now: datetime) -> str:
    step = totp.step_at(now.timestamp())
    return " ".join(totp.at_step(totp.decode_secret(key.totp_secret), step) for key in login.keys)


def _line(username: str, password: str, code: str, who: str) -> str:
    return f"  {username:14} {password:28} {code:10} {who}"
