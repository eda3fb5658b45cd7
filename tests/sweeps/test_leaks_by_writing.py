"""Writes to hidden records get the same responses as writes to missing ones.

The one exception: codes are unique for all users, so a taken code is refused.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from projects.models import ApiToken, Area, Enterprise, Project, Proposal
from tests.factories import make_enterprise, make_project, make_user
from tests.helpers import unpublished
from tests.helpers.responses import TOKENS

ROLES = ("visitor", "viewer", "clerk", "reviewer", "administrator")
NOUNS = ("enterprises", "projects", "receipts", "headlines")
NOWHERE = 10**9


@pytest.fixture(scope="module")
def hidden(module_db):
    unpublished.publish_register()
    return unpublished.hide()


@pytest.fixture
def secret(db, hidden):
    return hidden


def of_another_area(role: str) -> Client:
    """A client of a person who sees no drafts of the area where everything hidden lies."""
    client = Client(raise_request_exception=False)
    if role != "visitor":
        client.force_login(make_user(role, areas=[Area.objects.get(code="there")]))
    return client


def comparable(answer: Any, *keys: Any) -> tuple[Any, ...]:
    """Status, headers and body, with KEY in place of the keys."""
    body = TOKENS.sub(rb"\1", answer.content).decode()
    location = answer.get("Location", "")
    for key in sorted(map(str, keys), key=len, reverse=True):
        body, location = (re.sub(rf"\b{key}\b", "KEY", text) for text in (body, location))
    return answer.status_code, location, answer.get("ETag"), body


def key_of(noun: str, secret: Any) -> Any:
    return getattr(secret, noun.removesuffix("s"))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("noun", NOUNS)
def test_the_api_treats_hidden_records_as_missing(secret, role, noun):
    client = of_another_area(role)
    there = key_of(noun, secret)
    nowhere = NOWHERE if noun == "receipts" else unpublished.MISSING
    attempts = [
        ("get", "", None, {}),
        ("head", "", None, {}),
        ("options", "", None, {}),
        *(
            (method, "", {"note": "N"}, headers)
            for method in ("put", "patch", "delete")
            for headers in ({}, {"If-Match": "*"}, {"If-Match": '"0123"'})
        ),
        ("post", "", {"note": "N"}, {}),
        ("post", "publish/", {}, {}),
        ("post", "publish/", {"version": 1}, {"Idempotency-Key": "k"}),
        ("post", "return/", {"reason": "Why"}, {}),
    ]
    for method, path, body, headers in attempts:
        answers = [
            getattr(client, method)(
                f"/api/v1/{noun}/{key}/{path}",
                *([json.dumps(body)] if body is not None else []),
                **({"content_type": "application/json"} if body is not None else {}),
                headers=headers,
            )
            for key in (there, nowhere)
        ]
        first, second = (comparable(answer, there, nowhere) for answer in answers)
        assert first == second, (method, path, headers)
        assert first[0] in (200, 401, 403, 404, 405), (method, path)


@pytest.mark.parametrize("role", ROLES)
def test_proposals_and_imports_of_others_are_treated_as_missing(secret, role):
    client = of_another_area(role)
    attempts = [
        ("get", "/api/v1/proposals/{}/", secret.proposal),
        *(
            ("post", f"/api/v1/proposals/{{}}/{step}/", secret.proposal)
            for step in ("accept", "return", "withdraw", "hand-in-again")
        ),
        *(
            ("post", f"/review/proposals/{{}}/{step}/", secret.proposal)
            for step in ("accept", "return", "withdraw", "hand-in-again")
        ),
        ("get", "/review/proposals/{}/", secret.proposal),
        *(
            (method, f"/review/drafts/projects/{{}}/{step}", secret.drafts["projects"])
            for method, step in (("get", ""), ("post", "publish/"), ("post", "return/"))
        ),
        ("get", "/review/deleted/projects/{}/", secret.gone),
        ("post", "/review/deleted/projects/{}/restore/", secret.gone),
        ("get", "/api/v1/imports/{}/", secret.batch),
        ("get", "/import/{}/", secret.batch),
        ("get", "/import/{}/refused.csv", secret.batch),
        *(
            ("post", f"/import/{{}}/{step}/", secret.batch)
            for step in ("mapping", "decide", "check", "approve", "cancel", "undo")
        ),
    ]
    for method, address, key in attempts:
        first, second = (
            comparable(getattr(client, method)(address.format(one)), key, NOWHERE)
            for one in (key, NOWHERE)
        )
        assert first == second, address
        assert first[0] in (302, 401, 403, 404), address
    assert set(Proposal.objects.filter(pk=secret.proposal).values_list("state")) == {("open",)}


@pytest.mark.parametrize("role", ["viewer", "clerk", "reviewer", "administrator"])
@pytest.mark.parametrize("model", ["enterprise", "project", "receipt", "headline"])
def test_the_admin_treats_hidden_records_as_missing(secret, role, model):
    client, key = of_another_area(role), secret.record_keys[model]
    start = f"/admin/projects/{model}/"
    attempts = [
        (method, f"{start}{{}}/{page}/")
        for method in ("get", "post")
        for page in ("change", "delete", "history")
    ]
    for method, address in attempts:
        first, second = (
            comparable(getattr(client, method)(address.format(one), follow=True), key, NOWHERE)
            for one in (key, NOWHERE)
        )
        assert first == second, address
    chosen = [
        client.post(start, {"action": "delete_selected", "_selected_action": [one], "post": "yes"})
        for one in (key, NOWHERE)
    ]
    assert comparable(chosen[0], key, NOWHERE) == comparable(chosen[1], key, NOWHERE)


def test_hidden_enterprises_cannot_be_merged(secret):
    client = of_another_area("reviewer")
    seen = make_enterprise(area=Area.objects.get(code="there"))
    key = Enterprise.objects.get(code="hidden-enterprise").pk

    answers = [
        comparable(client.get(f"/admin/projects/enterprise/merge/{seen.pk}/{one}/"), key, NOWHERE)
        for one in (key, NOWHERE)
    ]

    assert answers[0] == answers[1]
    assert answers[0][0] == 404


# --- Codes in what is sent ------------------------------------------------------------


@pytest.mark.parametrize("role", ["clerk", "reviewer"])
def test_references_to_hidden_records_are_treated_as_missing(secret, role):
    client = of_another_area(role)
    make_project(code="mine", area=Area.objects.get(code="there"))
    sent = [
        ("projects", {"code": "n", "name": "N", "area": "there", "enterprise": "{}"}, "enterprise"),
        ("projects", {"code": "n", "name": "N", "area": "there", "partners": ["{}"]}, "enterprise"),
        ("receipts", {"project": "{}", "received_on": "2023-11-11", "amount": "1"}, "project"),
        ("projects/bulk", [{"code": "mine", "enterprise": "{}"}], "enterprise"),
        ("projects/bulk", [{"code": "mine", "partners": ["{}"]}], "enterprise"),
    ]
    for address, body, noun in sent:
        there = getattr(secret, noun)
        first, second = (
            comparable(
                client.post(
                    f"/api/v1/{address}/",
                    json.dumps(body).replace("{}", str(key)),
                    content_type="application/json",
                ),
                there,
                unpublished.MISSING,
            )
            for key in (there, unpublished.MISSING)
        )
        assert first == second, (address, body)
        assert first[0] == 400
        assert "There is no record with the code “KEY”." in first[3]


def test_a_taken_code_is_refused_without_details(secret):
    """Codes are unique for all users, so that a code is taken is the one thing that shows."""
    client = of_another_area("clerk")
    record = {"name": "Mine", "area": "there"}
    sentence = "Another record has this code (ignoring case)."

    for code in (secret.project, "HIDDEN"):
        single = client.post(
            "/api/v1/projects/",
            json.dumps({"code": code, **record}),
            content_type="application/json",
        )
        assert (single.status_code, single.json()) == (409, {"code": [sentence]})
    many = client.post(
        "/api/v1/projects/bulk/",
        json.dumps([{"code": secret.project, **record}]),
        content_type="application/json",
    )
    for mode, status in (("create", 409), ("update", 400)):
        limited = client.post(
            f"/api/v1/projects/bulk/?mode={mode}",
            json.dumps([{"code": secret.project, **record}]),
            content_type="application/json",
        )
        assert limited.status_code == status

    assert (many.status_code, many.json()) == (409, {"0": {"code": [sentence]}})
    assert Project.objects.get(code=secret.project).state == "draft"


def test_without_permission_to_add_hidden_codes_are_like_missing_ones(secret):
    """The bulk address looks up which permission each record needs."""
    user = make_user("clerk", without=["add_project"])
    user.area_limits.create(area=Area.objects.get(code="there"))
    client = Client(raise_request_exception=False)
    client.force_login(user)

    first, second = (
        comparable(
            client.post(
                "/api/v1/projects/bulk/",
                json.dumps([{"code": code, "name": "N"}]),
                content_type="application/json",
            ),
            secret.project,
            unpublished.MISSING,
        )
        for code in (secret.project, unpublished.MISSING)
    )

    assert first == second


@pytest.mark.parametrize("code", ["hidden-old", "former"])
def test_only_former_codes_of_published_records_redirect(secret, code):
    client, token = Client(), ApiToken.objects.issue(make_user("viewer"), "k")[1]

    answers = [
        client.get(f"/enterprises/{code}/"),
        client.get(f"/api/v1/enterprises/{code}/"),
        client.get(f"/api/v1/enterprises/{code}/", headers={"Authorization": f"Token {token}"}),
    ]

    expected = 301 if code == "former" else 404
    assert [answer.status_code for answer in answers] == [expected] * 3


def test_a_refused_deletion_does_not_name_hidden_references(secret):
    there = Area.objects.get(code="there")
    enterprise = make_enterprise(code="mine", area=there, state="draft")
    Project.objects.filter(code="hidden").update(enterprise=enterprise)
    client = of_another_area("clerk")

    answer = client.delete("/api/v1/enterprises/mine/", headers={"If-Match": "*"})

    assert (answer.status_code, answer.json()) == (
        409,
        {"detail": "This cannot be deleted, as other records refer to it."},
    )
