"""Names similar to others: shown to a user, decided once, and remembered."""

import pytest

from projects.imports import batches
from projects.imports.lookup import decision_key
from projects.imports.mapping import mapping_of
from projects.models import Enterprise, Project, RowStatus
from tests.factories import make_area, make_enterprise, make_project, make_user

pytestmark = pytest.mark.django_db

LIST = "项目编号,项目名称,投资方\na,纺织项目,新疆兴达纺织有限公司\nb,物流港,喀什华泰物流有限公司\n"


def previewed(text, noun="projects"):
    batch = batches.receive(text.encode(), "list.csv", noun, user=make_user("superuser"))
    batches.map_columns(batch, mapping_of(batch.mapping))
    batches.work_on(batch)
    return batch


def decided(batch, **decisions):
    batches.decide(
        batch, {decision_key(Enterprise, name): meant for name, meant in decisions.items()}
    )
    batches.work_on(batch)
    return {status: count for status, count in batch.counts.items() if count}


def write(batch):
    batches.approve(batch)
    batches.work_on(batch)


def test_a_row_with_a_similar_name_waits_for_a_decision():
    make_enterprise(code="xingda", name="", name_zh="新疆兴达纺织有限责任公司")

    batch = previewed(LIST)

    assert [(one["name"], [code for code, *_rest in one["alike"]]) for one in batch.undecided] == [
        ("新疆兴达纺织有限公司", ["xingda"])
    ]
    (row,) = batch.rows.filter(status=RowStatus.REFUSED)
    assert "is similar to xingda" in row.errors[0][2]
    assert Enterprise.objects.count() == 1


def test_a_name_decided_to_be_the_same_becomes_another_name():
    make_enterprise(code="xingda", name="", name_zh="新疆兴达纺织有限责任公司")
    batch = previewed(LIST)

    assert decided(batch, 新疆兴达纺织有限公司="xingda") == {"new": 2, "made": 1}
    write(batch)

    enterprise = Enterprise.objects.get(code="xingda")
    assert Project.objects.get(code="a").enterprise == enterprise
    assert enterprise.alias_list() == ["新疆兴达纺织有限公司"]
    assert enterprise.history.count() == 2
    assert previewed(LIST).undecided == []


def test_a_name_decided_to_be_new_is_created():
    make_enterprise(code="xingda", name="", name_zh="新疆兴达纺织有限责任公司")
    batch = previewed(LIST)

    assert decided(batch, 新疆兴达纺织有限公司="new") == {"new": 2, "made": 2}
    write(batch)

    assert Enterprise.objects.count() == 3
    assert Enterprise.objects.get(code="xingda").aliases == ""


def test_similar_names_within_a_file_need_a_decision():
    batch = previewed(LIST + "c,二期,新疆兴达纺织\nd,三期,兴达纺织有限公司\n")

    asked = {one["name"]: [code for code, *_rest in one["alike"]] for one in batch.undecided}
    assert asked.keys() == {"新疆兴达纺织", "兴达纺织有限公司"}
    code = "xinjiangxingdafa"
    assert all(code in codes for codes in asked.values())

    assert decided(batch, 新疆兴达纺织=code, 兴达纺织有限公司=code) == {"new": 4, "made": 2}
    write(batch)
    enterprise = Enterprise.objects.get(code=code)
    assert enterprise.alias_list() == ["新疆兴达纺织", "兴达纺织有限公司"]
    assert enterprise.history.count() == 1
    assert enterprise.led_projects.count() == 3


def test_similar_names_in_a_list_of_enterprises_need_a_decision():
    make_enterprise(code="xingda", name="", name_zh="新疆兴达纺织有限公司", origin="CN-XJ")
    batch = previewed("企业名称,企业性质\n新疆兴达纺织,民营\n", "enterprises")
    assert [one["name"] for one in batch.undecided] == ["新疆兴达纺织"]

    assert decided(batch, 新疆兴达纺织="xingda") == {"changed": 1}
    write(batch)

    enterprise = Enterprise.objects.get()
    assert (enterprise.name_zh, enterprise.kind) == ("新疆兴达纺织有限公司", "private")
    assert enterprise.alias_list() == ["新疆兴达纺织"]


def test_projects_without_a_code_are_matched_by_area_name_and_enterprise():
    lead = make_enterprise(code="xingda", name="", name_zh="新疆兴达纺织有限公司")
    make_project(code="old", name="", name_zh="棉纱加工项目", enterprise=lead)

    batch = previewed("项目名称,投资方,备注\n棉纱加工项目,新疆兴达纺织有限公司,已开工\n")

    (row,) = batch.rows.all()
    assert (row.status, row.key.split(":")[0]) == (RowStatus.CHANGED, "old")


def test_two_rows_about_one_project_are_reported_with_both_numbers():
    batch = previewed("项目名称,投资方\n棉纱加工项目,甲乙公司\n棉纱加工项目,甲乙公司\n")

    (row,) = batch.rows.filter(status=RowStatus.REFUSED)
    assert row.number == 3
    assert "Row 2" in row.errors[0][2]


def test_a_project_of_similar_sound_needs_a_decision_unless_it_is_elsewhere():
    kashi, urumqi = make_area(code="kashi"), make_area(code="urumqi")
    make_project(code="old", name="", name_zh="棉纱加工项目", area=kashi)
    head = "项目名称,片区\n"

    elsewhere = previewed(f"{head}棉纱加工项目,urumqi\n")
    alike = previewed(f"{head}棉沙加工项目,kashi\n")

    assert (elsewhere.undecided, elsewhere.counts["new"]) == ([], 1)
    assert elsewhere.rows.get().key.split(":")[0] == "urumqi-001"
    (one,) = alike.undecided
    assert (one["name"], [code for code, *_rest in one["alike"]]) == ("棉沙加工项目", ["old"])
    batches.decide(alike, {decision_key(Project, "棉沙加工项目"): "old"})
    batches.work_on(alike)
    write(alike)
    project = Project.objects.get()
    assert (project.name_zh, project.alias_list(), project.area) == (
        "棉纱加工项目",
        ["棉沙加工项目"],
        kashi,
    )
    assert urumqi.projects.count() == 0
