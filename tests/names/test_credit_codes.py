from pathlib import Path

import pytest

from projects.names.credit_codes import ALPHABET, read_uscc, uscc_problem

VALID = Path(__file__).parents[3] / "shared" / "data" / "standards" / "uscc_valid.txt"


@pytest.mark.parametrize("code", ["91110000600037341L", "91350100M000100Y43", "91110108551385082Q"])
def test_a_code_with_its_check_character_is_right(code):
    assert uscc_problem(code) is None


@pytest.mark.parametrize("place", range(18))
def test_one_wrong_character_anywhere_is_noticed(place):
    code = "91110000600037341L"
    for other in set(ALPHABET) - {code[place]}:
        assert uscc_problem(code[:place] + other + code[place + 1 :]) is not None


@pytest.mark.parametrize("code", ["91110000600037341M", "9111000060003734", "91110000600037341I"])
def test_a_wrong_code_is_an_error(code):
    problem = uscc_problem(code)

    assert problem is not None
    assert not problem.is_warning
    assert code in problem.message % problem.params


def test_an_early_code_of_fujian_is_a_warning():
    problem = uscc_problem("91350211M0000XUF46")

    assert problem is not None
    assert problem.is_warning


@pytest.mark.parametrize("text", ["9111 0000-6000 37341l", "９１１１００００６０００３７３４１Ｌ"])
def test_spaces_hyphens_and_width_are_mended(text):
    assert read_uscc(text) == "91110000600037341L"


def test_every_published_code_passes():
    if not VALID.exists():
        pytest.skip(f"the published codes are not here: {VALID.name}")
    codes = VALID.read_text().split()

    assert len(codes) == 201
    assert [code for code in codes if uscc_problem(code)] == []
