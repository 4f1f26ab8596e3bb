"""Compare an answer with what is on file. Pure; forgives differences of form, never of content."""

import hmac
import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from accounts.policies import security_answers

Comparer = Callable[[str, str], bool]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NOTHING = {"none", "no", "nothing", "never", "not any", "there was none", "did not happen"}
_FORGOTTEN = {"", "do not know", "dont know", "i do not know", "i dont know", "does not remember", "forgotten", "-"}
_MOST_DIGITS = 9
_MOST_NUMBERS = 2  # in an address: the house and a flat; more numbers are guessing
_MOST_WORDS = 20  # in an address; more are guessing, too
_FEWEST_PHONE_DIGITS = 7  # without the country code
_OF_EVERY_ADDRESS = {
    *("street", "st", "road", "rd", "avenue", "ave", "lane", "drive", "close", "square", "place", "way", "flat"),
    *("apartment", "apt", "unit", "floor", "building", "block", "house", "villa", "po", "box", "the", "of", "and"),
    *("strasse", "str", "weg", "platz", "rue", "via", "calle", "avenida", "de", "del", "la", "el", "al", "no"),
}
_FILLERS = {"ltd", "limited", "inc", "llc", "plc", "gmbh", "ag", "co", "corp", "corporation", "company", "the", "bank"}


def fold(typed: str) -> str:
    """Return the words as they sound, separated by single spaces."""
    return " ".join(security_answers.words(typed))


def is_forgotten(typed: str) -> bool:
    """Tell whether the answer is "I don't remember"."""
    return fold(typed) in _FORGOTTEN


def is_nothing(typed: str) -> bool:
    """Tell whether the answer is "it never happened"."""
    return fold(typed) in _NOTHING


def same_text(expected: str, given: str) -> bool:
    """Compare folded texts in constant time; an empty text never matches."""
    return bool(expected) and hmac.compare_digest(
        expected.encode(errors="surrogatepass"), given.encode(errors="surrogatepass")
    )


def _number(digits: str) -> int:
    """Return the number; for more digits than anything on file has, one that matches nothing."""
    return int(digits) if len(digits) <= _MOST_DIGITS else 10**_MOST_DIGITS


def dates(expected: str, given: str) -> bool:
    """Compare with an ISO date: 10 Dec 1985, 10.12.1985, 12/10/1985, 1985-12-10, December 10th, 1985.

    If day and month can be read both ways, either may match.
    """
    return any(same_text(expected, reading.isoformat()) for reading in read_dates(given))


def read_dates(given: str) -> set[date]:
    """Return every way a date can be read."""
    parts = re.findall(r"\d+|[a-z]+", fold(given))
    words = [_MONTHS.index(part[:3]) + 1 for part in parts if part[:3] in _MONTHS]
    numbers = [_number(part) for part in parts if part.isdigit()]
    if len(parts) == 1 and len(parts[0]) == 8 and parts[0].isdigit():
        text = parts[0]
        numbers = [int(text[:4]), int(text[4:6]), int(text[6:])]
        if not 1900 <= numbers[0] <= 2100:
            numbers = [int(text[:2]), int(text[2:4]), int(text[4:])]
    if len(words) == 1 and len(numbers) == 2:
        return _valid([(numbers[1], words[0], numbers[0]), (numbers[0], words[0], numbers[1])])
    if len(numbers) != 3:
        return set()
    first, second, third = numbers
    if first > 31:
        return _valid([(first, second, third)])
    return _valid([(third, second, first), (third, first, second)])


def _valid(candidates: list[tuple[int, int, int]]) -> set[date]:
    found = set()
    for year, month, day in candidates:
        try:
            found.add(date(year, month, day))
        except ValueError:
            continue
    return {reading for reading in found if reading.year >= 1900}


def months(expected: str, given: str) -> bool:
    """Compare with the month and year of an ISO date: March 2019, 3/2019, 2019-03, or a whole date."""
    parts = re.findall(r"\d+|[a-z]+", fold(given))
    words = [_MONTHS.index(part[:3]) + 1 for part in parts if part[:3] in _MONTHS]
    numbers = [_number(part) for part in parts if part.isdigit()]
    years = [number for number in numbers if number > 1900]
    small = words or [number for number in numbers if 1 <= number <= 12]
    readings = {f"{reading:%Y-%m}" for reading in read_dates(given)}
    if len(years) == 1 and len(small) == 1:
        readings.add(f"{years[0]:04d}-{small[0]:02d}")
    return any(same_text(expected[:7], reading) for reading in readings)


def money(expected: str, given: str) -> bool:
    """Compare with an amount, within a tenth; spaces, currency signs and thousands separators do not matter."""
    amount = read_money(given)
    wanted = Decimal(expected) if expected else None
    if amount is None or wanted is None:
        return False
    return abs(amount - abs(wanted)) * 10 <= abs(wanted)


def read_money(given: str) -> Decimal | None:
    """Return the amount in "1,200", "1.200,50", "$1200.5", "5k", or None."""
    text = unicodedata.normalize("NFKC", given).casefold()
    match = re.search(r"\d[\d.,' ]*", text)
    if match is None:
        return None
    digits = re.sub(r"[' ]", "", match[0]).rstrip(".,")
    tail = re.search(r"[.,](\d{1,2})$", digits)
    whole = re.sub(r"[.,]", "", digits[: tail.start()] if tail else digits)
    try:
        amount = Decimal(f"{whole}.{tail[1]}" if tail else whole)
    except InvalidOperation:
        return None
    is_thousands = re.match(r"\s*(k|thousand)\b", text[match.end() :]) is not None
    return amount * 1000 if is_thousands else amount


def names(expected: str, given: str) -> bool:
    """Compare words in any order, ignoring accents and legal forms of companies."""
    return bool(_words(given)) and same_text(" ".join(sorted(_words(expected))), " ".join(sorted(_words(given))))


def _words(text: str) -> set[str]:
    words = set(fold(text).split())
    return words - _FILLERS or words


def addresses(expected: str, given: str) -> bool:
    """Compare with an address, "number|postcode|words of street and place", of which any part may be empty.

    House number and postcode, if both are on file, are enough, and other words are ignored. With one of them it takes
    a word of the street or place as well, with neither half of those words. A part on file is never left out.
    """
    number, postcode, place = (*expected.split("|"), "", "")[:3]
    house, code, known = fold(number), fold(postcode).replace(" ", ""), _words_of_place(place)
    words = fold(given).split()
    rest = _without(words, code) if code else words
    numbers = {word for word in rest if any(sign.isdigit() for sign in word)}
    if len(numbers) > _MOST_NUMBERS or len(rest) > _MOST_WORDS or (code and len(rest) == len(words)):
        return False
    has_house = any(same_text(house, number) for number in numbers)
    if (house and not has_house) or not (house or code or known):
        return False
    wanted = 0 if house and code else 1 if house or code else (len(known) + 1) // 2
    return len(known & set(rest)) >= wanted


def address(lines: Sequence[str], city: str, postcode: str) -> str:
    """Return an address on file as ``addresses`` expects it; the empty text if nothing of it can be compared."""
    number = house_number(lines[0])
    postcode = postcode if set(fold(postcode)) - set("0 ") else ""  # places without one are often written 00000
    place = " ".join(sorted(_words_of_place(" ".join((*lines, city)))))
    is_enough = (number and postcode) or place
    return f"{number}|{postcode}|{place}" if is_enough else ""


def _words_of_place(text: str) -> set[str]:
    """Return the words that tell one place from another: no numbers, nothing that every address has."""
    return {word for word in fold(text).split() if len(word) > 1 and word.isalpha()} - _OF_EVERY_ADDRESS


def phones(expected: str, given: str) -> bool:
    """Compare with a phone number, with or without its country code and the zero that replaces it."""
    digits = re.sub(r"\(0\)|\D", "", unicodedata.normalize("NFKC", given)).lstrip("0")
    wanted = re.sub(r"\D", "", expected)
    return len(digits) >= _FEWEST_PHONE_DIGITS and same_text(wanted[-len(digits) :], digits)


def codes(expected: str, given: str) -> bool:
    """Compare letters and digits alone: spaces, dashes and capitals do not matter."""
    return same_text(fold(expected).replace(" ", ""), fold(given).replace(" ", ""))


def any_code(expected: str, given: str) -> bool:
    """Compare with each of several codes, one a line."""
    fits = [codes(one, given) for one in expected.splitlines()]
    return any(fits)


def _without(words: list[str], code: str) -> list[str]:
    """Return the words except those that together form the postcode, however it was spaced."""
    rest, at = [], 0
    while at < len(words):
        lengths = range(1, len(code) + 1)
        spoken = next((length for length in lengths if "".join(words[at : at + length]) == code), 0)
        if not spoken:
            rest.append(words[at])
        at += spoken or 1
    return rest


def instruments(expected: str, given: str) -> bool:
    """Compare a symbol; what follows it (an exchange, the word shares) does not matter."""
    return any(same_text(fold(expected), word) for word in fold(given).split()[:2])


def places(expected: str, given: str) -> bool:
    """Compare a country by code or by one of its usual names."""
    wanted, country = fold(expected), fold(given)
    return same_text(wanted, country) or any(same_text(name, country) for name in _COUNTRIES.get(wanted, ()))


_COUNTRIES = {
    "gb": ("uk", "united kingdom", "great britain", "britain", "england", "scotland", "wales"),
    "us": ("usa", "united states", "united states of america", "america"),
    "de": ("germany", "deutschland"),
    "fr": ("france",),
    "es": ("spain", "espana"),
    "it": ("italy", "italia"),
    "ch": ("switzerland", "schweiz", "suisse"),
    "at": ("austria", "osterreich"),
    "nl": ("netherlands", "the netherlands", "holland"),
    "ie": ("ireland",),
    "ca": ("canada",),
    "au": ("australia",),
    "nz": ("new zealand",),
    "jp": ("japan",),
    "in": ("india",),
    "sg": ("singapore",),
    "hk": ("hong kong",),
}


def bands(expected: str, given: str) -> bool:
    """Compare a band such as "5-10 years" with itself or with a number inside it."""
    wanted = [_number(number) for number in re.findall(r"\d+", expected)]
    found = [_number(number) for number in re.findall(r"\d+", given)[:2]]
    if not wanted or not found:
        return same_text(fold(expected), fold(given))
    if len(found) == 2:
        return found == wanted
    return wanted[0] <= found[0] <= wanted[-1]


def house_number(line: str) -> str:
    """Return the house number of an address line, at its start or its end, or the empty text."""
    words = [word for word in fold(line).split() if word[0].isdigit()]
    return words[0] if words else ""
