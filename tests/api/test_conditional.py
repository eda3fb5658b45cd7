"""ETags and conditional requests: a record is written only in the version that was read."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, OperationalError

from projects import history
from projects.api import etags
from projects.history import locking
from projects.models import ApiToken, IdempotentResponse, Project, Zone
from projects.models.base import RegisterQuerySet
from tests.api.test_read import NOUNS, make_one_of
from tests.factories import (
    make_area,
    make_enterprise,
    make_project,
    make_rate,
    make_receipt,
    make_sector,
    make_source,
    make_user,
    make_zone,
)

pytestmark = pytest.mark.django_db

P = "/api/v1/projects/p/"
WRITES = ["put", "patch", "delete"]


def address_of(noun):
    record = make_one_of(noun)
    return f"/api/v1/{noun}/{getattr(record, 'code', record.pk)}/"


def write(client, method, address, if_match, body=None, **headers):
    body = {"note": "Seen."} if body is None and method != "delete" else body
    headers = {"If-Match": if_match} | headers
    return getattr(client, method)(address, body, format="json", headers=headers)


@pytest.mark.parametrize("noun", NOUNS)
def test_every_response_with_a_record_has_an_etag(office, visitor, noun):
    address = address_of(noun)

    read = visitor.get(address)
    answers = [
        visitor.head(address),
        office.get(address),
        visitor.get(address, HTTP_ACCEPT="text/html"),
        visitor.get(f"{address}?format=json"),
        office.put(address, read.json(), format="json"),
        office.patch(address, {}, format="json"),
    ]

    assert etags.etag_of(read.json()) == read["ETag"]
    assert {answer["ETag"] for answer in answers} == {read["ETag"]}
    assert read["ETag"].startswith('"')


def test_a_created_record_has_its_etag_also_when_the_request_is_repeated(office, visitor):
    body = {"code": "xj", "name": "Xinjiang"}
    headers = {"Idempotency-Key": "k"}

    first, again = (
        office.post("/api/v1/zones/", body, format="json", headers=headers) for _ in range(2)
    )

    assert first["ETag"] == again["ETag"] == visitor.get("/api/v1/zones/xj/")["ETag"]
    assert IdempotentResponse.objects.count() == 1


def test_a_list_and_an_error_have_no_state_of_a_record(visitor):
    make_project(code="p")

    assert "ETag" not in visitor.get("/api/v1/projects/")
    assert "ETag" not in visitor.get("/api/v1/projects/q/")


def test_what_follows_from_others_is_part_of_the_state(office):
    project = make_project(code="p", currency="USD", amount=Decimal("1.00"))
    seen = [office.get(P)["ETag"]]

    make_rate("USD", "CNY", "7.2", date(2023, 11, 1))
    seen.append(office.get(P)["ETag"])
    make_receipt(project, Decimal("5.00"))
    seen.append(office.get(P)["ETag"])

    assert len(set(seen)) == 3
    assert Project.objects.get().version == 1
    assert write(office, "patch", P, seen[0]).status_code == 412


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("known", ["{}", "W/{}", '"other", {}', "*"])
def test_what_is_known_is_not_sent_again(visitor, method, known):
    make_project(code="p")
    etag = visitor.get(P)["ETag"]

    answer = getattr(visitor, method)(P, headers={"If-None-Match": known.format(etag)})

    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", etag)


@pytest.mark.parametrize("known", ['"other"', '""', 'W/"other", "another"'])
def test_what_is_not_known_is_sent(visitor, known):
    make_project(code="p")

    assert visitor.get(P, headers={"If-None-Match": known}).json()["code"] == "p"


def test_a_page_is_sent_whatever_is_known_as_it_shows_who_is_signed_in(visitor):
    make_project(code="p")
    etag = visitor.get(P)["ETag"]

    answer = visitor.get(P, HTTP_ACCEPT="text/html", headers={"If-None-Match": etag})

    assert answer.status_code == 200


def test_a_page_sends_the_state_that_it_shows_with_its_forms(office):
    make_project(code="p")

    page = office.get(P, HTTP_ACCEPT="text/html")

    state = page["ETag"].replace('"', "&quot;")
    assert f'data-state="{state}"' in page.content.decode()
    assert (
        "data-state"
        not in office.get("/api/v1/projects/", HTTP_ACCEPT="text/html").content.decode()
    )


@pytest.mark.parametrize("method", WRITES)
@pytest.mark.parametrize("noun", NOUNS)
def test_a_write_requires_if_match(office, noun, method):
    address = address_of(noun)
    read = office.get(address)

    answer = write(office, method, address, None, read.json())

    assert (answer.status_code, list(answer.json())) == (428, ["detail"])
    assert "If-Match" in answer.json()["detail"]
    assert office.get(address).json() == read.json()


@pytest.mark.parametrize("method", WRITES)
@pytest.mark.parametrize("seen", ['"other"', "W/{}", '"*"', '""', '"a", W/{}'])
def test_a_stale_etag_is_refused(office, method, seen):
    project = make_project(code="p")
    etag = office.get(P)["ETag"]

    answer = write(office, method, P, seen.format(etag))

    assert (answer.status_code, answer["ETag"]) == (412, etag)
    assert "read it again" in answer.json()["detail"]
    assert project.history.count() == 1


@pytest.mark.parametrize("seen", ["{}", "*", '"other", {}', '"with,comma",{} ,W/"weak"', ", {},"])
def test_the_current_etag_is_accepted(office, seen):
    make_project(code="p")
    etag = office.get(P)["ETag"]

    answer = write(office, "patch", P, seen.format(etag))

    assert (answer.status_code, answer.json()["note"]) == (200, "Seen.")
    assert answer["ETag"] == office.get(P)["ETag"] != etag
    assert write(office, "delete", P, answer["ETag"]).status_code == 204


@pytest.mark.parametrize(
    "header",
    ["", " ", ",", "other", '"other', "*, *", '*, "a"', '"a" "b"', 'w/"a"', '"a b"', "\x00"],
)
@pytest.mark.parametrize("method", WRITES)
def test_a_malformed_if_match_is_refused(office, method, header):
    project = make_project(code="p")

    answer = write(office, method, P, header)

    assert (answer.status_code, list(answer.json())) == (400, ["If-Match"])
    assert project.history.count() == 1


def test_reading_refuses_such_a_header_as_well(visitor):
    make_project(code="p")

    answer = visitor.get(P, headers={"If-None-Match": "other"})

    assert (answer.status_code, list(answer.json())) == (400, ["If-None-Match"])


def test_what_is_to_be_made_only_where_it_is_missing_is_not_written_over(office):
    make_project(code="p")

    answer = write(office, "patch", P, "*", **{"If-None-Match": "*"})

    assert answer.status_code == 412


@pytest.mark.parametrize("method", WRITES)
def test_permission_comes_first_then_the_record_then_its_state_then_the_body(
    office, visitor, client_of, method
):
    make_project(code="p")
    bad = b"{"

    def ask(client, address, if_match):
        headers = {"If-Match": if_match}
        return getattr(client, method)(
            address, bad, content_type="application/json", headers=headers
        ).status_code

    assert ask(visitor, P, None) == 401
    assert ask(client_of(make_user("viewer")), P, '"other"') == 403
    assert ask(office, "/api/v1/projects/q/", None) == 404
    assert ask(office, "/api/v1/projects/q/", "other") == 404
    assert ask(office, P, None) == 428
    assert ask(office, P, '"other"') == 412
    assert ask(office, P, "*") == (204 if method == "delete" else 400)


def test_a_read_only_key_is_refused_before_anything_else(client_of):
    make_project(code="p")
    client = client_of(make_user("superuser"), read_only=True)

    assert write(client, "patch", P, None).status_code == 403
    assert ApiToken.objects.get().read_only


def test_only_the_columns_that_were_sent_are_written(office, monkeypatch):
    make_project(code="p")
    written = []
    monkeypatch.setattr(
        Project, "save", lambda self, **how: written.append(how) or super(Project, self).save(**how)
    )

    write(office, "patch", P, "*", {"note": "Seen."})
    write(office, "patch", P, "*", {"note": "Seen.", "sectors": []})

    assert written == [{"force_update": True, "update_fields": ["note"]}]


def test_a_record_that_is_gone_is_not_made_again():
    project = make_project()
    history.delete(Project.objects.get())
    project.note = "Seen."

    with pytest.raises(history.ConflictError):
        history.save(project)

    assert not Project.objects.exists()
    assert [row.history_type for row in Project.history.all()] == ["-", "+"]


@pytest.mark.parametrize("write_it", [history.save, history.delete])
def test_a_record_that_was_changed_since_it_was_read_is_neither_written_nor_deleted(write_it):
    zone = make_zone(name="Xinjiang")
    stale = Zone.objects.get()
    zone.note = "Seen."
    history.save(zone)
    stale.name = "Another name"

    with pytest.raises(history.ConflictError):
        write_it(stale)

    now = Zone.objects.get()
    assert (now.name, now.note, now.version) == ("Xinjiang", "Seen.", 2)


def test_a_code_that_another_write_took_meanwhile_is_named(office, monkeypatch):
    asked = history.single.check

    def taken_after_asking(record, **links):
        asked(record, **links)
        if not Zone.objects.exists():
            Zone(code="XJ", name="Another").save()

    monkeypatch.setattr(history.single, "check", taken_after_asking)

    answer = office.post("/api/v1/zones/", {"code": "xj", "name": "Xinjiang"}, format="json")

    assert (answer.status_code, list(answer.json())) == (409, ["code"])


def test_what_the_database_alone_refuses_is_a_conflict(office, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise IntegrityError("a reference is gone")

    monkeypatch.setattr(history.single, "link", refuse)

    answer = office.post("/api/v1/zones/", {"code": "xj", "name": "Xinjiang"}, format="json")

    assert (answer.status_code, list(answer.json())) == (409, ["detail"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("sqlstate", "times"), [("40P01", locking.ATTEMPTS), ("57014", 1)])
def test_a_write_that_the_database_ended_for_another_is_tried_again(
    office, monkeypatch, sqlstate, times
):
    make_zone(code="xj")
    tried = []

    def end(_record):
        tried.append(1)
        cause = Exception()
        cause.sqlstate = sqlstate
        raise OperationalError from cause

    monkeypatch.setattr(history, "delete", end)

    answer = office.delete("/api/v1/zones/xj/")

    assert (answer.status_code, len(tried)) == (503, times)


def refer_to(noun):
    """A record that others may refer to, and the records that do."""
    if noun == "sectors":
        record = make_sector(code="x")
        return record, [make_project(code=f"p-{n}", sectors=[record]) for n in range(2)]
    if noun == "sources":
        record = make_source(code="x")
        return record, [
            make_project(code="p", sources=[record]),
            make_area(code="a", sources=[record]),
        ]
    record = make_enterprise(code="x")
    led, joined = (
        make_project(code="led", enterprise=record),
        make_project(code="in", partners=[record]),
    )
    return record, [led, joined]


@pytest.mark.parametrize("noun", ["sectors", "sources", "enterprises"])
def test_a_refused_deletion_names_the_references(office, noun):
    record, referring = refer_to(noun)

    answer = office.delete(f"/api/v1/{noun}/x/")

    assert (answer.status_code, list(answer.json())) == (409, ["detail"])
    assert all(one.code in answer.json()["detail"] for one in referring)
    assert ("2 × project" in answer.json()["detail"]) == (noun != "sources")
    assert type(record).objects.filter(code="x").exists()


def test_of_many_that_refer_to_it_a_few_are_named(office):
    area = make_area(code="x")
    for number in range(5):
        make_project(code=f"p-{number}", area=area)

    said = office.delete("/api/v1/areas/x/").json()["detail"]

    assert "5 × project (p-0, p-1, p-2, …)" in said


@pytest.mark.parametrize("noun", ["sectors", "sources", "enterprises"])
def test_a_refused_deletion_does_not_count_hidden_references(office, monkeypatch, noun):
    _record, referring = refer_to(noun)
    hidden = type(referring[0])
    monkeypatch.setattr(
        RegisterQuerySet,
        "visible_to",
        lambda self, user: self.none() if self.model is hidden else self.all(),
    )

    answer = office.delete(f"/api/v1/{noun}/x/")

    said = answer.json()["detail"]
    assert answer.status_code == 409
    assert referring[0].code not in said
    assert "project" not in said
    assert ("1 × area (a)" in said) == (noun == "sources")
