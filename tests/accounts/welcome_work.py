"""Newcomers: customers without a password, their letters, and a browser on the way from a letter to a Key."""

from collections.abc import Sequence
from typing import Any

from django.test import Client

from accounts.actions.welcome import letters, printing
from accounts.actions.welcome.printing import Choice, Printed, Run
from accounts.models import Customer, Mandate, TradingAccount, User
from portal.lib import clock
from tests.accounts.enrolment_walk import mailed_code

PASSWORD = "Nine-Lanterns-Over-Water-7"
ADDRESS = {"line1": "12 Long Lane", "line2": "Flat 3", "city": "London", "postcode": "E1 6AN", "country": "GB"}


def newcomer(username: str = "vera", *, account: str = "", phone: str = "", **fields: Any) -> User:
    """Make a customer as an import brings them in: with a birth date and an address, without a password."""
    facts = {"given_name": "Vera", "middle_name": "Ruth", "family_name": "Lind", "birth_date": "1985-12-10"}
    person = Customer.objects.create(
        number=f"N-{username}", address=fields.pop("address", ADDRESS), phone=phone, **facts
    )
    user = User(username=username, email=f"{username}@example.test", customer=person, **fields)
    user.set_unusable_password()
    user.save()
    if account:
        made = TradingAccount.objects.create(number=account)
        Mandate.objects.create(user=user, account=made, role="owner")
    return user


def print_all(**choice: Any) -> list[Printed]:
    """Print every letter that is due, to nobody but the test."""
    written: list[Printed] = []

    def write(letters: Sequence[Printed]) -> None:
        written.extend(letters)

    run = Run(Choice(**choice), clock.now())
    printing.draw(run, write)
    printing.finish(run)
    return written


def code_for(user: User) -> str:
    """Print what is due, and return the code in the letter of this user."""
    return next(letter.code for letter in print_all() if letter.username == user.username)


def works(user: User, code: str) -> bool:
    """Tell whether a code opens a first sign-in of this user."""
    return letters.usable(username_hash=user.username_hash, typed=code, now=clock.now()) is not None


class Arrival:
    """One browser of somebody with a letter; each verb sends one form, and returns the last answer."""

    def __init__(self, user: User, **headers: str) -> None:
        self.user, self.client = user, Client(**headers)

    def types_code(self, code: str, username: str = "") -> object:
        return self.sends("", username=username or self.user.username, code=code)

    def tells(self, detail: str = "", *, day: str = "10", month: str = "12", year: str = "1985") -> object:
        return self.sends("details/", day=day, month=month, year=year, detail=detail)

    def types_mailed_code(self, code: str = "") -> object:
        return self.sends("code/", code=code or mailed_code(self.user))

    def chooses(self, password: str = PASSWORD) -> object:
        return self.sends("password/", new_password=password)

    def sends(self, page: str, **fields: str) -> object:
        return self.client.post(f"/welcome/{page}", fields, follow=True)


def at_password(user: User, code: str, detail: str = "") -> Arrival:
    """Return somebody who has proved everything."""
    made = Arrival(user)
    made.types_code(code)
    made.tells(detail)
    made.types_mailed_code()
    return made


def page_of(answer: object) -> str:
    """Return the path of the page that an answer has led to."""
    return str(answer.request["PATH_INFO"])
