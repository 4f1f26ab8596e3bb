"""What the tests of networks share: people who are limited, and browsers at addresses."""

from django.test import Client

from accounts.actions.networks import rules
from accounts.models import User
from accounts.policies import networks
from portal.lib import client as origins
from portal.lib import clock
from tests import factories
from tests.factories import Person

HOME, OFFICE, AWAY = "203.0.113.7", "198.51.100.20", "192.0.2.99"


def limit(person: Person, *lines: str, address: str = HOME) -> None:
    """Limit a person to these networks, as the page does."""
    user = User.objects.get(pk=person.user.pk)
    rules.tighten(
        user=user,
        wanted=networks.read_all(lines or [HOME]),
        seen=rules.version_of(rules.of(user)),
        by=user,
        origin=origins.Origin(address),
        now=clock.now(),
    )


def at(address: str, person: Person | None = None, **extra: str) -> Client:
    """Return a browser at this address, with an open session of the person if there is one."""
    browser = factories.signed_in(person) if person else Client()
    browser.defaults["REMOTE_ADDR"] = address
    browser.defaults.update(extra)
    return browser


def listed(person: Person) -> list[str]:
    """Return a person's networks as text."""
    return [str(one) for one in rules.of(User.objects.get(pk=person.user.pk))]


def preview_of(browser: Client, *lines: str) -> object:
    """Return the page that shows what a list would do."""
    return browser.post("/security/networks/change/", _fields(browser, lines))


def save(browser: Client, *lines: str) -> object:
    """Save a list, as the button of the preview does."""
    return browser.post("/security/networks/change/", _fields(browser, lines) | {"save": "yes"})


def _fields(browser: Client, lines: tuple[str, ...]) -> dict[str, str]:
    form = browser.get("/security/networks/change/").context["form"]
    return {"networks": "\n".join(lines), "seen": form["seen"].value()}
