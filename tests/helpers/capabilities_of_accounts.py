"""What each capability of imports, keys and accounts means, as in `capabilities`."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission

from projects.imports import batches
from projects.imports.mapping import mapping_of
from projects.models import ApiToken, Area, ImportBatch, User
from tests.factories import make_user
from tests.helpers.admin_forms import sent
from tests.helpers.capabilities import ATTEMPTS, Person, attempt, other_clerk, yes

# With those of this module.
__all__ = ["ATTEMPTS"]


def written_by(user: User) -> ImportBatch:
    """An approved and written import of a new project."""
    batch = batches.receive(b"code,name\nnew,New\n", "list.csv", "projects", user=user)
    batches.map_columns(batch, mapping_of(batch.mapping))
    batches.work_on(batch)
    batches.approve(batch, partial=True)
    batches.work_on(batch)
    return batch


def undo(person: Person, batch: ImportBatch) -> str:
    person.post(f"/import/{batch.pk}/undo/")
    batch.refresh_from_db()
    return yes(batch.state == "undone")


@attempt("undo an import of one's own", "page")
def _(person: Person, place: str, area: None) -> str:
    return undo(person, written_by(person.user or other_clerk()))


@attempt("undo an import of others", "page")
def _(person: Person, place: str, area: None) -> str:
    return undo(person, written_by(other_clerk()))


@attempt("see an import of others", "page")
def _(person: Person, place: str, area: None) -> str:
    return person.can_get(f"/import/{written_by(other_clerk()).pk}/")


# Keys


@attempt("create an API key for oneself", "admin")
def _(person: Person, place: str, area: None) -> str:
    changes = {"user": person.user.pk} if person.user and person.user.is_superuser else {}
    return yes(person.save("/admin/projects/apitoken/add/", name="mine", **changes))


@attempt("revoke an API key of one's own", "page")
def _(person: Person, place: str, area: None) -> str:
    key, _secret = ApiToken.objects.issue(person.user or other_clerk(), "theirs")
    person.post(f"/accounts/keys/{key.pk}/delete/")
    return yes(not ApiToken.objects.filter(pk=key.pk).exists())


@attempt("create or revoke a key of another user", "admin")
def _(person: Person, place: str, area: None) -> str:
    other = other_clerk()
    key, _secret = ApiToken.objects.issue(other, "theirs")
    person.save("/admin/projects/apitoken/add/", user=other.pk, name="another")
    is_created = ApiToken.objects.filter(user=other, name="another").exists()
    person.post(f"/admin/projects/apitoken/{key.pk}/delete/", post="yes")
    is_revoked = not ApiToken.objects.filter(pk=key.pk).exists()
    assert is_created == is_revoked
    return yes(is_created)


# Accounts


@attempt("read the audit log", "admin")
def _(person: Person, place: str, area: None) -> str:
    return person.can_get("/admin/projects/auditentry/")


@attempt("administer accounts", "admin")
def _(person: Person, place: str, area: None) -> str:
    return person.can_get("/admin/projects/user/add/")


@attempt("change what a role may do", "admin")
def _(person: Person, place: str, area: None) -> str:
    return person.can_get("/admin/auth/group/add/")


def change_account(person: Person, user: User, **changes: Any) -> None:
    """Post the form of an account with these changes, whether or not its page is shown."""
    counts = {"TOTAL_FORMS": 1, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
    data = {
        "username": user.username,
        "is_active": "on",
        "is_staff": "on",
        **{f"area_limits-{name}": value for name, value in counts.items()},
    }
    path = f"/admin/projects/user/{user.pk}/change/"
    page = person.browser.get(path)
    if page.status_code == 200:
        data |= sent(page)
    person.browser.post(path, data | changes)


@attempt("limit a user to areas", "admin")
def _(person: Person, place: str, area: None) -> str:
    user = make_user("visitor", is_staff=True)
    change_account(person, user, **{"area_limits-0-area": Area.objects.get(code="here").pk})
    return yes(user.area_limits.exists())


@attempt("grant permissions one does not have", "admin")
def _(person: Person, place: str, area: None) -> str:
    user = make_user("visitor", is_staff=True)
    group = Group.objects.create(name="more")
    group.permissions.set(Permission.objects.filter(codename="delete_group"))
    change_account(person, user, groups=[group.pk])
    has_group = user.groups.exists()
    change_account(person, user, is_superuser="on")
    user.refresh_from_db()
    assert has_group == user.is_superuser
    return yes(has_group)
