"""Answers are compared kindly in form and strictly in content."""

import pytest

from recovery.policies import answer_matching

DATES = [
    ("1985-12-10", True),
    ("10 December 1985", True),
    ("10 Dec 1985", True),
    ("December 10th, 1985", True),
    ("10th of december 1985", True),
    ("10.12.1985", True),
    ("10/12/1985", True),
    ("12/10/1985", True),
    ("10-12-1985", True),
    ("19851210", True),
    ("10121985", True),
    ("１０.１２.１９８５", True),
    ("11 December 1985", False),
    ("10 December 1986", False),
    ("10 November 1985", False),
    ("10 December", False),
    ("31 February 1985", False),
    ("99/99/9999", False),
    ("1985", False),
    ("", False),
    ("ten", False),
    ("10 12 85", False),
]
MONTHS = [
    ("March 2019", True),
    ("mar 2019", True),
    ("3/2019", True),
    ("2019-03", True),
    ("03 2019", True),
    ("14 March 2019", True),
    ("2019-03-14", True),
    ("April 2019", False),
    ("March 2018", False),
    ("2019", False),
    ("March", False),
    ("", False),
]
MONEY = [
    ("1210.40", True),
    ("1,210.40", True),
    ("1.210,40", True),
    ("$1200", True),
    ("1 210", True),
    ("about 1200 dollars", True),
    ("1.2k", True),
    ("1331.44", True),
    ("1089.36", True),
    ("1331.45", False),
    ("1089.35", False),
    ("1400", False),
    ("12", False),
    ("-", False),
    ("none", False),
    ("", False),
    ("121040", False),
]
NAMES = [
    ("Analytical Engines Ltd", True),
    ("analytical engines", True),
    ("Engines, Analytical", True),
    ("ANALYTICAL  ENGINES LIMITED", True),
    ("Ánalytical Ëngines", True),
    ("Analytical", False),
    ("Analytical Engine", False),
    ("Ltd", False),
    ("", False),
]
ADDRESSES = [
    ("12, SW1Y 4JH", True),
    ("12 sw1y4jh", True),
    ("SW1Y 4JH number 12", True),
    ("12 St James Square, London, SW1Y 4JH", True),
    ("house 12 postcode SW1Y 4JH", True),
    ("13, SW1Y 4JH", False),
    ("SW1Y 4JH", False),
    ("12", False),
    ("12, SW1Y 4JJ", False),
    ("Flat 3, 12 St James Square, SW1Y 4JH", True),
    ("SW 1Y 4 JH, 12", True),
    ("12, 14, 16, SW1Y 4JH", False),
    ("12 SW1Y4JG SW1Y4JH SW1Y4JJ", False),
    ("12 SW1Y4JGSW1Y4JHSW1Y4JJ", False),
    ("", False),
]
PLACES = [
    ("GB", True),
    ("uk", True),
    ("United Kingdom", True),
    ("great britain", True),
    ("England", True),
    ("US", False),
    ("United States", False),
    ("", False),
]
INSTRUMENTS = [("ACME", True), ("acme shares", True), ("ACME.N", True), ("ACM", False), ("BETA", False), ("", False)]
BANDS = [
    ("5-10 years", True),
    ("5 to 10", True),
    ("7", True),
    ("seven", False),
    ("4", False),
    ("11 years", False),
    ("3-10", False),
    ("", False),
]


ON_FILE = {answer_matching.money: "5", answer_matching.addresses: "12|SW1Y 4JH", answer_matching.bands: "5-10 years"}
NONSENSE = [
    "9" * 10_000,
    "1 1 " + "9" * 20,
    "1 march 99999999999",
    "9" * 20 + "-" + "9" * 20,
    "1 2 " * 2_500,
    "5k" * 5_000,
    "\U0001f511" * 100,
    "\ud800 12",
    "\u0661" * 30,
    "\u202e\u0000\u0301",
]


@pytest.mark.promise("CASE-2")
@pytest.mark.parametrize(
    ("comparer", "expected", "given", "is_right"),
    [
        *[(answer_matching.dates, "1985-12-10", given, is_right) for given, is_right in DATES],
        *[(answer_matching.months, "2019-03-14", given, is_right) for given, is_right in MONTHS],
        *[(answer_matching.money, "1210.40", given, is_right) for given, is_right in MONEY],
        *[(answer_matching.names, "Analytical Engines Ltd", given, is_right) for given, is_right in NAMES],
        *[(answer_matching.addresses, "12|SW1Y 4JH", given, is_right) for given, is_right in ADDRESSES],
        *[(answer_matching.places, "GB", given, is_right) for given, is_right in PLACES],
        *[(answer_matching.instruments, "ACME", given, is_right) for given, is_right in INSTRUMENTS],
        *[(answer_matching.bands, "5-10 years", given, is_right) for given, is_right in BANDS],
    ],
)
def test_an_answer_is_judged_by_its_content(comparer, expected, given, is_right):
    assert comparer(expected, given) is is_right


@pytest.mark.parametrize(
    "comparer",
    [
        answer_matching.dates,
        answer_matching.months,
        answer_matching.money,
        answer_matching.names,
        answer_matching.addresses,
        answer_matching.places,
        answer_matching.instruments,
        answer_matching.bands,
    ],
)
@pytest.mark.parametrize(
    "given", ["", " ", "1", "x", "0", "|", "none", "1 1", "²", "٣", "9" * 200, "a" * 200, "\x00", *NONSENSE]
)
def test_nothing_on_file_matches_nothing_and_no_answer_breaks_the_comparison(comparer, given):
    assert comparer("", given) is False
    comparer(ON_FILE.get(comparer, "1985-12-10"), given)


@pytest.mark.parametrize("given", ["none", "None.", "no", "Never", "there was none"])
def test_there_was_none_is_understood(given):
    assert answer_matching.is_nothing(given)


@pytest.mark.parametrize("given", ["", "  ", "I don't know", "do not know", "Does not remember"])
def test_not_remembering_is_an_answer(given):
    assert answer_matching.is_forgotten(given)


@pytest.mark.parametrize(("line", "number"), [("12 St James Square", "12"), ("Hauptstr. 7a", "7a"), ("The Manor", "")])
def test_the_house_number_is_found_at_either_end_of_the_line(line, number):
    assert answer_matching.house_number(line) == number
