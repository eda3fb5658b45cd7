"""Warnings for possible duplicates, while a name is typed and after it was saved."""

import pytest

from projects.models import Enterprise
from tests.factories import make_area, make_enterprise, make_project, make_user
from tests.helpers.admin_forms import errors, page_of, sent

pytestmark = pytest.mark.django_db

ADD = "/admin/projects/enterprise/add/"
ASK = "/admin/projects/enterprise/duplicates/"


def warnings(page):
    return [str(one) for one in page.context["messages"] if one.level_tag == "warning"]


def test_possible_duplicates_of_a_typed_name_are_links(office):
    one = make_enterprise(code="xingda", name="Xingda", name_zh="兴达纺织")

    answer = office.get(ASK, {"name": "", "name_zh": "兴达纺织有限公司"})

    assert answer.json() == {
        "sentence": "Is it already in the register? Similar names:",
        "found": [{"label": "Xingda 兴达纺织 (xingda)", "address": page_of(one)}],
    }
    assert office.get(ASK, {"name": "Another"}).json() == {"sentence": "", "found": []}


def test_a_record_is_no_duplicate_of_itself(office):
    one = make_enterprise(name="Xingda")

    assert f'data-exclude="{one.pk}"' in office.get(page_of(one)).content.decode()
    assert office.get(ASK, {"name": "Xingda", "exclude": one.pk}).json()["found"] == []


@pytest.mark.parametrize("besides", ["9" * 5000, "x", "²", "-1", "9" * 40, "\x00"])
def test_an_invalid_key_is_ignored(office, besides):
    make_enterprise(name="Xingda")

    assert len(office.get(ASK, {"name": "Xingda", "exclude": besides}).json()["found"]) == 1


@pytest.mark.parametrize("noun", ["enterprise", "project"])
def test_checks_need_the_permission_to_add_or_change(client, noun):
    client.force_login(make_user("viewer"))

    assert client.get(f"/admin/projects/{noun}/duplicates/").status_code == 403


def test_without_a_script_duplicates_are_named_after_saving(office):
    one = make_enterprise(code="xingda", name="", name_zh="新疆兴达纺织有限公司")
    typed = {"code": "again", "name_zh": "新疆兴达纺织（集团）"}

    page = office.post(ADD, sent(office.get(ADD), **typed), follow=True)

    assert Enterprise.objects.filter(code="again").exists()
    [warning] = warnings(page)
    assert "Is it already in the register?" in warning
    assert f'<a href="{page_of(one)}" target="_blank">新疆兴达纺织有限公司 (xingda)</a>' in warning


def test_an_unchanged_name_is_not_checked_for_duplicates(office):
    make_enterprise(name="Xingda")
    one = make_enterprise(name="Xingda")
    page = page_of(one)

    assert warnings(office.post(page, sent(office.get(page), note="Words"), follow=True)) == []
    renamed = office.post(page, sent(office.get(page), name="Xingda Ltd."), follow=True)
    assert len(warnings(renamed)) == 1


def test_names_are_shown_as_they_are(office):
    make_enterprise(name="Xingda <b>&amp;</b>")

    page = office.post(
        ADD, sent(office.get(ADD), code="a", name="Xingda <b>&amp;</b>"), follow=True
    )

    assert "Xingda &lt;b&gt;&amp;amp;&lt;/b&gt;" in warnings(page)[0]


def test_hidden_records_are_no_duplicates(client):
    here = make_area()
    make_enterprise(name="Xingda", state="draft", area=make_area())
    client.force_login(make_user("clerk", areas=[here]))

    assert client.get(ASK, {"name": "Xingda"}).json()["found"] == []
    typed = {"code": "a", "name": "Xingda", "area": here.pk}
    page = client.post(ADD, sent(client.get(ADD), **typed))
    assert page.status_code == 302, errors(page)
    assert warnings(client.get(ADD)) == []


def test_projects_are_checked_for_duplicates_too(office):
    make_project(code="port", name="Logistics port")

    [found] = office.get("/admin/projects/project/duplicates/", {"name": "logistics  PORT"}).json()[
        "found"
    ]

    assert found["label"] == "Logistics port (port)"
