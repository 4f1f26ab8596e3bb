"""The books of a firm with 1,000 customers in nine countries, as its back office would write them."""

import csv
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from recovery.enums import Prompt

PEOPLE = 1_000
PAPER_EVERY = 20  # a person who has a second username, for paper trading
ADVISED = 60
Row = dict[str, str]

_NAMES = {
    "GB": ("Ann", "Bell", "12 St James Square", "", "London", "SW1Y 4JH", "+44207946"),
    "US": ("Luke", "Gray", "1600 Harbor Blvd", "Apt 4", "Oakland", "94607", "+1510555"),
    "DE": ("Jörg", "Müller", "Hauptstraße 12a", "", "Köln", "50667", "+4922155"),
    "IE": ("Aoife", "Ní Bhriain", "The Old Forge", "Thomastown", "Kilkenny", "", "+3535677"),
    "HK": ("Wai-Lam", "陳", "Flat C, 18/F, 88 Queen's Road", "", "Central", "", "+8522555"),
    "AE": ("Omar", "Al Barsha", "Al Barsha Heights", "", "Dubai", "00000", "+9714555"),
    "CR": ("José", "Núñez", "200 metros norte de la iglesia", "", "Escazú", "", "+5062222"),
    "JP": ("さくら", "田中", "1-7-1 Nagata", "", "Chiyoda", "100-0014", "+8135550"),
    "GR": ("Ελένη", "Παππά", "Οδός Ερμού 5", "", "Αθήνα", "105 63", "+302105"),
}


@dataclass
class Someone:
    """One person of the books whom a test follows, and what only they know."""

    number: str
    username: str
    birth_date: str
    email: str
    detail: str  # one that the letter does not show
    password: str = "Nine-Lanterns-Over-Water-7"
    memory: dict[str, str] = field(default_factory=dict)  # what they say, by the words of the question

    def birthday(self) -> dict[str, str]:
        """Return the birth date as a form has it."""
        return dict(zip(("year", "month", "day"), self.birth_date.split("-"), strict=True))


def _number(place: int) -> str:
    return f"C{place:05}"


def _person(place: int) -> Row:
    country = list(_NAMES)[place % len(_NAMES)]
    given, family, line1, line2, city, postcode, prefix = _NAMES[country]
    return {
        "customer_number": _number(place),
        "given_name": given,
        "family_name": family,
        "birth_date": f"{1940 + place % 60}-{place % 12 + 1:02}-{place % 28 + 1:02}",
        "phone": "" if place % 7 == 0 else f"{prefix}{place:04}",
        "address_line1": line1,
        "address_line2": line2,
        "address_city": city,
        "address_postcode": postcode,
        "address_country": country,
        "application_opened": "",
        "application_employer": "",
        "application_tax_country": "",
    }


def _login(place: int, **other: str) -> Row:
    row = {"username": f"user{place:05}", "customer_number": _number(place), "realm": "live", "password_hash": ""}
    return row | {"email": f"user{place:05}@customers.test"} | other


def _memory(person: Row) -> dict[str, str]:
    """Return what somebody with records says on the phone, by the words of the question."""
    spoken = ("address_line1", "address_line2", "address_city", "address_postcode")
    said = {
        Prompt.BIRTH_DATE: person["birth_date"],
        Prompt.ADDRESS: ", ".join(person[line] for line in spoken if person[line]),
        Prompt.OPENED: "March 2019",
        Prompt.EMPLOYER: "Analytical Engines",
        Prompt.TAX_COUNTRY: "United States",
        Prompt.ORDER_INSTRUMENT: "ACME",
        Prompt.ORDER_AMOUNT: "about 1,200",
        Prompt.DEPOSIT_AMOUNT: "5k",
    }
    said |= dict.fromkeys((Prompt.WITHDRAWAL_AMOUNT, Prompt.TRANSFER_AMOUNT, Prompt.PHONE_ORDER), "none")
    return {str(prompt.label): words for prompt, words in said.items()}


class Books:
    """All sheets of the first day, and the people in them whom a test follows."""

    def __init__(self, now: datetime, *, earlier_hash: str) -> None:
        self.people = [_person(place) for place in range(PEOPLE)]
        self.logins = [_login(place) for place in range(PEOPLE)]
        self.accounts = [{"account_number": f"U{place:07}"} for place in range(PEOPLE - 1)]
        self.mandates = [self._mandate(f"user{place:05}", place) for place in range(PEOPLE - 1)]
        self.activity: list[Row] = []
        self._add_paper()
        self.newcomer = self._followed(60)  # in Costa Rica: no house number, no postcode
        self.on_paper = replace(self.newcomer, username="paper00060", detail="P0000060")
        self.forgetful = self._followed(10)
        self._enrich(10, now, earlier_hash)
        last = self._followed(PEOPLE - 1)  # who has no account of their own
        self.adviser = replace(last, detail=self.people[-1]["phone"])
        self._add_advised()

    @staticmethod
    def _mandate(username: str, place: int, **other: str) -> Row:
        row = {"username": username, "account_number": f"U{place:07}", "role": "owner", "label": ""}
        return row | other

    def _add_paper(self) -> None:
        """Give every twentieth person a second username and an account, for paper trading."""
        for place in range(0, PEOPLE, PAPER_EVERY):
            name, account = f"paper{place:05}", f"P{place:07}"
            self.logins.append(_login(place, username=name, realm="paper"))
            self.accounts.append({"account_number": account, "account_realm": "paper"})
            self.mandates.append(self._mandate(name, place) | {"account_number": account})

    def _add_advised(self) -> None:
        for place in range(ADVISED):
            how = {"role": "adviser", "label": f"Client {place + 1}"}
            self.mandates.append(self._mandate(self.adviser.username, place, **how))

    def _followed(self, place: int) -> Someone:
        person, login = self.people[place], self.logins[place]
        return Someone(
            number=person["customer_number"],
            username=login["username"],
            birth_date=person["birth_date"],
            email=login["email"],
            detail=f"U{place:07}",
        )

    def _enrich(self, place: int, now: datetime, earlier_hash: str) -> None:
        """Put on file what questions are asked about, and the password of the firm's earlier system."""
        person, who = self.people[place], self.forgetful
        person |= {"application_opened": "2019-03-14", "application_employer": "Analytical Engines Ltd"}
        person |= {"application_tax_country": "US"}
        self.logins[place]["password_hash"] = earlier_hash
        for days, kind, more in (
            (2, "order", {"instrument": "ACME", "quantity": "10", "amount": "1210.40"}),
            (9, "deposit", {"instrument": "", "quantity": "", "amount": "5000.00"}),
        ):
            at = f"{now - timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"
            entry = {"account_number": who.detail, "reference": f"T-{days}", "at": at, "own": "yes"}
            self.activity.append(entry | {"activity_kind": kind} | more)
        who.memory = _memory(person)

    def write(self, folder: Path) -> Path:
        """Write a folder of sheets."""
        folder.mkdir()
        for name in ("people", "logins", "accounts", "mandates", "activity"):
            with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
                columns = dict.fromkeys(column for row in getattr(self, name) for column in row)
                writer = csv.DictWriter(file, list(columns))
                writer.writeheader()
                writer.writerows(getattr(self, name))
        return folder
