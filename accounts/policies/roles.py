"""What each staff role may read in the admin. What it may do is asked by the deeds."""

from accounts.enums import Role

PEOPLE = ("customer", "user", "tradingaccount", "mandate", "accountactivity", "key")
RECORD = ("securityevent", "notice", "platformsession", "throttle")

# Role -> application -> models; an empty tuple stands for all models of the application.
READS: dict[Role, dict[str, tuple[str, ...]]] = {
    Role.AGENT: {"accounts": (*PEOPLE, *RECORD), "recovery": ()},
    Role.SENIOR: {"accounts": (*PEOPLE, *RECORD), "recovery": ()},
    Role.AUDITOR: {"accounts": (*PEOPLE, *RECORD), "recovery": ()},
    Role.OPERATOR: {"accounts": ("user", *RECORD)},
}
# Whoever checks the record does not make it.
APART = (frozenset({Role.AGENT, Role.AUDITOR}), frozenset({Role.SENIOR, Role.AUDITOR}))
