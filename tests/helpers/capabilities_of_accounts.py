"""Files, keys and accounts: what each capability is there, tried for real at each door."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile

from projects.imports import batches
from projects.imports.mapping import mapping_of
from projects.models import ApiToken, ImportBatch, Project
from tests.factories import make_area, make_project, make_user
from tests.helpers.admin_forms import sent
from tests.helpers.capabilities import (
    Person,
    attempt,
    draft_of_others,
    mapped,
    proposal_of,
    state_of,
    yes,
)

LIST = "code,name\nnew,New\n"


def brought(person: Person, text: str) -> None:
    """A file through its pages, as far as the person gets."""
    file = SimpleUploadedFile("list.csv", text.encode())
    answer = person.post("/import/", file=file, noun="projects")
    if answer.status_code == 302 and answer["Location"].startswith("/import/"):
        person.post(f"{answer['Location']}mapping/", **mapped(person, answer["Location"]))
        person.post(f"{answer['Location']}approve/", partial="on")


def written_by(user: Any) -> ImportBatch:
    batch = batches.receive(LIST.encode(), "list.csv", "projects", user=user)
    batches.map_columns(batch, mapping_of(batch.mapping))
    batches.work_on(batch)
    batches.approve(batch, partial=True)
    batches.work_on(batch)
    return batch


@attempt("change a draft", "page")
def _(person: Person) -> str:
    draft = draft_of_others()
    brought(person, "code,name\ndraft,New\n")
    return state_of(draft, Project.objects.get(pk=draft.pk).name == "New")


@attempt("change a published record", "page")
def _(person: Person) -> str:
    project = make_project(code="stands")
    brought(person, "code,name\nstands,New\n")
    return state_of(project, Project.objects.get(pk=project.pk).name == "New")


@attempt("undo an import of one's own", "page")
def _(person: Person) -> str:
    batch = written_by(person.user or make_user("clerk"))
    person.post(f"/import/{batch.pk}/undo/")
    batch.refresh_from_db()
    return yes(batch.state == "undone")


@attempt("see an import of others", "page")
def _(person: Person) -> str:
    batch = written_by(make_user("clerk"))
    return yes(person.browser.get(f"/import/{batch.pk}/").status_code == 200)


@attempt("undo an import of others", "page")
def _(person: Person) -> str:
    batch = written_by(make_user("clerk"))
    person.post(f"/import/{batch.pk}/undo/")
    batch.refresh_from_db()
    return yes(batch.state == "undone")


@attempt("download drafts as a file", "page")
def _(person: Person) -> str:
    draft_of_others()
    answer = person.browser.get("/projects/export.csv")
    return yes(b"draft" in b"".join(answer))


@attempt("read proposals of others", "page")
def _(person: Person) -> str:
    proposal = proposal_of(make_user("clerk"))
    return yes(person.browser.get(f"/review/proposals/{proposal.pk}/").status_code == 200)


@attempt("read proposals of others", "API")
def _(person: Person) -> str:
    proposal = proposal_of(make_user("clerk"))
    return yes(person.ask("get", f"proposals/{proposal.pk}/").status_code == 200)


# Keys


@attempt("revoke an API key of one's own", "page")
def _(person: Person) -> str:
    key = ApiToken.objects.filter(user=person.user).first() if person.user else None
    if key is None:
        key, _secret = ApiToken.objects.issue(make_user("clerk"), "theirs")
    person.post(f"/accounts/keys/{key.pk}/delete/")
    return yes(not ApiToken.objects.filter(pk=key.pk).exists())


@attempt("create or revoke a key of another user", "admin")
def _(person: Person) -> str:
    other = make_user("clerk")
    key, _secret = ApiToken.objects.issue(other, "theirs")
    person.save("/admin/projects/apitoken/add/", user=other.pk, name="another")
    has_made = ApiToken.objects.filter(user=other, name="another").exists()
    person.post(f"/admin/projects/apitoken/{key.pk}/delete/", post="yes")
    has_ended = not ApiToken.objects.filter(pk=key.pk).exists()
    assert has_made == has_ended
    return yes(has_made)


# Accounts


def administered(person: Person, user: Any, **changes: Any) -> None:
    """Send the form of an account with these changes, whether or not there is one to be seen."""
    counts = {"TOTAL_FORMS": 1, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
    typed = {
        "username": user.username,
        "is_active": "on",
        "is_staff": "on",
        **{f"area_limits-{name}": value for name, value in counts.items()},
    }
    page = f"/admin/projects/user/{user.pk}/change/"
    shown = person.browser.get(page)
    if shown.status_code == 200:
        typed |= sent(shown)
    person.browser.post(page, typed | changes)


@attempt("limit a user to areas", "admin")
def _(person: Person) -> str:
    clerk, area = make_user("visitor", is_staff=True), make_area()
    administered(person, clerk, **{"area_limits-0-area": area.pk})
    return yes(clerk.area_limits.exists())


@attempt("grant permissions one does not have", "admin")
def _(person: Person) -> str:
    somebody = make_user("visitor", is_staff=True)
    beyond = Group.objects.create(name="beyond")
    beyond.permissions.set(Permission.objects.filter(codename="delete_group"))
    administered(person, somebody, groups=[beyond.pk])
    has_group = somebody.groups.exists()
    administered(person, somebody, is_superuser="on")
    somebody.refresh_from_db()
    assert has_group == somebody.is_superuser
    return yes(has_group)
