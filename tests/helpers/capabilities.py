"""What each capability is, tried for real at each door.

An attempt returns what became of it: "no", "yes", or the state of what was
written. Its person has a role; what others have entered is a superuser's or
another clerk's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client

from projects import review
from projects.models import ApiToken, Enterprise, ErrorReport, Project, Proposal, Zone
from tests.factories import make_area, make_enterprise, make_project, make_user
from tests.helpers.admin_forms import delete, page_of, sent

ATTEMPTS: dict[tuple[str, str], Callable[[Person], str]] = {}
PUBLISHED_NAME = "Published name"


class Person:
    """Somebody of a role, with a browser and a program."""

    def __init__(self, role: str) -> None:
        self.user = None if role == "visitor" else make_user(role)
        self.browser = Client()
        self.headers = {}
        if self.user is not None:
            self.browser.force_login(self.user)
            _token, key = ApiToken.objects.issue(self.user, "test")
            self.headers = {"Authorization": f"Token {key}"}

    def ask(self, method: str, address: str, data: Any = None) -> Any:
        """Through the API, in whatever state the record is."""
        headers = self.headers | ({} if method in ("get", "post") else {"If-Match": "*"})
        return getattr(Client(), method)(
            f"/api/v1/{address}", data, content_type="application/json", headers=headers
        )

    def post(self, address: str, **data: Any) -> Any:
        return self.browser.post(address, data)

    def save(self, address: str, **changes: Any) -> bool:
        """Whether a form of the admin was there and was saved."""
        page = self.browser.get(address)
        if page.status_code != 200 or not page.context.get("adminform"):
            return False
        return self.browser.post(address, sent(page, **changes)).status_code == 302


def attempt(capability: str, *doors: str) -> Any:
    def named(function: Callable[[Person], str]) -> Callable[[Person], str]:
        for door in doors:
            ATTEMPTS[capability, door] = function
        return function

    return named


def draft_of_others(**changes: Any) -> Project:
    """A draft that a clerk has entered."""
    record = Project(**{"code": "draft", "name": "Draft", **changes})
    return review.submit(make_user("clerk"), record).record


def proposal_of(user: Any, **changes: Any) -> Proposal:
    record = make_project(code="stands")
    record.name = "Proposed"
    return review.submit(user, record).proposal


def state_of(project: Project, changed: bool) -> str:
    """What became of a project that somebody tried to change to the name New."""
    project.refresh_from_db()
    if Proposal.objects.open().exists():
        assert project.name != "New"
        return "proposal"
    assert (project.name == "New") == changed
    return project.state if changed else "no"


def yes(happened: bool) -> str:
    return "yes" if happened else "no"


# Reading


@attempt("read what is published", "page")
def _(person: Person) -> str:
    make_project(code="stands")
    return yes(person.browser.get("/projects/stands/").status_code == 200)


@attempt("read what is published", "API")
def _(person: Person) -> str:
    make_project(code="stands")
    return yes(person.ask("get", "projects/stands/").status_code == 200)


@attempt("download it as a file", "page")
def _(person: Person) -> str:
    return yes(person.browser.get("/projects/export.csv").status_code == 200)


@attempt("read drafts", "page")
def _(person: Person) -> str:
    draft_of_others()
    return yes(person.browser.get("/projects/draft/").status_code == 200)


@attempt("read drafts", "admin")
def _(person: Person) -> str:
    return yes(person.browser.get(page_of(draft_of_others())).status_code == 200)


@attempt("read drafts", "API")
def _(person: Person) -> str:
    draft_of_others()
    return yes(person.ask("get", "projects/draft/").status_code == 200)


@attempt("read histories with names", "admin")
def _(person: Person) -> str:
    return yes(person.browser.get(page_of(make_project(), "history")).status_code == 200)


@attempt("read the audit log", "admin")
def _(person: Person) -> str:
    return yes(person.browser.get("/admin/projects/auditentry/").status_code == 200)


# Errors that readers report


def reported(code: str) -> ErrorReport:
    return ErrorReport.objects.create(model_name="projects", code=code, wrong="The amount")


def decided_on_page(person: Person, report: ErrorReport) -> str:
    person.post(f"/review/reports/{report.pk}/settle/", reason="Mended")
    report.refresh_from_db()
    return yes(not report.is_open)


@attempt("report an error", "page")
def _(person: Person) -> str:
    make_project(code="stands")
    person.post("/projects/stands/report/", wrong="The amount")
    return yes(ErrorReport.objects.exists())


@attempt("read error reports", "page")
def _(person: Person) -> str:
    report = reported(make_project().code)
    return yes(person.browser.get(f"/review/reports/{report.pk}/").status_code == 200)


@attempt("close an error report", "page")
def _(person: Person) -> str:
    return decided_on_page(person, reported(make_project().code))


# Writing


@attempt("enter a record", "admin")
def _(person: Person) -> str:
    person.save("/admin/projects/project/add/", code="new", name="New")
    return state_of_new()


@attempt("enter a record", "API")
def _(person: Person) -> str:
    person.ask("post", "projects/", {"code": "new", "name": "New"})
    return state_of_new()


@attempt("enter a record", "page")
def _(person: Person) -> str:
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("list.csv", b"code,name\nnew,New\n")
    answer = person.post("/import/", file=file, noun="projects")
    if answer.status_code == 302 and answer["Location"].startswith("/import/"):
        person.post(f"{answer['Location']}mapping/", **mapped(person, answer["Location"]))
        person.post(f"{answer['Location']}approve/")
    return state_of_new()


def mapped(person: Person, address: str) -> dict[str, Any]:
    page = person.browser.get(f"{address}mapping/")
    form = page.context["form"]
    return {form[name].html_name: form[name].value() for name in form.fields if form[name].value()}


def state_of_new() -> str:
    project = Project.objects.filter(code="new").first()
    return project.state if project else "no"


@attempt("change a draft", "admin")
def _(person: Person) -> str:
    draft = draft_of_others()
    return state_of(draft, person.save(page_of(draft), name="New"))


@attempt("change a draft", "API")
def _(person: Person) -> str:
    draft = draft_of_others()
    answer = person.ask("patch", "projects/draft/", {"name": "New"})
    return state_of(draft, answer.status_code == 200)


@attempt("change a published record", "admin")
def _(person: Person) -> str:
    project = make_project()
    return state_of(project, person.save(page_of(project), name="New"))


@attempt("change a published record", "API")
def _(person: Person) -> str:
    project = make_project(code="stands")
    answer = person.ask("patch", "projects/stands/", {"name": "New"})
    return state_of(project, answer.status_code == 200)


def standing_after(project: Project) -> str:
    if Proposal.objects.open().exists():
        return "proposal"
    return yes(not Project.objects.filter(pk=project.pk).exists())


@attempt("delete a draft", "admin")
def _(person: Person) -> str:
    draft = draft_of_others()
    delete(person.browser, draft)
    return standing_after(draft)


@attempt("delete a draft", "API")
def _(person: Person) -> str:
    draft = draft_of_others()
    person.ask("delete", "projects/draft/")
    return standing_after(draft)


@attempt("delete a published record", "admin")
def _(person: Person) -> str:
    project = make_project()
    delete(person.browser, project)
    return standing_after(project)


@attempt("delete a published record", "API")
def _(person: Person) -> str:
    project = make_project(code="stands")
    person.ask("delete", "projects/stands/")
    return standing_after(project)


@attempt("write zones, areas, sectors, rates", "admin")
def _(person: Person) -> str:
    return yes(person.save("/admin/projects/zone/add/", code="new", name="New"))


@attempt("write zones, areas, sectors, rates", "API")
def _(person: Person) -> str:
    person.ask("post", "zones/", {"code": "new", "name": "New"})
    return yes(Zone.objects.filter(code="new").exists())


# Reviewing


@attempt("publish what others entered", "page")
def _(person: Person) -> str:
    return published_on_page(person, draft_of_others())


@attempt("publish what others entered", "API")
def _(person: Person) -> str:
    draft_of_others()
    return yes(person.ask("post", "projects/draft/publish/", {}).status_code == 200)


def published_on_page(person: Person, draft: Project) -> str:
    person.post(f"/review/drafts/projects/{draft.pk}/publish/", version=draft.version)
    draft.refresh_from_db()
    return yes(not draft.is_draft)


def own_entry(person: Person) -> Project | None:
    if person.user is None:
        return None
    return review.submit(person.user, Project(code="mine", name="Mine")).record


@attempt("publish one's own entry", "page")
def _(person: Person) -> str:
    draft = own_entry(person)
    if draft is None:
        return "no"
    return draft.state if not draft.is_draft else published_on_page(person, draft)


@attempt("publish one's own entry", "API")
def _(person: Person) -> str:
    draft = own_entry(person)
    if draft is None:
        return "no"
    if not draft.is_draft:
        return draft.state
    return yes(person.ask("post", "projects/mine/publish/", {}).status_code == 200)


@attempt("return a draft", "page")
def _(person: Person) -> str:
    draft = draft_of_others()
    address = f"/review/drafts/projects/{draft.pk}/return/"
    person.post(address, version=draft.version, reason="Its source is missing.")
    return yes(review.pending_drafts(make_user("superuser"), Project).get().is_returned)


@attempt("return a draft", "API")
def _(person: Person) -> str:
    draft_of_others()
    person.ask("post", "projects/draft/return/", {"reason": "Its source is missing."})
    return yes(review.pending_drafts(make_user("superuser"), Project).get().is_returned)


@attempt("accept a proposal of others", "page")
def _(person: Person) -> str:
    return accepted_on_page(person, proposal_of(make_user("clerk")))


@attempt("accept a proposal of others", "API")
def _(person: Person) -> str:
    proposal = proposal_of(make_user("clerk"))
    return yes(person.ask("post", f"proposals/{proposal.pk}/accept/", {}).status_code == 200)


def accepted_on_page(person: Person, proposal: Proposal) -> str:
    person.post(f"/review/proposals/{proposal.pk}/accept/", version=1)
    proposal.refresh_from_db()
    return yes(proposal.state == "accepted")


@attempt("accept one's own proposal", "page")
def _(person: Person) -> str:
    proposal = person.user and proposal_of(person.user)
    return accepted_on_page(person, proposal) if proposal else "no"


@attempt("accept one's own proposal", "API")
def _(person: Person) -> str:
    proposal = person.user and proposal_of(person.user)
    if not proposal:
        return "no"
    return yes(person.ask("post", f"proposals/{proposal.pk}/accept/", {}).status_code == 200)


@attempt("merge two enterprises", "admin")
def _(person: Person) -> str:
    one, other = make_enterprise(), make_enterprise()
    address = f"/admin/projects/enterprise/merge/{one.pk}/{other.pk}/"
    page = person.browser.get(address)
    if page.status_code != 200:
        return "no"
    person.post(address, keep=other.pk, versions=page.context["versions"])
    return yes(Enterprise.objects.count() == 1)


@attempt("restore a deleted record", "page")
def _(person: Person) -> str:
    project = make_project(area=make_area())
    key = project.pk
    review.remove(make_user("superuser"), project)
    last = Project.history.filter(id=key).first()
    person.post(f"/review/deleted/projects/{last.history_id}/restore/")
    return yes(Project.objects.filter(pk=key).exists())


# Administering


@attempt("administer accounts", "admin")
def _(person: Person) -> str:
    return yes(person.browser.get("/admin/projects/user/add/").status_code == 200)


@attempt("change what a role may do", "admin")
def _(person: Person) -> str:
    return yes(person.browser.get("/admin/auth/group/add/").status_code == 200)


@attempt("create an API key for oneself", "admin")
def _(person: Person) -> str:
    changes = {"user": person.user.pk} if person.user and person.user.is_superuser else {}
    return yes(person.save("/admin/projects/apitoken/add/", name="mine", **changes))
