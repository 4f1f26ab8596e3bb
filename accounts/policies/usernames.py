"""Normalisation of usernames."""

import unicodedata

MAX_LENGTH = 150


def canonical(typed: str) -> str:
    """Return the form in which usernames are stored, counted and compared.

    Compatibility characters are folded (NFKC), case is folded, surrounding white space and invisible
    format characters are dropped, so that no spelling of a name has attempts of its own. This is
    repeated until nothing changes: the result is its own canonical form.
    """
    name = _plainer(typed)
    while (plainer := _plainer(name)) != name:
        name = plainer
    return name


def _plainer(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text[:MAX_LENGTH]).casefold()
    return "".join(c for c in folded if unicodedata.category(c) not in {"Cf", "Cc"}).strip()[:MAX_LENGTH]
