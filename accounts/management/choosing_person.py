"""Naming a person on the command line: by one of their usernames, or as a customer by the firm's number."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from accounts.models import Customer, Employee, User


def add_arguments(parser: ArgumentParser) -> None:
    """Add the two ways to name somebody; one of them is required."""
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("--username", help="One of the person's usernames, of a customer or of staff.")
    who.add_argument("--number", help="The firm's number of a customer.")


def chosen(options: dict[str, Any]) -> Customer | Employee:
    """Return whom the options name. Raises: ``CommandError``."""
    if options["number"]:
        customer = Customer.objects.filter(number=options["number"]).first()
        if customer is None:
            raise CommandError(f"There is no customer {options['number']!r}.")
        return customer
    user = User.objects.by_username(options["username"])
    person = (user.customer or user.employee) if user else None
    if person is None:
        raise CommandError(f"There is no user {options['username']!r}.")
    return person
