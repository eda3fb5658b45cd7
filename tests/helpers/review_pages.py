"""People of an office, and what they have entered and proposed."""

from __future__ import annotations

from typing import Any

from django.test import Client

from projects import review
from projects.models import Enterprise, Project, Proposal
from tests.factories import make_user
from tests.helpers.page_parser import Element, read


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
    user = user or make_user("clerk")
    number = Project.objects.count() + 1
    given = {"code": f"draft-{number}", "name": f"Drafted {number}", "signed_on": "2023-11-11"}
    links = {name: changes.pop(name) for name in ("partners", "sources") if name in changes}
    record = Project(**given | changes)
    record.clean_fields(exclude=["enterprise"])
    return review.submit(user, record, **links).record


def make_draft_enterprise(user: Any = None, **changes: Any) -> Enterprise:
    given = {"code": f"firm-{Enterprise.objects.count() + 1}", "name": "A firm to be"}
    links = {name: changes.pop(name) for name in ("sources",) if name in changes}
    record = Enterprise(**given | changes)
    return review.submit(user or make_user("clerk"), record, **links).record


def propose(user: Any, record: Any, **changes: Any) -> Proposal:
    """What `user` would have of a published record."""
    standing = type(record).objects.get(pk=record.pk)
    links = {name: changes.pop(name) for name in ("partners", "sources") if name in changes}
    for name, value in changes.items():
        setattr(standing, name, value)
    proposal = review.submit(user, standing, **links).proposal
    assert proposal is not None
    return proposal
