"""The events that the firm's systems are told of recoveries, with the fields of each."""

from portal.outbox.hooks.event_types import Field, declare
from recovery.enums import Scope

_SCOPES = ", ".join(f"`{scope}`" for scope in Scope)
_HOLDS = Field(
    "Everything that is on hold for this username now, each with its end.",
    [{"scope": "withdraw", "until": "2026-03-05T12:00:00.000Z"}],
)

RECOVERED = declare(
    "user.recovered",
    "A recovery was completed: password and Key are new, and everything before was turned off.",
)
HOLDS_PLACED = declare(
    "holds.placed",
    f"Something is on hold, or for longer than it was. Scopes: {_SCOPES}. The portal refuses what concerns itself; "
    "withdrawals and the like are for your systems to refuse.",
    {
        "placed": Field("The scopes that this is about.", ["withdraw"]),
        "because": Field("`recovery` after one was completed, or `objection` while one is disputed.", "recovery"),
        "holds": _HOLDS,
    },
)
HOLDS_ENDED = declare(
    "holds.ended",
    "Holds ended with their time. What another recovery still holds is not among them.",
    {"ended": Field("The scopes that are free again.", ["withdraw"]), "holds": _HOLDS},
)
