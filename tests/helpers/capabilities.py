"""What each capability of docs/access.md means: one attempt for each place it is offered at.

An attempt returns "no", "yes", or the state of what was written. The other users whose
records it needs are a superuser or another clerk.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from projects import review
from projects.models import (
    ApiToken,
    Area,
    Enterprise,
    ErrorReport,
    Project,
    Proposal,
    State,
    User,
    Zone,
)
from tests.factories import make_area, make_enterprise, make_project, make_user
from tests.helpers.access_tables import ROLES
from tests.helpers.admin_forms import delete, page_of, sent

# By capability and place.
ATTEMPTS: dict[tuple[str, str], Callable[[Person], str]] = {}


def make_users_and_areas() -> None:
    """A user of each role, named as the role, another clerk, and two areas without records."""
    for role in ROLES[1:]:
        make_user(role, username=role)
    make_user("clerk", username="other clerk")
    zone = make_area(code="here").zone
    make_area(code="there", zone=zone)


def other_clerk() -> User:
    return User.objects.get(username="other clerk")


class Person:
    """A user of a role with a browser and an API key; a visitor has neither account nor key."""

    def __init__(self, role: str) -> None:
        self.user = User.objects.filter(username=role).first()

    @cached_property
    def browser(self) -> Client:
        client = Client()
        if self.user is not None:
            client.force_login(self.user)
        return client

    def request(self, method: str, path: str, data: Any = None) -> Any:
        """Request the API, with any version of the record."""
        headers = {} if method in ("get", "post") else {"If-Match": "*"}
        if self.user is not None:
            _token, key = ApiToken.objects.issue(self.user, "test")
            headers["Authorization"] = f"Token {key}"
        return getattr(Client(), method)(
            f"/api/v1/{path}", data, content_type="application/json", headers=headers
        )

    def can_get(self, path: str) -> str:
        is_api = path.startswith("/api/v1/")
        answer = (
            self.request("get", path.removeprefix("/api/v1/")) if is_api else self.browser.get(path)
        )
        return yes(answer.status_code == 200)

    def post(self, path: str, **data: Any) -> Any:
        return self.browser.post(path, data)

    def save(self, path: str, **changes: Any) -> bool:
        """Whether there was a form of the admin, and it was saved."""
        page = self.browser.get(path)
        if page.status_code != 200 or not page.context.get("adminform"):
            return False
        return self.browser.post(path, sent(page, **changes)).status_code == 302

    def import_file(self, text: str) -> None:
        """Import a file on the pages, as far as the user gets."""
        file = SimpleUploadedFile("list.csv", text.encode())
        answer = self.post("/import/", file=file, noun="projects")
        if answer.status_code == 302 and answer["Location"].startswith("/import/"):
            mapping = f"{answer['Location']}mapping/"
            form = self.browser.get(mapping).context["form"]
            values = {form[name].html_name: form[name].value() for name in form.fields}
            self.post(mapping, **{name: value for name, value in values.items() if value})
            self.post(f"{answer['Location']}approve/", partial="on")

    def limit(self) -> Area:
        """Limit the user to an area; return another area."""
        if self.user is not None:
            self.user.area_limits.create(area=Area.objects.get(code="here"))
        return Area.objects.get(code="there")


def attempt(capability: str, *places: str, outside: str = "") -> Any:
    """Register a function of a person, a place and an area as the attempt at a capability.

    `outside`: the same capability for records of an area outside the user's limits.
    """

    def register(function: Callable[..., str]) -> Callable[..., str]:
        for place in places:
            ATTEMPTS[capability, place] = partial(function, place=place, area=None)
            if outside:
                ATTEMPTS[outside, place] = lambda person, place=place: function(
                    person, place, person.limit()
                )
        return function

    return register


def yes(happened: bool) -> str:
    return "yes" if happened else "no"


def published(area: Area | None = None) -> Project:
    return make_project(code="published", area=area)


def draft_of(user: User, area: Area | None = None, code: str = "draft") -> Project:
    return review.submit(user, Project(code=code, name="Draft", area=area)).record


def proposal_of(user: User, area: Area | None = None) -> Proposal:
    record = published(area)
    record.name = "Proposed"
    return review.submit(user, record).proposal


def state_of(project: Project) -> str:
    """What became of a project that the user tried to rename to New."""
    project.refresh_from_db()
    if Proposal.objects.open().exists():
        assert project.name != "New"
        return "proposal"
    return project.state if project.name == "New" else "no"


def state_of_new() -> str:
    project = Project.objects.filter(code="new").first()
    return project.state if project else "no"


# Reading


@attempt("read what is published", "page", "API")
def _(person: Person, place: str, area: None) -> str:
    published()
    return person.can_get(f"{'/api/v1' if place == 'API' else ''}/projects/published/")


@attempt("download it as a file", "page")
def _(person: Person, place: str, area: None) -> str:
    return person.can_get("/projects/export.csv")


@attempt("read drafts", "page", "admin", "API", outside="read drafts of another area")
def _(person: Person, place: str, area: Area | None) -> str:
    draft = draft_of(other_clerk(), area)
    paths = {"API": "/api/v1/projects/draft/", "page": "/projects/draft/", "admin": page_of(draft)}
    return person.can_get(paths[place])


@attempt("read histories with names", "admin")
def _(person: Person, place: str, area: None) -> str:
    return person.can_get(page_of(published(), "history"))


@attempt("download drafts as a file", "page")
def _(person: Person, place: str, area: None) -> str:
    draft_of(other_clerk())
    return yes(b"draft" in b"".join(person.browser.get("/projects/export.csv")))


@attempt("read proposals of others", "page", "API")
def _(person: Person, place: str, area: None) -> str:
    start = "/api/v1" if place == "API" else "/review"
    return person.can_get(f"{start}/proposals/{proposal_of(other_clerk()).pk}/")


# Error reports of readers


def report_on(project: Project) -> ErrorReport:
    return ErrorReport.objects.create(model_name="projects", code=project.code, wrong="The amount")


@attempt("report an error", "page")
def _(person: Person, place: str, area: None) -> str:
    published()
    person.post("/projects/published/report/", wrong="The amount")
    return yes(ErrorReport.objects.exists())


@attempt("read error reports", "page")
def _(person: Person, place: str, area: None) -> str:
    return person.can_get(f"/review/reports/{report_on(published()).pk}/")


@attempt("close an error report", "page", outside="close an error report of another area")
def _(person: Person, place: str, area: Area | None) -> str:
    report = report_on(published(area))
    person.post(f"/review/reports/{report.pk}/settle/", reason="Corrected")
    report.refresh_from_db()
    return yes(not report.is_open)


# Writing


@attempt("enter a record", "admin", "API", "page", outside="enter a record of another area")
def _(person: Person, place: str, area: Area | None) -> str:
    code = area.code if area else ""
    if place == "admin":
        given = {"area": area.pk} if area else {}
        person.save("/admin/projects/project/add/", code="new", name="New", **given)
    elif place == "API":
        person.request("post", "projects/", {"code": "new", "name": "New", "area": code or None})
    else:
        person.import_file(f"code,name,area\nnew,New,{code}\n")
    return state_of_new()


def rename(person: Person, place: str, project: Project) -> str:
    if place == "admin":
        person.save(page_of(project), name="New")
    elif place == "API":
        person.request("patch", f"projects/{project.code}/", {"name": "New"})
    else:
        person.import_file(f"code,name\n{project.code},New\n")
    return state_of(project)


@attempt("change a draft", "admin", "API", "page")
def _(person: Person, place: str, area: None) -> str:
    return rename(person, place, draft_of(other_clerk()))


@attempt(
    "change a published record",
    "admin",
    "API",
    "page",
    outside="change a published record of another area",
)
def _(person: Person, place: str, area: Area | None) -> str:
    return rename(person, place, published(area))


def delete_project(person: Person, place: str, project: Project) -> str:
    if place == "admin":
        delete(person.browser, project)
    else:
        person.request("delete", f"projects/{project.code}/")
    if Proposal.objects.open().exists():
        return "proposal"
    return yes(not Project.objects.filter(pk=project.pk).exists())


@attempt("delete a draft", "admin", "API")
def _(person: Person, place: str, area: None) -> str:
    return delete_project(person, place, draft_of(other_clerk()))


@attempt(
    "delete a published record",
    "admin",
    "API",
    outside="delete a published record of another area",
)
def _(person: Person, place: str, area: Area | None) -> str:
    return delete_project(person, place, published(area))


@attempt("write zones, areas, sectors, rates", "admin", "API")
def _(person: Person, place: str, area: None) -> str:
    if place == "admin":
        person.save("/admin/projects/zone/add/", code="new", name="New")
    else:
        person.request("post", "zones/", {"code": "new", "name": "New"})
    return yes(Zone.objects.filter(code="new").exists())


# Reviewing


def publish(person: Person, place: str, draft: Project) -> str:
    if place == "API":
        person.request("post", f"projects/{draft.code}/publish/", {})
    else:
        person.post(f"/review/drafts/projects/{draft.pk}/publish/", version=draft.version)
    draft.refresh_from_db()
    return yes(not draft.is_draft)


@attempt("publish what others entered", "page", "API", outside="publish a record of another area")
def _(person: Person, place: str, area: Area | None) -> str:
    return publish(person, place, draft_of(other_clerk(), area))


@attempt("publish one's own entry", "page", "API")
def _(person: Person, place: str, area: None) -> str:
    if person.user is None:
        return "no"
    draft = draft_of(person.user)
    return publish(person, place, draft) if draft.is_draft else State.PUBLISHED.value


@attempt("return a draft", "page", "API")
def _(person: Person, place: str, area: None) -> str:
    draft, reason = draft_of(other_clerk()), "Its source is missing."
    if place == "API":
        person.request("post", "projects/draft/return/", {"reason": reason})
    else:
        path = f"/review/drafts/projects/{draft.pk}/return/"
        person.post(path, version=draft.version, reason=reason)
    superuser = User.objects.get(username="superuser")
    return yes(review.pending_drafts(superuser, Project).get().is_returned)


def accept(person: Person, place: str, proposal: Proposal) -> str:
    if place == "API":
        person.request("post", f"proposals/{proposal.pk}/accept/", {})
    else:
        person.post(f"/review/proposals/{proposal.pk}/accept/", version=1)
    proposal.refresh_from_db()
    return yes(proposal.state == "accepted")


@attempt(
    "accept a proposal of others",
    "page",
    "API",
    outside="accept a proposal about another area",
)
def _(person: Person, place: str, area: Area | None) -> str:
    return accept(person, place, proposal_of(other_clerk(), area))


@attempt("accept one's own proposal", "page", "API")
def _(person: Person, place: str, area: None) -> str:
    proposal = person.user and proposal_of(person.user)
    return accept(person, place, proposal) if proposal else "no"


@attempt("merge two enterprises", "admin", outside="merge enterprises of another area")
def _(person: Person, place: str, area: Area | None) -> str:
    one, other = make_enterprise(area=area), make_enterprise(area=area)
    path = f"/admin/projects/enterprise/merge/{one.pk}/{other.pk}/"
    person.post(path, keep=other.pk, versions="1 1")
    return yes(Enterprise.objects.count() == 1)


@attempt("restore a deleted record", "page", outside="restore a deleted record of another area")
def _(person: Person, place: str, area: Area | None) -> str:
    project = published(area or Area.objects.get(code="here"))
    key = project.pk
    review.remove(User.objects.get(username="superuser"), project)
    last = Project.history.filter(id=key).first()
    person.post(f"/review/deleted/projects/{last.history_id}/restore/")
    return yes(Project.objects.filter(pk=key).exists())
