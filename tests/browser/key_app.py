"""The Key's app in a browser: set up for people without walking through the pages, opened, looked into."""

import json
from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page, expect

from accounts import models
from accounts.enums import KeyKind
from portal.lib import clock
from tests import factories
from tests.factories import Person

PIN = "583920"
CODE = "7M2KPQ9X"
NUMBER = "47"
_INSTEAD_OF_THE_SERVER = """
const reach = window.fetch;
window.fetch = async (address, how) => {
  const [, part] = /v1\\/(pair|confirm|prove)\\/$/.exec(address) ?? [];
  const said = part && (await window.serverSays(part, how.body));
  return said ? new Response(JSON.stringify(said), { status: said.cause ? 409 : 200 }) : reach(address, how);
};
"""


@dataclass
class KeyApp:
    """One phone with the app open in it."""

    page: Page
    seeds: dict[str, str] = field(default_factory=dict)  # base32, by username
    row: models.Phone | None = None
    people: tuple[Person, ...] = ()

    def pair(self, *people: Person, name: str = "Ann's Pixel", lock: str = "pin") -> "KeyApp":
        """Set the app up for these people; the server's half of the pairing is played by the test."""
        self.people = people
        self.page.expose_function("serverSays", self._say)
        self.page.add_init_script(_INSTEAD_OF_THE_SERVER)
        self.page.goto(f"/key/#pair={CODE}")
        self.begin(lock)
        self.page.get_by_label("Name of this phone").fill(name)
        self.page.get_by_role("button", name="Continue").click()
        self.screen("paired" if len(people) == 1 else "codes")
        self.row.keys.update(confirmed=True)
        self.codes()
        expect(self.page.locator(".badge-warn:visible")).to_have_count(0)
        self.people = ()
        return self

    def begin(self, lock: str = "pin") -> None:
        """Walk from the first screen to the pairing code; ``lock``: "pin", "check" or "check and pin"."""
        self.page.locator("[data-do=skip]").click()
        self.page.get_by_role("button", name="I have a code").click()
        way = "pin" if lock == "pin" else "check"
        self.page.locator(f"main [data-do={way}]").click()
        for turn in ("first", "again") if "pin" in lock else ():
            expect(self.page.locator("[data-if=first]")).to_be_visible(visible=turn == "first")
            self.page.get_by_label("PIN", exact=True).fill(PIN)

    def codes(self) -> None:
        """Wait for the codes, past whatever is offered in between."""
        later = self.page.get_by_role("button", name="Not now").or_(self.page.locator("[data-is=codes]"))
        expect(later).to_be_visible()
        if self.page.get_by_role("button", name="Not now").is_visible():
            self.page.get_by_role("button", name="Not now").click()
        self.screen("codes")

    def screen(self, name: str) -> None:
        """Wait for a screen; the app asks the server every few seconds."""
        expect(self.page.locator("body")).to_have_attribute("data-screen", name)

    def word(self, name: str) -> str:
        """Return a sentence of the app's word list."""
        find = (
            "(name) => document.querySelector('template[data-part=words]').content.querySelector(`[data-word=${name}]`)"
        )
        text: str = self.page.evaluate(f"{find}.textContent", name)
        return text

    def unlock(self, pin: str = PIN) -> None:
        self.page.get_by_label("PIN", exact=True).fill(pin)

    def tab(self, name: str) -> None:
        self.page.get_by_role("navigation").get_by_role("button", name=name).click()

    def code_of(self, username: str) -> str:
        """Return the code on the screen, digits only."""
        return self.card(username).locator("[data-slot=code]").inner_text().replace(" ", "")

    def card(self, username: str) -> Locator:
        """Return what the screen of codes shows for an account."""
        return self.page.locator(".code", has=self.page.get_by_text(username, exact=True))

    def _say(self, path: str, body: str) -> dict[str, object] | None:
        """Answer a call of the pairing instead of the portal; None once that is over."""
        if not self.people:
            return None
        said = {"pair": self._pair, "confirm": self._confirm}.get(path, lambda _: {"cause": "Y7", "text": "Over."})
        return said(json.loads(body)) | {"time": int(clock.now().timestamp())}

    def _pair(self, said: dict[str, str]) -> dict[str, object]:
        facts = {"name": said["name"], "public_key": said["public_key"], "version": "1.0"}
        self.row = models.Phone.objects.create(created_at=clock.now(), last_seen_at=clock.now(), **facts)
        return {"phone": self.row.reference, "pairing": "P" * 22, "number": NUMBER, "minutes": 10}

    def _confirm(self, said: dict[str, str]) -> dict[str, object]:
        return {"state": "matched", "keys": [self._key(person) for person in self.people]}

    def _key(self, person: Person) -> dict[str, object]:
        user = person.user
        seed = self.seeds.setdefault(user.username, factories.seed_of(f"{self.row.reference} {user.username}"))
        facts = {"name": self.row.name, "kind": KeyKind.PHONE, "secret": seed, "confirmed": False}
        key, _ = models.Key.objects.get_or_create(user=user, phone=self.row, defaults=facts)
        label = f"{user.customer.given_name} {user.customer.family_name}"
        seen = {"key": str(key.public_id), "account": user.username, "realm": user.realm, "label": label}
        return seen | {"secret": seed, "digits": 6, "period": 30}


class Finger:
    """The fingerprint reader of a phone; it may hand over a secret (WebAuthn's PRF) or not."""

    def __init__(self, page: Page, *, gives_a_secret: bool = True) -> None:
        self.session = page.context.new_cdp_session(page)
        self.session.send("WebAuthn.enable")
        options = {"protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasResidentKey": True}
        options |= {"hasUserVerification": True, "isUserVerified": True, "hasPrf": gives_a_secret}
        made = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self.reader = made["authenticatorId"]

    def is_right(self, right: bool) -> None:
        """Let the next fingers be the owner's, or somebody else's."""
        self.session.send("WebAuthn.setUserVerified", {"authenticatorId": self.reader, "isUserVerified": right})
