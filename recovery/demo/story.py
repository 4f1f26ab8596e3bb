"""The way of one case to the state that the cast file says, by the actions of a real one, at times gone by."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import NoReturn

from django.db.models import Max

from accounts.demo import build as people
from accounts.demo.cast import Login, Person
from accounts.models import EnrolmentItem, Key, User
from accounts.policies.keys import totp
from portal.lib import digests
from portal.lib.client import Origin
from portal.outbox.kinds import KINDS
from portal.outbox.models import Notice, NoticeState
from recovery.actions import (
    claims,
    completion,
    grants,
    objections,
    one_time_secrets,
    possession,
    questions,
    reviews,
    statements,
    timers,
    transitions,
)
from recovery.actions.case_events import Who
from recovery.demo import answers, browser
from recovery.demo.cast import Case as Wanted
from recovery.enums import Actor, Observed, Purpose, State
from recovery.methods import METHODS
from recovery.models import Case, Claim, Decision
from recovery.notice_kinds import CASE_APPROVED
from recovery.refusals import CaseNotOpen, KeyCodeOffered

DESK = Origin(address="192.0.2.44", device="Firefox on Windows")
_REASON = "Everything on file agrees with what the caller said."
_OWN_CHECK = "Called the number on file and spoke to the customer."


@dataclass
class Story:
    """One case on its way. ``at`` is the time in the story; each step takes some of it."""

    wanted: Wanted
    owner: tuple[Person, Login] | None
    agent: User
    at: datetime
    origin: Origin
    claim: Claim = field(init=False)
    first_notice: int = field(init=False)  # the newest one before the story

    @property
    def case(self) -> Case:
        """Return the case as it is now."""
        return Case.objects.select_related("policy", "subject", "claim").get(pk=self.claim.case_id)

    def settles(self) -> None:
        """Let the worker do what it would, and count what it would send as sent, without anything that opens.

        The owner of a case that asks for papers could not be told of the approval.
        """
        timers.tick(self.at)
        for notice in Notice.objects.filter(pk__gt=self.first_notice, user=self.case.subject, state=NoticeState.DUE):
            sent = {"state": NoticeState.SENT, "sent_at": self.at}
            kept = {} if KINDS[notice.kind].is_readable_again else {"facts": ""}
            is_lost = self.wanted.state == State.PROOFING and notice.kind == CASE_APPROVED.name
            Notice.objects.filter(pk=notice.pk).update(**({"state": NoticeState.DEAD} if is_lost else sent | kept))

    def opens(self) -> None:
        """Open the claim, on the web or by an agent for a caller, with the PIN of the file."""
        by = self.agent if self.wanted.by_phone else None
        self.first_notice = Notice.objects.aggregate(newest=Max("pk"))["newest"] or 0
        self.claim = claims.open_claim(
            username=self.wanted.username,
            lost=[Purpose.PASSWORD, Purpose.KEY],
            contact="" if by or self.owner is None else self.owner[0].phone,
            browser="" if by else browser.value(),
            by=by,
            origin=DESK if by else self.origin,
            now=self.at,
        ).claim
        put_pin(self.claim, self.wanted.pin, origin=self.origin, now=self.at)
        if self.case.subject:
            # Whoever has lost a Key has not used it since. A Key in use would stop the case.
            Key.objects.filter(user=self.case.subject, last_used_at__gt=self.at).update(last_used_at=None)

    def calls(self) -> None:
        """Begin the questions; an agent becomes the maker."""
        questions.start_session(claim=self.claim, by=self.agent, origin=DESK, now=self.at)

    def answers(self, count: int | None = None) -> None:
        """Answer so many questions as an honest caller does, or all, which ends the round."""
        for item in list(questions.unanswered(self.claim))[:count]:
            said = answers.answer(item, *self.owner) if self.owner else answers.FORGOTTEN
            self._records(item.pk, said)
        if count is None:
            questions.finish_round(claim=self.claim, by=self.agent, origin=DESK, now=self.at)

    def fails(self) -> None:
        """Know no answer, which ends the case."""
        for item in questions.unanswered(self.claim):
            self._records(item.pk, answers.FORGOTTEN)
        questions.finish_round(claim=self.claim, by=self.agent, origin=DESK, now=self.at)

    def warns(self) -> None:
        """Raise what makes the review more careful: a code of the Key given as an answer, and a second claimant."""
        with _refused(KeyCodeOffered):
            item = self.claim.items.exclude(prompt__in=["birth_date", "opened"]).order_by("place")[0]
            questions.record_answer(item=item, answer="481516", by=self.agent, origin=DESK, now=self.at)
        other = claims.open_claim(
            username=self.wanted.username,
            lost=[Purpose.KEY],
            contact="",
            browser=digests.random_ticket(),
            by=None,
            origin=Origin(address="203.0.113.99", device="Chrome on Android"),
            now=self.at,
        ).claim
        with _refused(CaseNotOpen):
            questions.start_session(claim=other, by=self.agent, origin=DESK, now=self.at)

    def states(self) -> None:
        """File the agent's statement; from tier 2 it says that the caller was in a hurry."""
        statements.file_statement(
            claim=self.claim,
            codes=[Observed.PRESSURE] if self.wanted.tier > 1 else [],
            recommends=True,
            call_reference=f"T-{4700 + self.claim.pk}",
            by=self.agent,
            origin=DESK,
            now=self.at,
        )

    def proves(self) -> None:
        """Type the e-mailed code, which sends the case to review."""
        mail = METHODS["mail"]
        possession.send(method=mail, claim=self.claim, by=None, origin=self.origin, now=self.at)
        code = self._newest("code", "code").replace(" ", "")
        possession.accept(method=mail, claim=self.claim, typed={"code": code}, origin=self.origin, now=self.at)

    def is_looked_at(self) -> None:
        """Be opened by the senior who was drawn."""
        decision, checker = self._review()
        reviews.open_review(decision=decision, by=checker, origin=DESK, now=self.at)

    def is_approved(self) -> None:
        """Be approved by the senior who has opened it."""
        decision, checker = self._review()
        with _as_then(checker) as key:
            reviews.approve(
                decision=decision,
                reason=_REASON,
                own_check=_OWN_CHECK,
                code=totp.at_step(totp.decode_secret(key.secret), totp.step_at(self.at.timestamp())),
                by=checker,
                origin=DESK,
                now=self.at,
            )

    def has_waited(self) -> None:
        """Let a period end by itself."""

    def sets_up(self) -> None:
        """Set a password and the Key of the file, with both parts of the set-up code; then the file's password."""
        _person, login = self.owner or _nobody()
        started = grants.start_grant(claim=self.claim, browser=browser.value(), origin=self.origin, now=self.at)
        opened = grants.open_grant(
            claim=self.claim,
            first_part=started.first_part,
            second_part=self._newest("case_grant_part", "part"),
            browser=browser.value(),
            origin=self.origin,
            now=self.at,
        )
        seed, ticket = login.keys[0].totp_secret.upper(), digests.random_ticket()
        prepared = completion.choose_password(
            grant=opened,
            new_password=f"Set-{secrets.token_urlsafe(12)}-aZ7",  # never used before, as the file's may be
            now=self.at,
        )
        enrolment = completion.begin_key(grant=opened, ticket=ticket, origin=self.origin, now=self.at)
        own = EnrolmentItem.objects.get(enrolment=enrolment)
        own.secret = seed
        own.save(update_fields=["secret"])
        code = totp.at_step(totp.decode_secret(seed), totp.step_at(self.at.timestamp()))
        completion.complete(
            grant=opened,
            prepared=prepared,
            key=completion.NewKey(enrolment, ticket, code, login.keys[0].name),
            origin=self.origin,
            now=self.at,
        )
        people.put_password(self.case.holder, login, now=self.at)

    def is_objected_to(self) -> None:
        """Be stopped by the owner, who has signed in and says that it was not them."""
        objections.stop_signed_in(user=self.case.holder, origin=self.origin, now=self.at)

    def _records(self, item_id: int, said: str) -> None:
        item = self.claim.items.get(pk=item_id)
        questions.record_answer(item=item, answer=said, by=self.agent, origin=DESK, now=self.at)

    def _review(self) -> tuple[Decision, User]:
        decision = Decision.objects.select_related("assigned_to").filter(case=self.claim.case_id).latest("pk")
        return decision, decision.assigned_to or _nobody()

    def _newest(self, kind: str, fact: str) -> str:
        return str(Notice.objects.filter(user=self.case.subject_id, kind=kind).latest("pk").facts[fact])


def put_pin(claim: Claim, pin: str, *, origin: Origin, now: datetime) -> None:
    """Give a claim the PIN of the file, in place of the random one that nobody was shown."""
    encoded = one_time_secrets.pin_hash(pin)
    who = Who(Actor.CLAIMANT, None, origin)
    transitions.note(transitions.lock(claim.case_id), "pin_replaced", who=who, now=now, body={"claim": claim.reference})
    claim.pin_hash = encoded
    claim.save(update_fields=["pin_hash"])


def _nobody() -> NoReturn:
    raise TypeError("the cast has nobody for this part")


@contextmanager
def _refused(reason: type[Exception]) -> Iterator[None]:
    """Go on after a refusal that is part of the story. Raises: ``AssertionError`` if nothing was refused."""
    try:
        yield
    except reason:
        return
    raise AssertionError(f"not refused: {reason.__name__}")


@contextmanager
def _as_then(member: User) -> Iterator[Key]:
    """Yield the Key of a member of staff as it was in the story; codes used since then stay used afterwards."""
    key = Key.objects.filter(user=member, confirmed=True).earliest("pk")
    used, used_at = key.last_step, key.last_used_at
    Key.objects.filter(pk=key.pk).update(last_step=-1)
    yield key
    key.refresh_from_db()
    later = {"last_step": used, "last_used_at": used_at} if used > key.last_step else {}
    if later:
        Key.objects.filter(pk=key.pk).update(**later)
