import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.spreadsheets.cells import neutralise, restore

formulas = st.from_regex(r"\A'{0,3}[=+\-@\t\r]?.{0,10}", fullmatch=False)


@pytest.mark.parametrize(
    "text", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''@x"]
)
def test_what_a_spreadsheet_would_run_gets_one_apostrophe(text):
    assert neutralise(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "'", "'Ala Too' park", "a=b", " =1", "喀什", "10-20", "''"])
def test_other_text_stays_as_it_is_in_both_directions(text):
    assert neutralise(text) == text
    assert restore(text) == text


@given(st.text() | formulas)
def test_what_went_out_comes_back_as_it_was(text):
    assert restore(neutralise(text)) == text


@given(st.text() | formulas)
def test_nothing_goes_out_that_begins_like_a_formula(text):
    assert not neutralise(text).startswith(("=", "+", "-", "@", "\t", "\r"))
