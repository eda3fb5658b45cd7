"""Records that look like one that is about to be entered: which, for whom, and at what cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings

from projects.data_quality.duplicates import MAX_CANDIDATES, MAX_DUPLICATES, possible_duplicates
from projects.models import Enterprise, Project
from projects.names import search_key, similarity
from tests.factories import make_area, make_enterprise, make_project, make_user
from tests.names.test_similarity import NAMES


def codes(user, model, *called, **more):
    return [one.record.code for one in possible_duplicates(user, model, called, **more)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed",
    [
        "新疆兴达纺织有限公司",
        "新疆兴达纺织（集团）股份有限公司",
        # Another character of the same sound, and one of another.
        "新疆星达纺织",
        "新疆兴运纺织",
        # Longer and shorter by a place.
        "兴达纺织",
        "喀什新疆兴达纺织",
        "Xinjiang Xingda Fangzhi",
        "Xinjiang Xingda Textile Co., Ltd.",
    ],
)
def test_an_enterprise_is_found_by_a_name_like_its_own(typed):
    make_enterprise(code="xingda", name="", name_zh="新疆兴达纺织有限责任公司")
    make_enterprise(code="huatai", name="Huatai Logistics", name_zh="华泰物流")

    assert codes(make_user("superuser"), Enterprise, typed) == ["xingda"]


@pytest.mark.django_db
def test_an_english_name_is_found_by_the_chinese_one():
    make_enterprise(code="xingda", name="Xingda Textile Co., Ltd.", name_zh="")

    assert codes(make_user("superuser"), Enterprise, "兴达纺织有限公司") == ["xingda"]


@pytest.mark.django_db
def test_a_social_credit_code_settles_it_whatever_the_names():
    user = make_user("superuser")
    make_enterprise(code="same", name="Quite another", uscc="91110000600037341L")
    make_enterprise(code="other", name="Xingda", uscc="91350100M000100Y43")

    found = possible_duplicates(user, Enterprise, ["Xingda"], code="9111 0000 6000 3734 1l")

    assert [(one.record.code, one.has_same_code) for one in found] == [("same", True)]


@pytest.mark.django_db
def test_projects_are_alike_only_where_they_sound_the_same():
    make_project(code="port", name="", name_zh="智慧物流港")
    make_project(code="second", name="", name_zh="智慧物流港二期")

    assert codes(make_user("superuser"), Project, "智慧物流港") == ["port"]
    assert codes(make_user("superuser"), Project, "Zhihui Wuliu Gang") == ["port"]


@pytest.mark.django_db
def test_nobody_learns_of_a_draft_that_they_may_not_see():
    here, there = make_area(), make_area()
    make_enterprise(
        code="draft", name="Xingda", state="draft", area=there, uscc="91110000600037341L"
    )

    assert codes(make_user("clerk", areas=[here]), Enterprise, "Xingda") == []
    code = {"code": "91110000600037341L"}
    assert codes(make_user("clerk", areas=[here]), Enterprise, **code) == []
    assert codes(make_user("clerk", areas=[there]), Enterprise, "Xingda", **code) == ["draft"]


@pytest.mark.django_db
def test_a_record_is_not_like_itself():
    one = make_enterprise(name="Xingda")

    assert codes(make_user("superuser"), Enterprise, "Xingda", exclude=one.pk) == []


@pytest.mark.django_db
def test_however_many_are_alike_few_are_compared_and_fewer_told(django_assert_max_num_queries):
    user = make_user("superuser")
    called = [f"新疆纺织{n}厂" for n in range(MAX_CANDIDATES * 3)] + ["新疆兴达纺织"]
    Enterprise.objects.bulk_create(
        Enterprise(code=f"e{n}", name_zh=name, search_key=search_key(name))
        for n, name in enumerate(called)
    )

    with django_assert_max_num_queries(6):
        found = possible_duplicates(user, Enterprise, ["新疆纺织厂"])
    with CaptureQueriesContext(connection) as queries:
        [nearest, *_] = codes(user, Enterprise, "新疆兴达纺织有限公司")

    assert len(found) == MAX_DUPLICATES
    assert nearest == f"e{len(called) - 1}"
    assert all(f"LIMIT {MAX_CANDIDATES}" in query["sql"] for query in queries)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed", ["", " ", "有", "公司", "%", "_", "\\", "x" * 500, "\u0000", "“”"]
)
def test_what_says_nothing_is_like_nothing(typed):
    make_enterprise(name="A", name_zh="企业")

    assert codes(make_user("superuser"), Enterprise, typed) == []


@settings(deadline=None)
@given(one=NAMES, other=NAMES)
def test_the_key_of_a_name_that_sounds_the_same_has_a_piece_of_it(one, other):
    forms, other_forms = similarity.NameForms.of(one), similarity.NameForms.of(other)
    alike = forms.sound == other_forms.sound and forms.core
    pieces = similarity.search_fragments(one, in_part=False)

    if alike and pieces and forms.is_chinese == other_forms.is_chinese:
        assert any(piece in search_key(other) for piece in pieces)
