"""The page of the states of a reset is the table that moves them."""

from recovery.policies import reset_steps
from tests.house.sources import ROOT, read


def test_the_page_of_the_reset_states_is_the_table_of_moves():
    page = read(ROOT / "docs" / "reference" / "reset-states.md")

    assert reset_steps.table() in page
    assert all(f"| {step} | " in page.partition("<!-- end of generated -->")[2] for _old, step in reset_steps.MOVES)
