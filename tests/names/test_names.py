import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects import names


@pytest.mark.parametrize(
    ("text", "sound", "letters"),
    [
        ("喀什", "kashi", "ks"),
        ("霍尔果斯片区", "huoerguosipianqu", "hegspq"),
        ("乌鲁木齐", "wulumuqi", "wlmq"),
        ("重庆", "chongqing", "cq"),
        ("厦门", "xiamen", "xm"),
        ("新疆喀什产业园", "xinjiangkashichanyeyuan", "xjkscyy"),
        ("Kashi", "", "kashi"),
    ],
)
def test_place_names_have_their_own_pinyin(text, sound, letters):
    assert names.pinyin(text) == sound
    assert names.search_key(text).splitlines()[-1] == letters


@pytest.mark.parametrize(
    "query", ["kashi", "KASHI", "喀什", "ks", "Kashgar", "ｋａｓｈｉ", "kashgár"]
)
def test_one_area_is_found_in_either_script_by_sound_and_by_other_names(query):
    key = names.search_key("Kashi Area", "喀什片区", "Kashgar")

    assert all(word in key for word in names.search_words(query))


def test_a_word_of_two_characters_is_found():
    assert "投资" in names.search_key("新疆投资公司")


@given(st.text(max_size=50).filter(names.normalise))
def test_a_name_is_found_by_its_own_words(text):
    key = names.search_key(text)

    assert all(word in key for word in names.search_words(text))


@pytest.mark.parametrize("query", [":", "（）", "– —", "'"])
def test_a_query_of_mere_punctuation_finds_nothing(query):
    key = names.search_key("Kashi: a port (喀什片区) – and a zone…")

    assert not all(word in key for word in names.search_words(query))


@given(st.text(max_size=50))
def test_folding_twice_changes_nothing(text):
    assert names.normalise(names.normalise(text)) == names.normalise(text)
