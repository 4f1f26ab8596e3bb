"""People as a firm imports them, and what they remember of themselves."""

from dataclasses import dataclass, field
from datetime import timedelta

from accounts.actions.authenticators.security_answers import set_answers
from accounts.enums import ActivityKind
from accounts.models import AccountActivity
from recovery.actions import papers
from recovery.enums import Prompt, Source
from tests import factories
from tests.recovery.conftest import ORIGIN, PERSONAL, QUESTIONS, RIGHT, Walk, now

SHOWN = "Passport, issued in Dublin, last four 4711, seen in person."
APPLICATION = PERSONAL["application"]
ADDRESSES = {
    "GB": {"line1": "12 St James Square", "city": "London", "postcode": "SW1Y 4JH", "country": "GB"},
    "GB cottage": {"line1": "Rose Cottage", "line2": "Mill Lane", "city": "Ely", "postcode": "CB7 4AA"},
    "US": {"line1": "1600 Harbor Blvd Apt 4", "city": "Oakland", "postcode": "94607", "country": "US"},
    "DE": {"line1": "Hauptstraße 12a", "city": "Köln", "postcode": "50667", "country": "DE"},
    "IE": {"line1": "The Old Forge", "city": "Kilkenny", "country": "IE"},
    "HK": {"line1": "Flat C, 18/F, 88 Queen's Road", "city": "Central", "country": "HK"},
    "AE": {"line1": "Al Barsha Heights", "city": "Dubai", "postcode": "00000", "country": "AE"},
    "CR": {"line1": "200 metros norte de la iglesia", "city": "Escazú", "country": "CR"},
}


@dataclass
class Imported:
    """One person, and what they remember of themselves."""

    name: str
    details: dict = field(default_factory=dict)
    application: dict = field(default_factory=dict)
    has_activity: bool = False
    has_questions: bool = False
    memory: dict = field(default_factory=dict)

    def made(self):
        person = factories.customer("ada", has_key=False, application=self.application, **self.details)
        if self.has_questions:
            set_answers(person.user, QUESTIONS)
        account = person.user.mandates.get().account
        if self.has_activity:
            facts = [(ActivityKind.ORDER, {"instrument": "ACME", "amount": "1210.40"})]
            facts.append((ActivityKind.DEPOSIT, {"amount": "5000.00"}))
            for kind, more in facts:
                at = now() - timedelta(days=5)
                AccountActivity.objects.create(account=account, at=at, kind=kind, own=True, **more)
        self.memory |= {Prompt.ACCOUNT_NUMBER: account.number}
        return person

    def honest(self, item) -> str:
        """Say what the owner knows; of the application two things, and nothing of what is not on file."""
        if item.prompt == Prompt.QUESTION:
            return QUESTIONS.get(item.question, "") if self.has_questions else ""
        if item.source == Source.ACTIVITY and not self.has_activity:
            return "none"
        return self.memory.get(Prompt(item.prompt), RIGHT.get(Prompt(item.prompt), ""))

    def leaked(self, item) -> str:
        """Say what a file with names, addresses, birth dates and phone numbers has; guess the rest."""
        if item.source == Source.PERSONAL:
            return self.honest(item)
        guesses = {Prompt.TAX_COUNTRY: "United Kingdom", Prompt.EXPERIENCE: "7", Prompt.QUESTION: "London"}
        return guesses.get(Prompt(item.prompt), "none")


def spoken(address: dict) -> str:
    return ", ".join(address.get(part, "") for part in ("line1", "line2", "city", "postcode") if address.get(part))


def shows_papers(walk, by=None) -> Walk:
    by = by or walk.maker
    papers.record_papers(case=walk.case, shown=SHOWN, by=by, origin=ORIGIN, now=now())
    return walk


def thin(walk, how=None, **details) -> Walk:
    """Bring a case of somebody about whom little is known to where papers are shown."""
    who = Imported("", {"address": ADDRESSES["GB"], **details}, memory={Prompt.ADDRESS: "12, SW1Y 4JH"})
    who.made()
    return walk.in_session().answered(how or who.honest)
