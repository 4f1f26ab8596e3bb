"""The events that the firm's systems are told of usernames, with the fields of each."""

from portal.outbox.hooks.event_types import Field, declare

_KEY = Field("Number of the Key; the same in the events of one Key.", 12)
_PASSKEY = Field("Number of the passkey; the same in the events of one passkey.", 3)
_REPORT = Field("Reference of the report, as the customer quotes it.", "R-7F3K-2Q9C")

PASSWORD_SET = declare(
    "password.set", "A password was set: changed, set anew after it was forgotten, or the first one."
)
KEY_ADDED = declare("key.added", "A Key was added; it is a second factor from now on.", {"key": _KEY})
KEY_MOVED = declare("key.moved", "A Key was moved to another phone; this is the new one.", {"key": _KEY})
KEY_REMOVED = declare(
    "key.removed",
    "A Key was turned off.",
    {
        "key": _KEY,
        "reason": Field("`turned_off`, `moved`, `lost`, or `copied`.", "lost"),
    },
)
KEYS_REMOVED = declare(
    "keys.removed",
    "Every Key, passkey and backup code was turned off at once.",
    {
        "keys": Field("How many Keys.", 1),
        "passkeys": Field("How many passkeys.", 0),
        "reason": Field("`recovered`, or `closed` with the username.", "recovered"),
    },
)
PASSKEY_ADDED = declare("passkey.added", "A passkey was added; it opens the account alone.", {"passkey": _PASSKEY})
PASSKEY_REMOVED = declare(
    "passkey.removed",
    "A passkey was turned off.",
    {"passkey": _PASSKEY, "reason": Field("`turned_off`, or `copied` if it may have been.", "turned_off")},
)
EMAIL_CHANGED = declare(
    "email.changed",
    "The e-mail address on file is another one. The firm's books overwrite it at the next feed unless they take it "
    "over.",
    {
        "address": Field("The address that is on file now.", "ada@example.com"),
        "change": Field("`made` by the customer, `undone` by them, or from the firm's `books`.", "made"),
    },
)
PHONE_CHANGED = declare(
    "phone.changed",
    "The customer changed their phone number, for all their usernames. As with an address, the books overwrite it.",
    {"number": Field("The number that is on file now.", "+441632960100")},
)
PAUSED = declare(
    "sign_in.paused",
    "Sign-in was paused after too many wrong tries. The pause ends by itself and is told up to half a minute late.",
    {
        "limit": Field("What was wrong too often: `password` or `code`.", "password"),
        "minutes": Field("How long such a pause lasts.", 15),
    },
)
PAUSE_LIFTED = declare("sign_in.pause_lifted", "A pause was ended before its time.")
SUSPENDED = declare("user.suspended", "Sign-in was stopped until somebody at the firm allows it again.")
REINSTATED = declare("user.reinstated", "Sign-in is allowed again.")
CLOSED = declare("user.closed", "The username was closed, by the firm's books.")
REOPENED = declare("user.reopened", "The username was opened again, by the firm's books.")
ERASED = declare(
    "user.erased",
    "Everything personal was erased here, and nothing follows about this username. Events that were not sent until "
    "then are not sent any more, which leaves a gap before this one.",
)
REPORT_OPENED = declare(
    "report.opened",
    "The customer reported something suspicious, or what they reported was opened again.",
    {
        "report": _REPORT,
        "kind": Field(
            "About a request (`not_me`), a change of `contact`, a message (`notice`) or an `event`.", "event"
        ),
    },
)
REPORT_CLOSED = declare(
    "report.closed",
    "A report was investigated and closed.",
    {"report": _REPORT, "outcome": Field("`protected`, `mistake` or `watched`.", "mistake")},
)
