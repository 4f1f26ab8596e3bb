"""Normalisation of answers to security questions."""

import unicodedata


def fold(typed: str) -> str:
    """Return the form in which answers are hashed and compared.

    Compatibility characters and case are folded, white space at the ends is dropped and runs of it inside
    become one space: people remember words, not how they typed them years ago.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", typed).casefold())
    return " ".join(folded.split())
