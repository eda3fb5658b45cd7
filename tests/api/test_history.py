from datetime import date
from decimal import Decimal

import pytest

from projects import history as register_history
from projects import review
from projects.models import Enterprise
from tests.factories import (
    make_area,
    make_enterprise,
    make_headline,
    make_project,
    make_receipt,
    make_sector,
    make_source,
    make_user,
)

pytestmark = pytest.mark.django_db


def save(record, user=None, **changes):
    links = {name: changes.pop(name) for name in ("partners", "sectors") if name in changes}
    for name, value in changes.items():
        setattr(record, name, value)
    record._history_user = user
    register_history.save(record, **links)


def history(client, record, **parameters):
    noun = {"funds received": "receipts"}.get(
        record._meta.verbose_name, str(record._meta.verbose_name_plural)
    )
    key = getattr(record, "code", record.pk)
    answer = client.get(f"/api/v1/{noun}/{key}/history/", parameters)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_changes_use_the_fields_of_the_api(visitor):
    area, firm, trade = make_area(code="kashi"), make_enterprise(code="silk"), make_sector()
    project = make_project(amount=None, signed_on=None)
    save(
        project,
        make_user("reviewer"),
        area=area,
        amount=Decimal("1760000000.00"),
        signed_on=date(2023, 11, 12),
        aliases="One\nTwo",
        partners=[firm],
        sectors=[(trade, Decimal("100"))],
    )

    answer = history(visitor, project)

    assert (answer["count"], answer["next"], answer["previous"]) == (2, None, None)
    changed, published = answer["results"]
    assert published["changes"] == []
    assert (published["kind"], published["role"]) == ("published", "office")
    assert (changed["kind"], changed["role"]) == ("changed", "reviewer")
    assert {one["field"]: (one["old"], one["new"]) for one in changed["changes"]} == {
        "area": (None, "kashi"),
        "amount": (None, "1760000000.00"),
        "signed_on": (None, "2023-11-12"),
        "aliases": ([], ["One", "Two"]),
        "partners": ([], ["silk"]),
        "sectors": ([], [{"sector": trade.code, "share": "100.00"}]),
    }
    assert set(changed) == {"at", "kind", "role", "changes"}


def test_every_reviewed_model_has_a_history(visitor):
    for record in (make_enterprise(), make_source(), make_receipt(), make_headline()):
        save(record, None, note="New")

        (changed, _published) = history(visitor, record)["results"]

        assert changed["changes"] == [{"field": "note", "old": "", "new": "New"}], record


def test_the_history_before_publication_is_not_shown(visitor, client_of):
    clerk, reviewer = make_user("clerk"), make_user("reviewer")
    draft = Enterprise(code="silk", name="Secret")
    review.submit(clerk, draft)
    assert visitor.get("/api/v1/enterprises/silk/history/").status_code == 404
    assert history(client_of(clerk), draft)["results"] == []
    draft.name = "Silk"
    review.submit(clerk, draft)
    review.publish(reviewer, [draft])

    answers = [history(one, draft)["results"] for one in (visitor, client_of(reviewer))]

    assert answers[0] == answers[1]
    assert [(one["kind"], one["role"]) for one in answers[0]] == [("published", "reviewer")]


def test_what_it_named_and_is_gone_goes_by_the_code_that_it_had(visitor):
    firm = make_enterprise(code="silk")
    project = make_project(enterprise=firm)
    save(project, None, enterprise=None)
    register_history.delete(firm)

    (changed, _published) = history(visitor, project)["results"]

    assert changed["changes"] == [{"field": "enterprise", "old": "silk", "new": None}]


def test_it_comes_in_pages_or_by_cursor(visitor):
    project = make_project()
    for number in range(5):
        save(project, None, name=f"Name {number}")

    pages = [history(visitor, project, page_size=4, page=page) for page in (1, 2)]
    walked = [history(visitor, project, page_size=4, cursor="")]
    walked.append(visitor.get(walked[0]["next"]).json())

    for first, second in (pages, walked):
        assert (first["count"], len(first["results"]), len(second["results"])) == (6, 4, 2)
        assert first["results"][-1]["changes"] == [
            {"field": "name", "old": "Name 0", "new": "Name 1"}
        ]
    assert pages[0]["results"] == walked[0]["results"]


def test_what_is_no_parameter_is_refused(visitor):
    answer = visitor.get(f"/api/v1/projects/{make_project().code}/history/", {"colour": "red"})

    assert (answer.status_code, list(answer.json())) == (400, ["colour"])


def test_a_former_code_redirects(visitor):
    firm = make_enterprise(code="silk")
    firm.former_codes.create(code="old-silk")

    answer = visitor.get("/api/v1/enterprises/old-silk/history/?page=1")

    assert answer.status_code == 301
    assert answer["Location"].endswith("/api/v1/enterprises/silk/history/?page=1")
