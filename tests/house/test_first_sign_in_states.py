"""The page of the states of a first sign-in is the table that moves them."""

from accounts.policies import welcome
from tests.house.sources import ROOT, read


def test_the_page_of_the_first_sign_in_states_is_the_table_of_moves():
    page = read(ROOT / "docs" / "reference" / "first-sign-in-states.md")

    assert welcome.table() in page
    assert all(f"| {step} | " in page.partition("<!-- end of generated -->")[2] for _old, step in welcome.MOVES)
