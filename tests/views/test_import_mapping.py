"""Saying what the columns of a file mean."""

import json

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects.imports.mapping import mapping_of
from projects.models import Area, BatchState, Enterprise, Project
from tests.factories import make_area, make_sector, make_source, make_user, make_zone
from tests.helpers.import_pages import (
    SIGNING_LIST,
    bring,
    mapping_form,
    previewed,
    send_mapping,
    step,
    written,
)
from tests.helpers.page_parser import read, sent_by

pytestmark = pytest.mark.django_db


def chosen(form):
    return {name: value for name, value in sent_by(form) if name != "csrfmiddlewaretoken"}


def columns_of(batch):
    return mapping_of(batch.mapping).columns


def errors(answer):
    assert answer.status_code == 400
    page = read(answer.content.decode())
    return {
        one.attributes["id"].removeprefix("id_").removesuffix("_error"): one.text
        for one in page.all("ul", class_="errorlist")
    }


def test_the_form_shows_each_column_with_samples_and_suggested_field(client, office):
    form = mapping_form(client, bring(client, SIGNING_LIST))

    assert [row[:2] for row in form.rows()][1:4] == [
        ["项目名称", "棉纱加工项目智慧物流港冷链基地"],
        ["投资方", "喀什兴达纺织有限公司喀什华泰物流有限公司"],
        ["总投资（万元）", "50001.2亿元未披露"],
    ]
    assert chosen(form) == {
        "column-0": "-",
        "column-1": "name_zh",
        "column-2": "enterprise",
        "column-3": "amount",
        "column-4": "signed_on",
        "column-5": "sectors",
        "column-6": "note",
        "unit": "10000",
        "find-area": "name",
        "find-sectors": "name",
        "find-enterprise": "make",
        "find-partners": "make",
        "all-currency": "CNY",
    }


def test_the_unchanged_form_is_the_suggested_mapping(client, office):
    batch = bring(client, SIGNING_LIST)
    suggested = batch.mapping

    send_mapping(client, batch)

    assert batch.mapping == suggested
    assert batch.state == BatchState.PREVIEWED


def test_an_unrecognised_column_is_marked_and_needs_a_field(client, office):
    batch = bring(client, "code,name,Colour\na,A,red\n")

    page = read(client.get(f"/import/{batch.pk}/mapping/").content.decode())
    answer = send_mapping(client, batch)

    assert page.one("tr", class_="open").one("th").one("small").text == "not recognised"
    assert errors(answer) == {"column-2": "Choose a field for this column, or ignore it."}
    assert read(answer.content.decode()).one(class_="errors").link("Colour") == "#id_column-2"
    assert batch.state == BatchState.MAPPING

    send_mapping(client, batch, column_2="-")
    assert (batch.state, batch.mapping["ignored"]) == (BatchState.PREVIEWED, ["Colour"])


def test_two_columns_of_one_field_are_refused_but_for_lists_and_texts(client, office):
    batch = bring(client, "code,name,Total,Remark,Other\na,A,5,x,y\n")

    answer = send_mapping(client, batch, column_1="name", column_2="name", column_4="-")
    assert "“name” has the same field" in errors(answer)["column-2"]

    send_mapping(client, batch, column_2="amount", column_4="note")
    assert batch.state == BatchState.PREVIEWED
    step(client, batch, "approve")
    assert Project.objects.get().note == "x\ny"


@pytest.mark.parametrize(
    ("changes", "amount"),
    [
        ({}, 50_000),
        ({"unit": "1"}, 5),
        ({"unit": "100000000"}, 500_000_000),
        ({"unit": "-other", "other_unit": "2500"}, 12_500),
    ],
)
def test_the_unit_of_plain_numbers_can_be_corrected(client, office, changes, amount):
    batch = previewed(client, "code,name,总投资（万元）\na,A,5\n", **changes)

    step(client, batch, "approve")

    assert Project.objects.get().amount == amount


@pytest.mark.parametrize("other", ["", "0", "-5", "much", "1.5", "9" * 30])
def test_another_unit_is_a_whole_number_above_zero(client, office, other):
    batch = bring(client, "code,name,amount\na,A,5\n")

    answer = send_mapping(client, batch, unit="-other", other_unit=other)

    assert list(errors(answer)) == ["other_unit"]


def test_each_value_of_a_vocabulary_has_a_field(client, office):
    text = "编号,项目名称,目前进展\na,甲,推进中\nb,乙,已签约\nc,丙,暂停\nd,丁,推进中\n"
    batch = bring(client, text)

    form = mapping_form(client, batch)
    assert "推进中" in form.text
    assert chosen(form)["value-2-1"] == "signed"
    send_mapping(client, batch, value_2_0="construction", value_2_2="-leave-out")

    step(client, batch, "approve")
    stages = dict(Project.objects.values_list("code", "stage"))
    assert stages == {"a": "construction", "b": "signed", "d": "construction"}
    assert batch.counts["left_out"] == 1


def test_values_without_a_choice_are_refused_row_by_row(client, office):
    batch = previewed(client, "code,name,stage\na,A,sort of\nb,B,signed\n")

    assert (batch.counts["refused"], batch.counts["new"]) == (1, 1)


def test_values_of_a_newly_chosen_field_need_an_answer(client, office):
    batch = bring(client, "code,name,How far\na,A,half way\n")

    answer = send_mapping(client, batch, column_2="stage")
    assert errors(answer) == {"column-2": "Choose what this value means: “half way”."}
    assert "value-2-0" in {
        one.attributes["name"] for one in read(answer.content.decode()).all("select")
    }

    send_mapping(client, batch, column_2="stage", value_2_0="construction")
    step(client, batch, "approve")
    assert Project.objects.get().stage == "construction"


def test_only_the_first_thirty_values_have_fields(client, office):
    rows = "".join(f"c{number},N{number},s{number}\n" for number in range(33))
    form = mapping_form(client, bring(client, f"code,name,stage\n{rows}"))

    assert len([one for one in form.all("select") if "value-" in one.attributes["name"]]) == 30
    assert "The check shows 3 more values." in form.text


def test_references_can_be_codes_or_names_to_create(client, office):
    text = "编号,项目名称,片区,投资方,行业\na,项目,天涯片区,喀什兴达,渔业\n"
    make_zone(code="xinjiang", name="Xinjiang")

    batch = previewed(client, text, find_enterprise="name")
    assert batch.counts["refused"] == 1
    send_mapping(
        client,
        batch,
        find_enterprise="make",
        find_area="make:xinjiang",
        find_sectors="make",
    )
    step(client, batch, "approve")

    project = Project.objects.get()
    assert (project.area.name_zh, project.area.zone.code) == ("天涯片区", "xinjiang")
    assert (project.enterprise.name_zh, project.sectors.get().name_zh) == ("喀什兴达", "渔业")


def test_creating_needs_the_permission_to_add(client):
    user = make_user("viewer")
    user.user_permissions.add(
        *Permission.objects.filter(codename__in=["add_project", "add_enterprise"])
    )
    client.force_login(user)
    make_zone(code="xinjiang")
    form = mapping_form(client, bring(client, SIGNING_LIST))

    def ways(name):
        options = form.one("select", name=f"find-{name}").all("option")
        return [option.attributes["value"] for option in options]

    assert ways("enterprise") == ["code", "name", "make"]
    assert ways("sectors") == ways("area") == ["code", "name"]


def test_values_for_all_rows_become_constants(client, office):
    make_area(code="kashi", name="Kashi")
    make_source(code="press")

    batch = previewed(
        client,
        "code,name\na,A\n",
        all_stage="operating",
        all_area="kashi",
        all_currency="USD",
        all_sources="press",
    )
    step(client, batch, "approve")

    project = Project.objects.get()
    assert (project.stage, project.area.code, project.currency) == ("operating", "kashi", "USD")
    assert [source.code for source in project.sources.all()] == ["press"]


@pytest.mark.parametrize(
    ("noun", "changes", "name"),
    [
        ("projects", {"all_currency": "DOLLARS"}, "all-currency"),
        ("projects", {"all_area": "nowhere"}, "all-area"),
        ("projects", {"all_sources": "press; nothing"}, "all-sources"),
        ("receipts", {"all_source": "nothing"}, "all-source"),
        ("enterprises", {"all_kind": "odd"}, "all-kind"),
        ("projects", {"column_0": "amount_base"}, "column-0"),
        ("projects", {"find_area": "make:nowhere"}, "find-area"),
        ("projects", {"unit": "17"}, "unit"),
    ],
)
def test_invalid_constants_are_reported_at_their_fields(client, office, noun, changes, name):
    batch = bring(client, "code,name\na,A\n" if noun != "receipts" else "project\na\n", noun)

    answer = send_mapping(client, batch, **changes)

    assert list(errors(answer)) == [name]
    assert batch.state == BatchState.MAPPING


def test_too_many_records_for_a_select_are_typed_by_code(client, office, monkeypatch):
    monkeypatch.setattr("projects.views.imports.mapping_choices.MOST_OPTIONS", 1)
    make_area(code="kashi")
    make_area(code="urumqi")

    form = mapping_form(client, bring(client, "code,name\na,A\n"))
    assert form.one("input", name="all-area").attributes["type"] == "text"

    batch = previewed(client, "code,name\nb,B\n", all_area="urumqi")
    step(client, batch, "approve")
    assert Project.objects.get().area.code == "urumqi"


def test_the_mapping_of_the_last_written_file_is_suggested(client, office):
    first = bring(client, "code,name,Colour\na,A,red\n")
    send_mapping(client, first, column_2="description")
    step(client, first, "approve")

    second = bring(client, "code,name,Colour\nb,B,blue\n")
    assert chosen(mapping_form(client, second))["column-2"] == "description"

    send_mapping(client, second)
    send_mapping(client, second, column_2="note")
    step(client, second, "approve")
    project = Project.objects.get(code="b")
    assert (project.description, project.note) == ("", "blue")


def test_a_file_of_json_is_mapped_by_its_names(client, office):
    sectors = [{"sector": "trade", "share": None}]
    make_sector(code="trade")
    text = json.dumps([{"code": "a", "name": "A", "sectors": sectors, "colour": "red"}])

    batch = previewed(client, text, column_3="-")
    step(client, batch, "approve")

    assert Project.objects.get().sectors.get().code == "trade"


def test_enterprises_and_funds_are_mapped_in_their_own_fields(client, office):
    written(client, "企业名称,所在省份,企业性质\n喀什兴达,浙江,民企\n", "enterprises")
    written(client, "code,name\na,A\n")
    batch = written(client, "项目,到位时间,到位资金（万元）\nA,2023-12-01,5\n", "receipts")

    assert Enterprise.objects.get().origin == "CN-ZJ"
    receipt = Project.objects.get().receipts.get()
    assert (receipt.amount, columns_of(batch)["项目"].find) == (50_000, True)


def test_a_written_file_cannot_be_mapped_again(client, office):
    batch = written(client, "code,name\na,A\n")

    assert client.get(f"/import/{batch.pk}/mapping/").status_code == 302
    assert client.post(f"/import/{batch.pk}/mapping/").status_code == 409
    assert Area.objects.count() == 0


def test_the_widest_file_that_can_be_read_can_be_mapped(client, office):
    headings = ",".join(["code", "name", *(f"c{number}" for number in range(498))])
    batch = bring(client, f"{headings}\na,A{',' * 498}\n")

    send_mapping(client, batch, **{f"column_{number}": "-" for number in range(2, 500)})

    assert batch.state == BatchState.PREVIEWED


def test_the_queries_of_the_form_do_not_grow_with_the_file(client, office):
    def cost(rows):
        text = "编号,项目名称,目前进展,片区\n" + "".join(
            f"c{n},项目{n},签约,\n" for n in range(rows)
        )
        batch = bring(client, text)
        with CaptureQueriesContext(connection) as queries:
            mapping_form(client, batch)
        return len(queries)

    assert cost(3) == cost(600) <= 12
