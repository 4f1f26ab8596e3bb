"""Normalisation of usernames."""

import re
import unicodedata

MAX_LENGTH = 150
LONGEST_OF_STAFF = 30
_OF_STAFF = re.compile(rf"[a-z0-9][a-z0-9.-]{{1,{LONGEST_OF_STAFF - 1}}}")


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


def is_fit_for_staff(canonical_name: str) -> bool:
    """Tell whether a canonical username can be given to staff: plain letters that no two people read differently."""
    return _OF_STAFF.fullmatch(canonical_name) is not None
