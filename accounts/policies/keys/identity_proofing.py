"""Further proof of identity before the first Key is set up, and when it is right.

See docs/decisions/0013-setting-up-a-key.md.
"""

import hmac
from collections.abc import Collection

from accounts.policies import security_answers

ANSWERS_ASKED = 2  # with fewer on file, personal details are asked for instead
_FEWEST_DIGITS = 7  # of a telephone number typed without its country code


def questions_asked(on_file: Collection[str]) -> tuple[str, ...]:
    """Return the questions to answer: always the same ones, or none if too few are on file."""
    return tuple(sorted(on_file)[:ANSWERS_ASKED]) if len(on_file) >= ANSWERS_ASKED else ()


def can_ask_details(birth_date: str, codes: Collection[str], phone: str) -> bool:
    """Tell whether enough is on file: a birth date and one more detail."""
    return bool(birth_date and (phone or any(codes)))


def are_details(birth_date: str, codes: Collection[str], phone: str, *, typed_date: str, typed_detail: str) -> bool:
    """Tell whether the birth date (ISO) and one more detail match those on file; always compares all of them.

    ``codes``: postcode and account numbers, compared without case, spaces and punctuation.
    """
    date_fits = is_birth_date(birth_date, typed_date)
    typed = _bare(typed_detail)
    fits = [bool(_bare(code)) and _same(_bare(code), typed) for code in codes]
    return date_fits & (any(fits) | _is_phone(phone, typed))


def is_birth_date(on_file: str, typed: str) -> bool:
    """Tell whether a birth date (ISO) is the one on file; none on file is like no date."""
    return bool(on_file) and _same(on_file, typed)


def _is_phone(on_file: str, typed: str) -> bool:
    """Compare with or without the country code, which is on file, and the zero that replaces it."""
    digits, wanted = typed.lstrip("0"), _bare(on_file)
    return len(digits) >= _FEWEST_DIGITS and digits.isdigit() and _same(wanted[-len(digits) :], digits)


def _bare(text: str) -> str:
    return "".join(sign for sign in security_answers.fold(text) if sign.isalnum())


def _same(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode(errors="surrogatepass"), right.encode(errors="surrogatepass"))
