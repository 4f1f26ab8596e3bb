"""Print every page of the portal."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from portal.url_inventory import Page, every_page


class Command(BaseCommand):
    """Print the pages as a table for people, as JSON for programs, or as Markdown for docs/reference/pages.md."""

    help = "Print every page: path, name, methods, who may call it, form fields."

    def add_arguments(self, parser: ArgumentParser) -> None:
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="One JSON array of objects.")
        form.add_argument(
            "--markdown", action="store_true", help="The table of docs/reference/pages.md, without the admin."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        pages = every_page()
        if options["json"]:
            self.stdout.write(json.dumps([asdict(page) for page in pages], indent=2))
        elif options["markdown"]:
            self.stdout.write(markdown(pages))
        else:
            for page in pages:
                self.stdout.write(f"{page.path:44} {page.name:32} {'/'.join(page.methods):9} {page.who}")


def markdown(pages: list[Page]) -> str:
    """Return the table of docs/reference/pages.md: named pages outside the admin, one row each."""
    rows = ["| Task | Path | URL name | Methods | Who | Form fields |", "|---|---|---|---|---|---|"]
    for page in pages:
        if not page.path.startswith("/admin/"):
            fields = ", ".join(f"`{field}`" for field in page.fields)
            rows.append(
                f"| {page.task} | `{page.path}` | `{page.name}` | {' '.join(page.methods)} | {page.who} | {fields} |"
            )
    return "\n".join(rows)
