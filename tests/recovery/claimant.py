"""Somebody at the pages of recovery, in a plain browser without script."""

import html
import re

from django.test import Client

from portal.outbox.models import Notice
from recovery.models import Claim
from tests.recovery.conftest import NEW_PASSWORD, Walk

WORDS = re.compile(r"<[^>]+>")


def words(answer: object) -> str:
    """Return what a reader sees, blanks folded."""
    return " ".join(html.unescape(WORDS.sub(" ", answer.content.decode())).split())


def cause(answer: object) -> str:
    """Return the code of the cause that an answer was refused for, or the empty text."""
    return next((answer.context[name].code for name in ("cause", "refusal") if answer.context.get(name)), "")


def wrong(answer: object) -> dict[str, str]:
    """Return the fields that were refused, with the code of the first error of each."""
    return {field: errors[0].code for field, errors in answer.context["form"].errors.as_data().items()}


def shown(answer: object, what: str = "state") -> str:
    """Return what a page says of itself for machines (``data-state``, ``data-call``), or the empty text."""
    found = re.search(rf'data-{what}="([^"]+)"', answer.content.decode())
    return found[1] if found else ""


def leads_to(answer: object, path: str) -> bool:
    """Tell whether a page has a link or a form that leads to a page of recovery."""
    return f'"/recover/{path}"' in answer.content.decode()


def asks_for_pin(answer: object) -> bool:
    """Tell whether the page is the one that asks for reference and PIN."""
    return answer.templates[0].name == "recovery/status.html"


class Claimant:
    """One browser; each verb is one form sent, and returns the last answer."""

    def __init__(self, **headers: str) -> None:
        self.client = Client(**headers)
        self.reference = self.pin = ""

    def asks(self, username: str = "ada", **fields: object) -> object:
        answer = self.client.post("/recover/", {"username": username, "lost": ["key"], **fields}, follow=True)
        codes = re.findall(r"<code data-copy-text>([^<]+)</code>", answer.content.decode())
        if len(codes) == 3:
            self.reference, self.pin, _phrase = codes
        return answer

    def enters(self, reference: str | None = None, pin: str | None = None) -> object:
        return self.client.post(
            "/recover/status/",
            {
                "reference": self.reference if reference is None else reference,
                "pin": self.pin if pin is None else pin,
            },
            follow=True,
        )

    def looks(self) -> object:
        return self.client.get("/recover/status/")

    def presses(self, path: str, **fields: str) -> object:
        return self.client.post(f"/recover/{path}", fields, follow=True)

    @property
    def claim(self) -> Claim:
        return Claim.objects.select_related("case").get(reference=self.reference)

    def gives_code(self, code: str | None = None) -> object:
        self.presses("status/proof/mail/send/")
        return self.presses("status/proof/mail/", code=mailed("code", "code") if code is None else code)

    def begins(self) -> object:
        return self.presses("finish/begin/")

    def opens_grant(self, part: str | None = None) -> object:
        return self.presses("finish/", part=mailed("case_grant_part", "part") if part is None else part)

    def chooses(self, password: str = NEW_PASSWORD) -> object:
        return self.presses("finish/new/", new_password=password)

    def pairing_code(self) -> str:
        page = self.client.get("/recover/finish/key/").content.decode()
        return re.findall(r"<code data-copy-text>([^<]+)</code>", page)[0].replace("-", "")

    def secret(self) -> str:
        """Return the seed for a plain authenticator app; choose a password first, unless one was chosen."""
        page = self.client.get("/recover/finish/key/")
        page = page if page.status_code == 200 else self.chooses()
        return re.findall(r"<code data-copy-text>([^<]+)</code>", page.content.decode())[-1].replace(" ", "")

    def saves(self, code: str, *, name: str = "New phone") -> object:
        return self.presses("finish/key/", name=name, code=code)


def mailed(kind: str, fact: str) -> str:
    """Return a fact of the newest message of a kind."""
    return Notice.objects.filter(kind=kind).latest("pk").facts[fact]


def at_desk(walk: Walk, claimant: Claimant) -> Walk:
    """Let the desk go on with the claim of this browser."""
    walk.claim, walk.pin = claimant.claim, claimant.pin
    return walk
