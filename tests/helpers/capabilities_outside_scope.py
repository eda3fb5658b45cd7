"""What is of an area to which a person is not limited: tried for real at each door."""

from __future__ import annotations

from typing import Any

from django.test import Client

from projects import review
from projects.models import Area, Enterprise, Project, Proposal
from tests.factories import make_area, make_enterprise, make_project, make_user
from tests.helpers.admin_forms import delete, page_of
from tests.helpers.capabilities import (
    ATTEMPTS,
    Person,
    accepted_on_page,
    attempt,
    decided_on_page,
    draft_of_others,
    published_on_page,
    reported,
    standing_after,
    state_of,
    state_of_new,
    yes,
)
from tests.helpers.capabilities_of_accounts import brought

# By now it has those of the other two modules as well.
__all__ = ["ATTEMPTS"]


def elsewhere(person: Person) -> Area:
    """An area that the person is not limited to."""
    there = make_area(code="there")
    if person.user is not None:
        person.user.area_limits.create(area=make_area(code="here"))
        person.browser = Client()
        person.browser.force_login(person.user)
    return there


def proposal_about(area: Area) -> Proposal:
    record = make_project(code="stands", area=area)
    record.name = "Proposed"
    return review.submit(make_user("clerk"), record).proposal


@attempt("read drafts of another area", "page")
def _(person: Person) -> str:
    draft_of_others(area=elsewhere(person))
    return yes(person.browser.get("/projects/draft/").status_code == 200)


@attempt("read drafts of another area", "admin")
def _(person: Person) -> str:
    draft = draft_of_others(area=elsewhere(person))
    return yes(person.browser.get(page_of(draft)).status_code == 200)


@attempt("read drafts of another area", "API")
def _(person: Person) -> str:
    draft_of_others(area=elsewhere(person))
    return yes(person.ask("get", "projects/draft/").status_code == 200)


@attempt("enter a record of another area", "admin")
def _(person: Person) -> str:
    area = elsewhere(person)
    person.save("/admin/projects/project/add/", code="new", name="New", area=area.pk)
    return state_of_new()


@attempt("enter a record of another area", "API")
def _(person: Person) -> str:
    elsewhere(person)
    person.ask("post", "projects/", {"code": "new", "name": "New", "area": "there"})
    return state_of_new()


@attempt("enter a record of another area", "page")
def _(person: Person) -> str:
    elsewhere(person)
    brought(person, "code,name,area\nnew,New,there\n")
    return state_of_new()


def standing(person: Person) -> Project:
    return make_project(code="stands", area=elsewhere(person))


@attempt("change a published record of another area", "admin")
def _(person: Person) -> str:
    project = standing(person)
    return state_of(project, person.save(page_of(project), name="New"))


@attempt("change a published record of another area", "API")
def _(person: Person) -> str:
    project = standing(person)
    answer = person.ask("patch", "projects/stands/", {"name": "New"})
    return state_of(project, answer.status_code == 200)


@attempt("change a published record of another area", "page")
def _(person: Person) -> str:
    project = standing(person)
    brought(person, "code,name\nstands,New\n")
    return state_of(project, Project.objects.get(pk=project.pk).name == "New")


@attempt("delete a published record of another area", "admin")
def _(person: Person) -> str:
    project = standing(person)
    delete(person.browser, project)
    return standing_after(project)


@attempt("delete a published record of another area", "API")
def _(person: Person) -> str:
    project = standing(person)
    person.ask("delete", "projects/stands/")
    return standing_after(project)


@attempt("publish a record of another area", "page")
def _(person: Person) -> str:
    return published_on_page(person, draft_of_others(area=elsewhere(person)))


@attempt("publish a record of another area", "API")
def _(person: Person) -> str:
    draft_of_others(area=elsewhere(person))
    return yes(person.ask("post", "projects/draft/publish/", {}).status_code == 200)


@attempt("accept a proposal about another area", "page")
def _(person: Person) -> str:
    return accepted_on_page(person, proposal_about(elsewhere(person)))


@attempt("accept a proposal about another area", "API")
def _(person: Person) -> str:
    proposal = proposal_about(elsewhere(person))
    return yes(person.ask("post", f"proposals/{proposal.pk}/accept/", {}).status_code == 200)


@attempt("merge enterprises of another area", "admin")
def _(person: Person) -> str:
    area: Any = elsewhere(person)
    one, other = make_enterprise(area=area), make_enterprise(area=area)
    address = f"/admin/projects/enterprise/merge/{one.pk}/{other.pk}/"
    person.post(address, keep=other.pk, versions="1 1")
    return yes(Enterprise.objects.count() == 1)


@attempt("restore a deleted record of another area", "page")
def _(person: Person) -> str:
    project = standing(person)
    key = project.pk
    review.remove(make_user("superuser"), project)
    last = Project.history.filter(id=key).first()
    person.post(f"/review/deleted/projects/{last.history_id}/restore/")
    return yes(Project.objects.filter(pk=key).exists())


@attempt("close an error report of another area", "page")
def _(person: Person) -> str:
    return decided_on_page(person, reported(standing(person).code))
