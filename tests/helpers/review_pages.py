"""Pages of review as a user sees them, and the drafts and proposals on them."""

from __future__ import annotations

from typing import Any

from django.test import Client

from projects.models import Enterprise, Project, Proposal
from tests.factories import make_user
from tests.helpers.page_parser import Element, read
from tests.helpers.submissions import changed, entered, project_of


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(user: Any, address: str, status: int = 200) -> Element:
    answer = client_of(user).get(address)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return read(answer.content.decode())


def make_draft(user: Any = None, **changes: Any) -> Project:
    """A project that a clerk has entered."""
    number = Project.objects.count() + 1
    given = {"code": f"draft-{number}", "name": f"Drafted {number}"}
    return project_of(user or make_user("clerk"), **given | changes)


def make_draft_enterprise(user: Any = None, **changes: Any) -> Enterprise:
    given = {"code": f"firm-{Enterprise.objects.count() + 1}", "name": "A firm to be"}
    return entered(user or make_user("clerk"), Enterprise, **given | changes)


def propose(user: Any, record: Any, **changes: Any) -> Proposal:
    """The proposal of `user` to change a published record."""
    proposal = changed(user, record, **changes).proposal
    assert proposal is not None
    return proposal
