"""Walking through an enrolment by its actions, and the phones that come to it."""

from dataclasses import dataclass, field
from typing import Any

from accounts.actions.keys.enrolment import identity_proofing, rows, steps
from accounts.enums import EnrolmentPurpose, EnrolmentState
from accounts.models import Enrolment, Phone, User
from accounts.policies.keys import totp
from portal.lib import client, clock
from portal.outbox.models import Notice
from tests.phone import new_key, public_half

ORIGIN = client.Origin("203.0.113.9", "Firefox on Linux", "ABCD2345")
TICKET = "a-ticket-of-this-browser"
FIRST, ADD, TRANSFER, RECOVERY = EnrolmentPurpose
RIGHT = {"birth_date": "1985-12-10", "detail": "U0000000"}


def now() -> Any:
    return clock.now()


def mailed_code(user: User) -> str:
    """Return the code of the newest e-mail."""
    return Notice.objects.filter(user=user, kind="code").latest("pk").facts["code"].replace(" ", "")


def code_of(secret: str, *, steps: int = 0) -> str:
    """Return what a Key with this seed shows now, or ``steps`` of 30 s later."""
    return totp.at_step(totp.decode_secret(secret), totp.step_at(now().timestamp()) + steps)


@dataclass
class Walk:
    """One enrolment on its way; each step returns the walk."""

    user: User
    purpose: EnrolmentPurpose = FIRST
    also: list[User] = field(default_factory=list)
    old_phone: Phone | None = None
    ticket: str = TICKET
    given: dict[str, str] = field(default_factory=dict)

    enrolment: Enrolment = field(init=False)
    pairing_code: str = field(init=False, default="")
    seeds: dict[str, str] = field(init=False, default_factory=dict)  # as the phone has fetched them, by username

    @property
    def state(self) -> EnrolmentState:
        return EnrolmentState(Enrolment.objects.get(pk=self.enrolment.pk).state)

    @property
    def owned(self) -> dict[str, Any]:
        return {"enrolment": self.enrolment, "binding": self.ticket, "now": now()}

    @property
    def phone(self) -> Phone:
        return Phone.objects.get(enrolments=self.enrolment)

    def begun(self) -> "Walk":
        self.enrolment = steps.begin(
            user=self.user,
            purpose=self.purpose,
            binding=self.ticket,
            also=self.also,
            old_phone=self.old_phone,
            origin=ORIGIN,
            now=now(),
        )
        return self

    def mailed(self) -> "Walk":
        self.enrolment = identity_proofing.accept_email(code=mailed_code(self.user), origin=ORIGIN, **self.owned)
        return self

    def detailed(self) -> "Walk":
        self.enrolment = identity_proofing.accept_details(given=self.given, origin=ORIGIN, **self.owned)
        return self

    def opened(self) -> "Walk":
        self.begun()
        if self.purpose != TRANSFER:
            self.mailed()
        return self.detailed() if self.purpose == FIRST else self

    def renewed(self) -> "Walk":
        self.pairing_code = steps.renew_pairing_code(**self.owned)
        return self

    def claimed(self, **phone: Any) -> "Walk":
        new = {"public_key": public_half(new_key()), "name": "Ben's Pixel"}
        claim = phone or new
        self.enrolment = steps.claim(
            code=self.pairing_code,
            **claim,
            attempt=steps.reserve_pairing(origin=ORIGIN, now=now()),
            version="1.0",
            origin=ORIGIN,
            now=now(),
        )
        return self

    def matched(self) -> "Walk":
        self.enrolment = steps.match(origin=ORIGIN, **self.owned)
        return self

    def fetched(self) -> "Walk":
        items = steps.fetch(enrolment=self.enrolment, phone=self.phone, now=now())
        self.seeds = {item.user.username: item.secret for item in items}
        return self

    def paired(self, **phone: Any) -> "Walk":
        return self.opened().renewed().claimed(**phone).matched().fetched()

    def confirmed(self) -> "Walk":
        steps.confirm_on_web(code=code_of(self.seeds[self.user.username]), origin=ORIGIN, **self.owned)
        return self

    def proved(self) -> "Walk":
        items = rows.items_of(self.enrolment)
        shown = {item.public_id: code_of(item.secret) for item in items}
        steps.prove_on_phone(enrolment=self.enrolment, phone=self.phone, codes=shown, origin=ORIGIN, now=now())
        return self


def first(person: Any, **options: Any) -> Walk:
    """Return the walk of a customer without a Key, who knows the details on file."""
    own = person.user.mandates.get().account.number
    return Walk(person.user, FIRST, given={"birth_date": "1985-12-10", "detail": own}, **options)
