"""What each staff role may read in the admin. What it may do is asked by the actions."""

from accounts.enums import Role

PEOPLE = ("customer", "user", "tradingaccount", "mandate", "accountactivity", "key", "phone", "passkey", "report")
DESK = ("platformsession", "pushchallenge")
RECORD = {"audit": ("securityevent",), "outbox": ()}  # speaks of cases, which nobody who works on them may recognise

# Role -> application -> models; an empty tuple stands for all models of the application.
READS: dict[Role, dict[str, tuple[str, ...]]] = {
    Role.AGENT: {"accounts": (*PEOPLE, *DESK), "throttle": (), "recovery": ()},
    Role.SENIOR: {"accounts": (*PEOPLE, *DESK), "throttle": (), "recovery": ()},
    Role.AUDITOR: {"accounts": (*PEOPLE, *DESK), "throttle": (), "recovery": (), **RECORD},
    Role.OPERATOR: {"accounts": ("user", *DESK), "throttle": (), **RECORD},
}
# Whoever checks the record does not make it.
APART = (frozenset({Role.AGENT, Role.AUDITOR}), frozenset({Role.SENIOR, Role.AUDITOR}))
