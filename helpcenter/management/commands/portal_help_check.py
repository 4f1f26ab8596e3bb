"""``manage.py portal_help_check``: check help articles."""

from typing import Any

from django.core.checks import CheckMessage
from django.core.management.base import BaseCommand, CommandError

from helpcenter import catalogue, checks, readability
from helpcenter.catalogue import Article
from portal.lib import clock


class Command(BaseCommand):
    """Check the articles and show how hard each is to read."""

    help = "Check every help article: variables, limits, links, causes, review date and reading grade."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the grades and all errors; fail if there are any."""
        problems = checks.check_help()
        if not any(problem.id == "helpcenter.E003" for problem in problems):
            for language in catalogue.languages():
                for article in catalogue.sources(language):
                    self._report(article)
        for problem in problems:
            self._complain(problem)
        if problems:
            raise CommandError(f"Problems to fix: {len(problems)}.")
        self.stdout.write(self.style.SUCCESS("All articles are in order."))

    def _report(self, article: Article) -> None:
        grade = readability.of_article(article)
        notes = ["" if grade <= readability.GOAL else f"harder than grade {readability.GOAL:.0f}"]
        notes += ["" if article.review >= clock.now().date() else "review overdue"]
        self.stdout.write(f"{grade:5.1f}  {article.language}/{article.key}  {', '.join(filter(None, notes))}".rstrip())

    def _complain(self, problem: CheckMessage) -> None:
        self.stdout.write(self.style.ERROR(f"{problem.id}: {problem.msg}") + f" {problem.hint}")
