"""The page of the states of a case says what the table says."""

from recovery.policies import state_machine
from tests.house.sources import ROOT, read


def test_the_page_of_the_case_states_is_the_table_of_moves():
    page = read(ROOT / "docs" / "reference" / "case-states.md")

    assert state_machine.table() in page
    assert f"Closed for good: {', '.join(sorted(state_machine.TERMINAL))}." in page
