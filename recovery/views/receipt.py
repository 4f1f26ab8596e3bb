"""What a completed recovery has ended, and what it holds until when."""

from dataclasses import dataclass
from datetime import datetime

from recovery.enums import SPOKEN_OF, Scope
from recovery.models import Claim
from recovery.policies.public_status import PublicStatus


@dataclass(frozen=True)
class Receipt:
    """Where to sign in, counts of what ended, and the names of what the portal refuses for a while."""

    realm: str
    sign_ins: int
    keys: int
    held: list[str]
    until: datetime | None


def of(claim: Claim, status: PublicStatus) -> Receipt | None:
    """Return the receipt of a completed recovery, else None."""
    if status not in {PublicStatus.HOLD, PublicStatus.DONE}:
        return None
    facts = claim.case.events.filter(action="completed").order_by("-n").values_list("facts", flat=True)[0]
    holds = list(claim.case.holds.filter(lifted_at=None, scope__in=SPOKEN_OF).order_by("pk"))
    until = max((hold.until for hold in holds), default=None)
    held = [str(Scope(hold.scope).label) for hold in holds]
    return Receipt(claim.case.holder.realm, facts["ended"], facts["keys"], held, until)
