"""``manage.py portal_load_help``: rebuild the search index."""

from typing import Any

from django.core.management.base import BaseCommand

from helpcenter import search


class Command(BaseCommand):
    """Load the articles into the search index."""

    help = "Load the help articles into the search index. Every migrate does this too; it is safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"The search index holds {search.load()} articles.")
