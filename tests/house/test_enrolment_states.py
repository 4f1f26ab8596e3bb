"""The page of the states of setting up a Key says what the table says."""

from accounts.policies.keys import enrolment
from tests.house.sources import ROOT, read


def test_the_page_of_the_enrolment_states_is_the_table_of_moves():
    page = read(ROOT / "docs" / "reference" / "enrolment-states.md")

    assert enrolment.table() in page
    assert all(f"| {step} | " in page.partition("<!-- end of generated -->")[2] for _old, step in enrolment.MOVES)
