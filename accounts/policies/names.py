"""One spelling per username."""

import unicodedata

MAX_LENGTH = 150


def canonical(typed: str) -> str:
    """Return the form usernames are stored, counted and compared in.

    Compatibility characters are folded (NFKC), case is folded, surrounding white space and invisible
    format characters are dropped, so that no spelling of a name has a budget of tries of its own.
    """
    folded = unicodedata.normalize("NFKC", typed).casefold()
    return "".join(c for c in folded if unicodedata.category(c) not in {"Cf", "Cc"}).strip()[:MAX_LENGTH]
