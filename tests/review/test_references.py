"""No write lets a published record refer to a draft."""

import json

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from rest_framework.test import APIClient

from projects import history, review
from projects.data_quality import report
from projects.imports import batches, import_table, undo
from projects.imports.mapping import mapping_of
from projects.models import ApiToken, Enterprise, Project
from projects.models.base import RegisterModel, ReviewedModel
from projects.models.permissions import SYSTEM_USER
from projects.review import merge
from projects.spreadsheets.reading import read
from tests.factories import (
    make_area,
    make_enterprise,
    make_headline,
    make_project,
    make_rate,
    make_receipt,
    make_source,
    make_user,
    make_zone,
)
from tests.helpers.submissions import changed

pytestmark = pytest.mark.django_db

PUBLISH_FIRST = "“{}” is a draft: publish it first."


@pytest.fixture
def boss():
    return make_user("superuser")


@pytest.fixture
def drafts():
    """Drafts that something published must not name."""
    return {
        "enterprise": make_enterprise(code="draft-e", name="Hidden", state="draft"),
        "source": make_source(code="draft-s", state="draft"),
        "project": make_project(code="draft-p", state="draft"),
    }


# What would refer to a draft: the published record, the field, and whether it takes several.
WAYS = [
    (make_project, "enterprise", "enterprise", False),
    (make_project, "partners", "enterprise", True),
    (make_project, "sources", "source", True),
    (make_enterprise, "sources", "source", True),
    (make_receipt, "project", "project", False),
    (make_receipt, "source", "source", False),
    (make_headline, "source", "source", False),
    (make_rate, "source", "source", False),
    (make_area, "sources", "source", True),
    (make_zone, "sources", "source", True),
]


def registered(make, drafts, way, noun, several):
    return make(**{way: [drafts[noun]] if several else drafts[noun]})


@pytest.mark.parametrize(("make", "way", "noun", "several"), WAYS)
def test_no_published_record_comes_to_refer_to_a_draft(drafts, boss, make, way, noun, several):
    draft = drafts[noun]
    record = make()
    before = type(record)._base_manager.count()

    with pytest.raises(ValidationError) as made:
        registered(make, drafts, way, noun, several)
    with pytest.raises(ValidationError) as shown:
        changed(boss, record, **{way: [draft] if several else draft})

    said = [PUBLISH_FIRST.format(getattr(draft, "code", draft))]
    assert made.value.message_dict[way] == shown.value.message_dict[way] == said
    assert type(record)._base_manager.count() == before


def test_every_reference_to_what_is_reviewed_is_among_these_ways():
    """A new column or link to a reviewed model fails here: add it to WAYS."""
    expected = {(type_of(make), way) for make, way, _noun, _several in WAYS}
    found = {
        (model.__name__, field.name)
        for model in apps.get_app_config("projects").get_models()
        if issubclass(model, RegisterModel)
        for field in (*model._meta.concrete_fields, *model._meta.many_to_many)
        if field.is_relation and issubclass(field.related_model, ReviewedModel)
    }

    assert expected | {("Sector", "sources")} == found


def type_of(make):
    return {make_rate: "ExchangeRate"}.get(make, make.__name__.removeprefix("make_").title())


def test_a_draft_may_refer_to_drafts(drafts):
    clerk = make_user("clerk")
    project = changed(
        clerk,
        make_project(state="draft"),
        enterprise=drafts["enterprise"],
        sources=[drafts["source"]],
    ).record

    assert project.enterprise == drafts["enterprise"]


@pytest.mark.parametrize("way", ["enterprise", "partners", "sources"])
def test_a_proposal_may_name_a_draft_and_waits_until_that_is_published(drafts, way):
    clerk, reviewer, project = make_user("clerk"), make_user("reviewer"), make_project()
    draft = drafts["source" if way == "sources" else "enterprise"]
    proposal = changed(clerk, project, **{way: draft if way == "enterprise" else [draft]}).proposal

    with pytest.raises(ValidationError) as caught:
        review.accept(reviewer, proposal)
    assert caught.value.message_dict == {way: [PUBLISH_FIRST.format(draft.code)]}
    review.publish(reviewer, [draft])
    review.accept(reviewer, proposal)

    assert draft in project_links(project, way)


def project_links(project, way):
    project.refresh_from_db()
    return [project.enterprise] if way == "enterprise" else list(getattr(project, way).all())


def test_a_superuser_does_not_publish_a_draft_that_refers_to_a_draft(drafts, boss):
    project = make_project(
        enterprise=drafts["enterprise"], sources=[drafts["source"]], state="draft"
    )

    with pytest.raises(ValidationError) as caught:
        changed(boss, project, note="Looked at")

    assert set(caught.value.message_dict) == {"enterprise", "sources"}
    project.refresh_from_db()
    assert (project.state, project.note) == ("draft", "")


def key_of(user):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {ApiToken.objects.issue(user, 'key')[1]}")
    return client


def test_the_api_names_the_field(drafts, boss):
    client, project = key_of(boss), make_project(code="p")
    wrong = {"enterprise": "draft-e", "sources": ["draft-s"]}

    answers = [
        client.post("/api/v1/projects/", {"code": "n", "name": "N", **wrong}, format="json"),
        client.patch("/api/v1/projects/p/", wrong, format="json", headers={"If-Match": "*"}),
    ]
    bulk = client.post("/api/v1/projects/bulk/", [{"code": "p", **wrong}], format="json")

    for answer in answers:
        assert (answer.status_code, set(answer.json())) == (400, {"enterprise", "sources"})
    assert (bulk.status_code, set(bulk.json()["0"])) == (400, {"enterprise", "sources"})
    project.refresh_from_db()
    assert (project.enterprise, Project.objects.filter(code="n").exists()) == (None, False)


def test_the_api_names_the_draft_to_publish_first(drafts):
    clerk, client = make_user("clerk"), key_of(make_user("reviewer"))
    make_project(code="d", enterprise=drafts["enterprise"], state="draft")
    proposal = changed(clerk, make_project(), enterprise=drafts["enterprise"]).proposal

    publish = client.post("/api/v1/projects/d/publish/", {}, format="json")
    accept = client.post(f"/api/v1/proposals/{proposal.pk}/accept/", {}, format="json")

    assert (publish.status_code, accept.status_code) == (409, 400)
    assert PUBLISH_FIRST.format("draft-e") in publish.json()["detail"]
    assert accept.json() == {"enterprise": [PUBLISH_FIRST.format("draft-e")]}


@pytest.mark.parametrize("partial", [False, True])
def test_the_import_command_names_the_row(drafts, partial):
    make_project(code="p")
    content = [
        {"code": "p", "enterprise": "draft-e"},
        {"code": "n", "name": "N", "sources": ["draft-s"]},
        {"code": "good", "name": "G"},
    ]
    table = read(json.dumps(content).encode(), known=lambda cells: 1)

    report = import_table("projects", table, partial=partial)

    assert [(error.row, error.column) for error in report.errors] == [
        (1, "enterprise"),
        (2, "sources"),
    ]
    assert Project.objects.filter(code="good").exists() == partial
    assert not Project.objects.filter(code="n").exists()
    assert Project.objects.get(code="p").enterprise is None


def written(text, user, noun="projects"):
    batch = batches.receive(text.encode(), "list.csv", noun, user=user)
    batches.map_columns(batch, mapping_of(batch.mapping))
    batches.work_on(batch)
    batches.approve(batch)
    batches.work_on(batch)
    assert batch.state == "written", batch.message
    return batch


def test_created_records_have_the_state_of_the_rows_that_name_them(boss):
    clerk = make_user("clerk")
    for user, state in ((clerk, "draft"), (boss, "published")):
        written(f"编号,项目名称,投资方\n{state},项目,喀什{state}公司\n", user)
        project = Project.objects.get(code=state)
        assert (project.state, project.enterprise.state) == (state, state)


def test_undoing_an_import_makes_no_draft_of_referenced_records(boss):
    make_enterprise(code="e", name="E", state="draft")
    batch = written("code,name\ne,Renamed\n", boss, "enterprises")
    make_project(enterprise=Enterprise.objects.get())

    undone = undo.undo(batch, boss)

    enterprise = Enterprise.objects.get()
    assert (enterprise.state, enterprise.name) == ("published", "Renamed")
    assert [reason for _row, _key, reason in undone.kept] == ["Published records refer to it now."]


def test_undoing_an_import_lets_no_published_record_refer_to_a_draft(boss):
    """Two files: the first publishes a draft, the second takes a project away from it."""
    make_enterprise(code="e", name="E", state="draft"), make_enterprise(code="f")
    first = written("code,name\ne,Renamed\n", boss, "enterprises")
    make_project(code="p", enterprise=Enterprise.objects.get(code="e"))
    second = written("code,enterprise\np,f\n", boss)
    assert undo.undo(first, boss).kept == []

    undone = undo.undo(second, boss)

    project = Project.objects.get()
    assert (Enterprise.objects.get(code="e").state, project.enterprise.code) == ("draft", "f")
    assert [reason for _row, _key, reason in undone.kept] == [
        "A record that it referred to before is now a draft."
    ]


def test_nothing_is_restored_to_refer_to_a_draft(boss):
    enterprise, press = make_enterprise(code="e"), make_source(code="s")
    project = make_project(enterprise=enterprise, sources=[press])
    history.delete(project)
    row = Project.history.latest()
    for record in (enterprise, press):
        type(record).objects.filter(pk=record.pk).update(state="draft")

    with pytest.raises(ValidationError) as caught:
        review.restore(boss, Project, row)

    assert set(caught.value.message_dict) == {"enterprise", "sources"}


def test_merging_lets_no_published_record_refer_to_a_draft(drafts):
    published = make_enterprise(code="e")
    make_project(enterprise=published)

    with pytest.raises(ValidationError):
        merge.merge(published, drafts["enterprise"], SYSTEM_USER)


@pytest.mark.parametrize(("make", "way", "noun", "several"), WAYS)
def test_the_report_names_published_records_that_refer_to_drafts(drafts, make, way, noun, several):
    record = make()
    assert drafts_found() == []
    if several:
        getattr(record, way).add(drafts[noun])
    else:
        type(record)._base_manager.filter(pk=record.pk).update(**{way: drafts[noun]})

    code = str(getattr(record, "code", record.pk))
    assert drafts_found() == [(record._meta.model_name, code, way)]


def test_a_draft_that_refers_to_drafts_is_in_order(drafts):
    make_project(state="draft", enterprise=drafts["enterprise"], sources=[drafts["source"]])
    make_receipt(drafts["project"], state="draft")

    assert drafts_found() == []


def drafts_found():
    found = [one for one in report.findings() if one.rule == report.Rule.DRAFT]
    assert all(one.is_error for one in found)
    return [(one.model_name, one.code, one.field) for one in found]
