"""Print all that is on file of one person of a demo."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.demo import listing as listing_of_people
from accounts.policies import usernames
from portal.lib import clock, strict_json
from recovery.demo import cast as cast_file
from recovery.demo import listing


class Command(BaseCommand):
    """Print what somebody of the cast would know: details, answers, codes, and what opens their case."""

    help = "Print what one person of a demo knows: details, answers, codes, case. Works in a demo only."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--cast", type=Path, default=cast_file.DEFAULT, metavar="FILE.json", help="Another cast.")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("What people know is only printed in a demo, and PORTAL_DEBUG is off.")
        try:
            cast = cast_file.read(options["cast"])
        except (OSError, strict_json.Unreadable) as error:
            raise CommandError(f"{options['cast']}: {error}.") from error
        wanted, now = usernames.canonical(options["username"]), clock.now()
        login = next((one for one in cast.logins() if usernames.canonical(one.username) == wanted), None)
        if login is None:
            raise CommandError(f"Nobody in the cast is called {options['username']!r}.")
        owner = cast.owner_of(wanted)
        facts = [
            *listing_of_people.facts_of(login, owner[0] if owner else None, now=now),
            *listing.facts_of(cast, login.username, now=now),
        ]
        for line in listing_of_people.sheet(facts):
            self.stdout.write(line)
