import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects import names
from projects.names import similarity
from projects.names.similarity import (
    MIN_SIMILARITY,
    SAME,
    SOUNDS_ALIKE,
    WITHOUT_BRACKETS,
    NameForms,
    NameIndex,
    core_name,
)

# Names as lists of signings have them: a place, a word or two, a trade and a legal form.
NAMES = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["", "喀什", "新疆", "（新疆）", "Kashi "]),
        st.sampled_from(["兴达", "星达", "华泰", "Xingda ", "Huatai", "恒远（上海）"]),
        st.sampled_from(["", "纺织", "国际物流", "Textile", " Logistics", "商贸"]),
        st.sampled_from(["", "有限公司", "集团", "股份有限公司", " Co., Ltd.", " LLC"]),
    ),
)
ANY_NAMES = NAMES | st.text(max_size=30)


def name_similarity(one, other):
    return similarity.name_similarity(NameForms.of(one), NameForms.of(other))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("新疆兴达纺织有限公司", "新疆兴达纺织"),
        ("新疆兴达纺织有限责任公司", "新疆兴达纺织"),
        ("新疆兴达纺织股份有限公司", "新疆兴达纺织"),
        ("新疆兴达纺织集团有限公司", "新疆兴达纺织"),
        ("新疆兴达纺织（集团）有限公司", "新疆兴达纺织"),
        ("兴达投资合伙企业（有限合伙）", "兴达投资"),
        ("Xingda Textile Co., Ltd.", "xingda textile"),
        ("XINGDA TEXTILE CO.,LTD", "xingda textile"),
        ("Xingda Textile Company Limited", "xingda textile"),
        ("Xingda Textile L.L.C.", "xingda textile"),
        ("The Xingda Group Inc.", "xingda"),
        ("Müller GmbH & Co. KG", "muller"),
        ("兴达纺织Co., Ltd.", "兴达纺织"),
        ("ООО «Шёлковый путь»", "шелковыи путь"),
        ("中国（新疆）兴达有限公司", "中国新疆兴达"),
        # A number's point is no abbreviation's, and a branch is not the enterprise.
        ("No. 2.5 Factory", "no 2.5 factory"),
        ("华泰物流有限公司喀什分公司", "华泰物流有限公司喀什分公司"),
        # What is nothing but a form is a name all the same.
        ("集团有限公司", "集团"),
        ("Limited", "limited"),
        ("", ""),
    ],
)
def test_the_core_of_a_name_leaves_out_what_it_is_in_law(name, expected):
    assert core_name(name) == expected


def test_a_place_in_brackets_may_be_left_out():
    assert core_name("喀什（新疆）纺织有限公司") == "喀什新疆纺织"
    assert similarity.core_name_without_brackets("喀什（新疆）纺织有限公司") == "喀什纺织"
    assert similarity.core_name_without_brackets("喀什纺织有限公司") == "喀什纺织"
    assert similarity.core_name_without_brackets("（喀什）") == "喀什"


@pytest.mark.parametrize(
    ("one", "other", "score"),
    [
        ("新疆兴达纺织有限公司", "新疆兴达纺织集团", SAME),
        ("喀什（新疆）纺织有限公司", "喀什新疆纺织", SAME),
        ("喀什（新疆）纺织有限公司", "喀什纺织有限责任公司", WITHOUT_BRACKETS),
        ("喀什华泰物流有限公司", "喀什华太物流有限公司", SOUNDS_ALIKE),
        ("兴达纺织", "Xingda Textile Co., Ltd.", SOUNDS_ALIKE),
        ("兴达纺织", "Xingda Fangzhi", SOUNDS_ALIKE),
        ("绿洲食品", "Luzhou Foods", SOUNDS_ALIKE),
        ("喀什华泰物流有限公司", "Kashi Huatai Logistics Co., Ltd.", SOUNDS_ALIKE),
        ("兴达进出口贸易", "Xingda Import & Export Trading", SOUNDS_ALIKE),
        ("", "兴达", 0.0),
        ("", "", 0.0),
    ],
)
def test_names_that_mean_one_score_by_how_sure_it_is(one, other, score):
    assert name_similarity(one, other) == score


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("新疆兴达纺织有限公司", "兴达纺织"),
        ("新疆兴达纺织有限公司", "Xingda Textile Co., Ltd."),
        ("喀什华泰物流有限公司", "喀什华泰国际物流有限公司"),
        ("Huatai Logistics", "Huatay Logistics Co., Ltd."),
    ],
)
def test_names_alike_in_part_are_worth_a_look_and_no_more(one, other):
    assert MIN_SIMILARITY <= name_similarity(one, other) < SOUNDS_ALIKE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("喀什恒泰物流有限公司", "喀什金山物流有限公司"),
        ("华泰（上海）贸易有限公司", "华泰（北京）贸易有限公司"),
        ("纺织", "新疆兴达纺织有限公司"),
        ("新疆棉业集团有限公司", "中国棉业集团有限公司"),
        ("Kashi Textile", "喀什物流"),
    ],
)
def test_a_place_or_a_trade_in_common_is_not_worth_a_look(one, other):
    assert name_similarity(one, other) < MIN_SIMILARITY


@given(ANY_NAMES)
def test_the_core_of_a_core_is_itself(name):
    assert core_name(core_name(name)) == core_name(name)


@given(NAMES, st.sampled_from(["有限公司", "股份有限公司", " Co., Ltd.", " GmbH"]))
def test_a_legal_form_more_changes_nothing(name, form):
    assert name_similarity(name, name + form) == SAME


@given(ANY_NAMES, ANY_NAMES)
def test_likeness_is_mutual_and_lies_between_nothing_and_the_same(one, other):
    score = name_similarity(one, other)

    assert score == name_similarity(other, one)
    assert 0.0 <= score <= SAME


@given(ANY_NAMES.filter(names.normalise))
def test_a_name_is_most_like_itself(name):
    assert name_similarity(name, name) == SAME


@given(
    NAMES,
    st.dictionaries(st.text("abc", min_size=1, max_size=2), st.lists(NAMES, max_size=3)),
    st.sampled_from([0.0, 0.4, MIN_SIMILARITY, SOUNDS_ALIKE, SAME]),
)
def test_nearest_finds_what_comparing_with_each_name_finds(name, known, at_least):
    scores = {
        key: max(name_similarity(name, one) for one in called)
        for key, called in known.items()
        if called
    }
    expected = {key: score for key, score in scores.items() if score >= at_least}

    found = NameIndex(known).nearest(name, limit=1000, at_least=at_least)

    assert dict(found) == expected
    assert found == sorted(found, key=lambda pair: (-pair[1], pair[0]))


def test_nearest_returns_the_best_score_of_each_record_up_to_the_limit():
    known = NameIndex(
        {
            "KS-1": ["Kashi Huatai Logistics", "喀什华泰物流有限公司", "华泰"],
            "KS-2": ["喀什华泰国际物流有限公司"],
            "KS-3": ["喀什华太物流有限公司"],
            "UR-1": ["乌鲁木齐纺织"],
        }
    )

    found = known.nearest("喀什华泰物流")

    assert [key for key, _score in found] == ["KS-1", "KS-3", "KS-2"]
    assert found[0][1] == SAME
    assert known.nearest("喀什华泰物流", limit=1) == found[:1]
    assert known.nearest("（）") == []
