"""Writing systems: what a text shows, and what makes one text read like another."""

import unicodedata

# Letters that look like Latin ones in most typefaces (Unicode Technical Standard 39, confusables), lower case.
_LIKE_LATIN = str.maketrans(
    {
        "а": "a", "ԁ": "d", "е": "e", "һ": "h", "і": "i", "ј": "j", "ӏ": "l", "о": "o", "р": "p", "ԛ": "q", "с": "c",
        "ѕ": "s", "ѵ": "v", "ԝ": "w", "х": "x", "у": "y", "к": "k", "м": "m", "н": "h", "т": "t", "в": "b", "п": "n",
        "г": "r", "α": "a", "ι": "i", "κ": "k", "ν": "v", "ο": "o", "ρ": "p", "τ": "t", "υ": "u", "χ": "x", "γ": "y",
        "ε": "e", "η": "n",
    }
)  # fmt: skip
# Written with several scripts by those who read them: Japanese with Chinese characters, Korean likewise.
_TOGETHER = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL"})
_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINS = frozenset("\u200c\u200d")


def of(text: str) -> list[str]:
    """Return the scripts of the letters of a text, such as Latin and Cyrillic, by name."""
    found = {_script(c) for c in text if c.isalpha()}
    if found <= _TOGETHER:
        found = set(sorted(found)[:1])
    return [script.title() for script in sorted(found)]


def is_mixed(text: str) -> bool:
    """Tell whether the letters of a text are of more than one script."""
    return len(of(text)) > 1


def reads_like(text: str) -> str:
    """Return the Latin text that this one, of another script, looks like; empty if it does not look Latin."""
    latin = text.translate(_LIKE_LATIN)
    return latin if latin != text and latin.isascii() else ""


def hidden(text: str) -> bool:
    """Tell whether a character does not show, or turns the direction of the text."""
    return any(unicodedata.category(c) in {"Cf", "Cn", "Co"} or c in "\u115f\u1160\u3164\uffa0" for c in text)


def turns(text: str) -> bool:
    """Tell whether a mark turns the direction of the text; names of every script do without."""
    return bool(_TURNS & set(text))


def shows(text: str) -> bool:
    """Tell whether there is a letter or digit to see, and nothing hidden but what joins letters."""
    visible = "".join(c for c in text if c not in _JOINS)
    return any(c.isalnum() for c in visible) and not hidden(visible)


def _script(letter: str) -> str:
    first = unicodedata.name(letter, "UNKNOWN").split()[0]
    return "CJK" if first == "IDEOGRAPHIC" else first
