"""One spelling per answer to a security question."""

import unicodedata


def fold(typed: str) -> str:
    """Return the form answers are hashed and compared in.

    Compatibility characters and case are folded, white space at the ends is dropped and runs of it inside
    become one blank: people remember words, not how they typed them years ago.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", typed).casefold())
    return " ".join(folded.split())
