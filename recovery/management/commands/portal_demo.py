"""Create the people and the cases of a demo and print how to get in everywhere."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from accounts.demo import build as people
from accounts.demo import listing as listing_of_people
from portal.lib import clock, site, strict_json
from recovery.demo import cases, listing
from recovery.demo import cast as cast_file
from recovery.demo.cast import Cast


class Command(BaseCommand):
    """Create the customers, the advisers, the staff and the cases of a cast file, and print what opens them."""

    help = "Build the people and cases of a demo from a cast file (docs/reference/cast-format.md) and print them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--cast", type=Path, default=cast_file.DEFAULT, metavar="FILE.json", help="Another cast.")
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
            people.build(cast, now=clock.now())
        except (OSError, strict_json.Unreadable) as error:
            raise CommandError(f"Nothing was written. {options['cast']}: {error}.") from error
        except people.NotOfTheCast as refused:
            raise CommandError(f"Nothing was written. {refused} exists already and is somebody else.") from refused
        cases.build(cast, now=clock.now())
        for line in _lines(cast, options["cast"]):
            self.stdout.write(line)


def _lines(cast: Cast, path: Path) -> Iterator[str]:
    now = clock.now()
    yield f"{len(cast.logins())} log-ins, as the file says."
    yield ""
    yield from listing_of_people.log_ins(cast, now=now)
    yield ""
    for login in cast.logins()[:1]:
        name, is_other = login.username, path != cast_file.DEFAULT
        person = f"manage.py portal_demo_person {name} --cast {path}" if is_other else f"make person USER={name}"
        yield from listing_of_people.item(f"Birth date, address, accounts, answers of one of them: {person}", mark="")
        yield f"A code opens one thing once. The next one: make code USER={name}"
    if cast.cases:
        yield ""
        yield "Cases. Reference and PIN open the page of a case, and start the call at the desk:"
        yield ""
        yield from listing.cases(cast, now=now)
        yield ""
        for sentence in _about_cases():
            yield from listing_of_people.item(sentence)
    yield ""
    yield "To try:"
    for sentence in listing_of_people.to_try(cast):
        yield from listing_of_people.item(sentence)


def _about_cases() -> Iterator[str]:
    yield f"The page of a case: {site.origin()}{reverse('recovery:status')}"
    yield f"The desk: {site.origin()}{reverse('admin:recovery_case_changelist')}"
    if settings.DEBUG:
        yield f"A case goes on in the browser it was begun in. Yours becomes that one: {site.origin()}/demo/browser/"
    yield "Signing in as its owner stops a case that has got past the questions: then the Key is not lost."
    yield "A case that has gone on or ended is made anew by running this command again."
