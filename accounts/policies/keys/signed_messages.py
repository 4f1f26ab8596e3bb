"""The exact texts that a phone signs. Format: docs/reference/key-api.md."""


def call_text(*, method: str, path: str, body_digest: str, time: int, nonce: str) -> str:
    """Return the text signed for one request.

    ``path`` with its query, as sent; ``body_digest``: SHA-256 of the body, 64 hex digits, also of an empty one;
    ``time``: whole seconds since 1970; ``nonce``: 22 characters of base64url.
    """
    return "\n".join(["gatehouse-key-call-v1", method, path, body_digest, str(time), nonce])


def rotation_text(*, phone: str, public_key: str) -> str:
    """Return the text that a new signing key signs to prove its phone; ``phone``: the reference."""
    return f"gatehouse-key-rotate-v1\n{phone}\n{public_key}"


def answer_text(*, request: str, account: str, decision: str, number: str, time: int) -> str:
    """Return the text signed to answer a request.

    ``account``: the username; ``decision``: approve or deny; ``number``: the digits typed, empty for a denial.
    """
    return "\n".join(["gatehouse-key-answer-v1", request, account, decision, number, str(time)])
