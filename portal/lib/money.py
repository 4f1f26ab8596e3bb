"""Amounts of money in words."""

from decimal import Decimal

from django.utils.formats import number_format

_MINUS = "\N{MINUS SIGN}"


def signed(amount: Decimal) -> str:
    """Return an amount with its sign: +1,204.10, and a minus as wide as the plus."""
    sign = "+" if amount > 0 else _MINUS if amount < 0 else ""
    return f"{sign}{plain(abs(amount))}"


def plain(amount: Decimal) -> str:
    """Return an amount: 1,204.10."""
    return str(number_format(amount, decimal_pos=2, force_grouping=True))
