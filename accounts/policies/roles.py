"""What each staff role may read in the admin. What it may do is checked by the actions."""

from accounts.enums import Role

# What waits for somebody to work on it. Whoever answers calls finds people by whole username, on the desk's customer
# page, and has no list of them.
CALLS = ("report", "networkrequest")
PEOPLE = ("customer", "user", "tradingaccount", "mandate", "accountactivity", "key", "phone", "passkey", "report")
DESK = ("platformsession", "pushchallenge", "networkrequest", "welcomeletter")
COLLEAGUES = ("employee", "rolechange", "staffinvitation")
RECORD = {
    "audit": ("securityevent",),
    "outbox": (),
}  # it mentions cases, which those who work on them must not recognise

# Role -> app -> models; an empty tuple stands for all models of the app.
READS: dict[Role, dict[str, tuple[str, ...]]] = {
    Role.AGENT: {"accounts": CALLS, "throttle": (), "recovery": ()},
    Role.SENIOR: {"accounts": CALLS, "throttle": (), "recovery": ()},
    Role.AUDITOR: {"accounts": (*PEOPLE, *DESK, *COLLEAGUES), "throttle": (), "recovery": (), **RECORD},
    Role.OPERATOR: {"accounts": ("user", *DESK, *COLLEAGUES), "throttle": (), **RECORD},
}
# Those who check the record must not create it.
APART = (frozenset({Role.AGENT, Role.AUDITOR}), frozenset({Role.SENIOR, Role.AUDITOR}))
# Where there is another operator, that one confirms these: what they open cannot be undone by watching.
TAKE_TWO = frozenset({Role.SENIOR, Role.AUDITOR, Role.OPERATOR})
