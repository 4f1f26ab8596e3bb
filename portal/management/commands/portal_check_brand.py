"""Say whether a brand can be read."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.brand import checks, colours, palette
from portal.brand.palette import DARK, LIGHT, Chosen


class Command(BaseCommand):
    """Print the contrast of two colours in both themes and the nearest that would do; exit with 1 if one does not."""

    help = (
        "Try colours, written #rrggbb: the brand's ground and the colour of links and buttons (or one for both). "
        "Without any: look at the whole brand that the settings name."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("colours", nargs="*", metavar="#rrggbb", help="One or two; the shell wants quotes.")

    def handle(self, *_args: Any, **options: Any) -> None:
        tried = [text if text.startswith("#") else f"#{text}" for text in options["colours"]]
        if len(tried) > 2 or not all(map(colours.is_colour, tried)):
            raise CommandError(f"Give one colour or two, written '#rrggbb', not {' '.join(tried)}.")
        choice = Chosen(tried[0], "", tried[-1], "") if tried else palette.chosen()
        for line in _verdicts(choice):
            self.stdout.write(line)
        faults = any(palette.faults(choice)) if tried else self._report()
        if faults:
            raise CommandError("This brand is refused.", returncode=1)
        self.stdout.write("This brand can be used.")

    def _report(self) -> bool:
        """Print what the system checks say; return whether one refuses the brand."""
        found = [message for check in checks.ALL for message in check()]
        for message in found:
            self.stdout.write(f"{message.id}: {message.msg} {message.hint}")
        return any(message.is_serious() for message in found)


def _verdicts(choice: Chosen) -> Iterator[str]:
    light, dark = palette.palettes(choice)
    refused = {(fault.setting, fault.theme): fault for fault in palette.faults(choice)}
    for name, setting, shown, ratio in (
        ("Ground", "PORTAL_BRAND_COLOUR", (light.brand, dark.brand), palette.ground_ratio),
        ("Links and buttons", "PORTAL_ACTION_COLOUR", (light.link, dark.link), palette.action_ratio),
    ):
        for theme, colour in zip((LIGHT, DARK), shown, strict=True):
            key = (setting if theme is LIGHT else f"{setting}_DARK", theme.name)
            if fault := refused.get(key):
                words = f"{fault.colour} has {checks.ratio_words(fault.ratio)}, 7:1 is needed; the nearest is {colour}"
            else:
                words = f"{colour} has {checks.ratio_words(ratio(colour, theme))}"
            yield f"{name}, {theme.name} theme: {words}"
