"""Which characters a text may have, and how damaged texts are repaired."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.names.text_rules import clean_text, describe_character, text_problem

NULL, ESCAPE, NEXT_LINE = "\x00", "\x1b", "\x85"
OVERRIDE, ISOLATE, ZERO_WIDTH, HALF = "\u202e", "\u2067", "\u200b", "\ud800"
REFUSED_ANYWHERE = [
    NULL,
    "\x07",
    ESCAPE,
    "\x7f",
    NEXT_LINE,
    OVERRIDE,
    ISOLATE,
    "\ufffe",
    "\U0010ffff",
]
REFUSED_IN_NAMES = [
    *REFUSED_ANYWHERE,
    "\n",
    "\t",
    "\u2028",
    ZERO_WIDTH,
    "\ufeff",
    "\u2060",
    "\u00ad",
]


def wrong(text, **allowed):
    return text_problem(text, "Name", **allowed) is not None


@pytest.mark.parametrize("character", [*REFUSED_IN_NAMES, HALF, "\U000e0041", "\u3164"])
def test_invisible_characters_are_refused_in_names(character):
    problem = text_problem(f"Silk{character} Road", "Name")

    sentence = problem.message % problem.params
    assert sentence.startswith("“Name” ")
    assert describe_character(character) in sentence
    assert "character 5" in sentence


@pytest.mark.parametrize("character", [*REFUSED_ANYWHERE, HALF])
def test_control_characters_are_refused_in_texts_of_several_lines(character):
    assert wrong(f"One.\n{character}Two.", lines=True, hidden=True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "喀什（新疆）自由贸易试验区　片区",
        "قەشقەر ئەركىن سودا رايونى 2023",
        "שם\u200f (Ltd.)",
        "نامه\u200cای",
        "क्\u200dष",
        "葛\U000e0100城",
        "Xi’an – “Silk” & Co. · №1 👩\u200d🔬",
        "e\u0301",
        "no\u00a0break",
    ],
)
def test_all_scripts_are_accepted(text):
    assert not wrong(text)


def test_texts_of_several_lines_may_have_tabs_and_zero_width_characters():
    assert not wrong("One.\r\n\tTwo.\u2028Three\u200b.\ufeff", lines=True, hidden=True)


@pytest.mark.parametrize(
    ("character", "name"),
    [
        (OVERRIDE, "U+202E (right-to-left override)"),
        (ZERO_WIDTH, "U+200B (zero width space)"),
        (NULL, "U+0000 (null)"),
        ("\x07", "U+0007"),
        (HALF, "U+D800"),
        ("\U000e0041", "U+E0041 (tag latin capital letter a)"),
    ],
)
def test_a_character_is_described_by_number_and_name(character, name):
    assert describe_character(character) == name


@given(st.text())
def test_accepted_texts_have_no_control_or_bidirectional_characters(text):
    if text_problem(text, "Name") is None:
        kinds = {unicodedata.category(character) for character in text}
        assert not kinds & {"Cc", "Cs", "Zl", "Zp"}
        assert not set(text) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
        text.encode()


@pytest.mark.parametrize(
    ("damaged", "text"),
    [
        ("St Anne\x92s", "St Anne’s"),
        ("\x93pockets\x94 \x96 of", "“pockets” – of"),
        ("de lâ\x80\x99Industrie", "de l’Industrie"),
        ("å\x96\x80ä»\x80", "喀什"),
        ("喀什".encode().decode("latin-1").encode().decode("latin-1"), "喀什"),
        ("Central\u200b\u200b \ufeffArea\x7f", "Central Area"),
        ("éâ\x80\x99é", "é’é"),
        ("\xed\xa0\x80\x92", "í\xa0€’"),
        ("a\x81b", "ab"),
        ("Ã© stays: Â«so»", "Ã© stays: Â«so»"),
        ("喀什 قەشقەر", "喀什 قەشقەر"),
    ],
)
def test_damaged_encodings_are_repaired(damaged, text):
    assert clean_text(damaged) == text


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text):
    once = clean_text(text)

    assert clean_text(once) == once
    assert not set(once) & {chr(at) for at in range(0x7F, 0xA0)}


@pytest.mark.parametrize("character", ["\x07", ESCAPE, OVERRIDE, ISOLATE])
def test_characters_that_are_no_damage_are_kept(character):
    assert clean_text(f"a{character}b\x7f") == f"a{character}b"
