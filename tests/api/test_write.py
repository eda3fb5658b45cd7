from datetime import date
from decimal import Decimal

import pytest

from projects.models import Area, Project, Receipt, Zone
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
)

pytestmark = pytest.mark.django_db


def create(client, **fields):
    return client.post("/api/v1/projects/", {"code": "new", "name": "New", **fields}, format="json")


def test_a_project_is_created_with_its_links_in_one_row_of_history(office):
    make_area(code="kashi")
    make_enterprise(code="zj-trade")
    make_enterprise(code="partner")
    make_sector(code="trade")
    make_source(code="gt")

    answer = create(
        office,
        area="kashi",
        enterprise="zj-trade",
        partners=["partner"],
        sectors=[{"sector": "trade"}],
        sources=["gt"],
        signed_on="2023-11-11",
        amount="17.6亿元",
        aliases=["Another name", " 别名 "],
    )

    assert answer.status_code == 201
    assert answer["Location"] == "http://testserver/api/v1/projects/new/"
    said = answer.json()
    assert said["amount"] == said["amount_base"] == "1760000000.00"
    assert (said["currency"], said["qualifier"], said["amount_text"]) == (
        "CNY",
        "exact",
        "17.6亿元",
    )
    assert said["sectors"] == [{"sector": "trade", "share": None}]
    assert said["aliases"] == ["Another name", "别名"]
    assert said == office.get("/api/v1/projects/new/").json()
    project = Project.objects.get(code="new")
    assert (project.history.count(), project.version) == (1, 1)


@pytest.mark.parametrize("method", ["put", "patch"])
@pytest.mark.parametrize("noun", NOUNS)
def test_sending_back_a_response_changes_nothing(office, noun, method):
    record = make_one_of(noun)
    address = f"/api/v1/{noun}/{getattr(record, 'code', record.pk)}/"
    read = office.get(address).json()

    answer = getattr(office, method)(address, read, format="json")

    assert (answer.status_code, answer.json()) == (200, read)
    assert record.history.count() == 1


def test_every_write_is_one_row_of_history_with_its_user(client_of):
    user = make_user("superuser")
    client = client_of(user)
    client.post("/api/v1/zones/", {"code": "xj", "name": "Xinjiang"}, format="json")
    client.patch("/api/v1/zones/xj/", {"name_zh": "新疆"}, format="json")
    client.put("/api/v1/zones/xj/", {"code": "xj", "name": "Xinjiang FTZ"}, format="json")
    client.delete("/api/v1/zones/xj/")

    rows = Zone.history.filter(code="xj").order_by("history_id")

    assert [row.history_type for row in rows] == ["+", "~", "~", "-"]
    assert {row.history_user for row in rows} == {user}


def test_a_change_in_part_writes_the_fields_that_are_sent(office):
    project = make_project(code="p", sectors=[make_sector()], partners=[make_enterprise()])
    before = office.get("/api/v1/projects/p/").json()

    answer = office.patch("/api/v1/projects/p/", {"note": "Seen."}, format="json").json()

    changed = {name for name in before if before[name] != answer[name]}
    assert changed == {"note", "version", "updated_at"}
    assert project.history.count() == 2


def test_an_answer_to_a_write_shows_what_follows_from_it(office):
    make_rate("USD", "CNY", "7.2", date(2023, 11, 1))
    make_project(code="p", currency="USD", amount=Decimal("100.00"))
    make_receipt(Project.objects.get(code="p"), Decimal("5.00"))

    answer = office.patch("/api/v1/projects/p/", {"amount": "200.00"}, format="json").json()

    assert (answer["amount_base"], answer["rate"], answer["received"]) == ("1440.00", "7.2", "5.00")


def test_a_plain_number_leaves_the_words_and_the_qualifier(office):
    make_project(code="p", qualifier="about", amount_text="some 17.6亿元")

    answer = office.patch("/api/v1/projects/p/", {"amount": "1.50"}, format="json").json()

    assert (answer["amount"], answer["qualifier"]) == ("1.50", "about")
    assert answer["amount_text"] == "some 17.6亿元"


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("1000000", "1000000.00"),
        (1000000, "1000000.00"),
        (0, "0.00"),
        (None, None),
        ("", None),
        ("99999999999999.99", "99999999999999.99"),
    ],
)
def test_valid_amounts(office, sent, stored):
    answer = create(office, amount=sent)

    assert (answer.status_code, answer.json()["amount"]) == (201, stored)


@pytest.mark.parametrize("number", ["99999999999999.99", "12.5", "12.50", "1e3"])
def test_a_number_keeps_all_its_digits(office, number):
    body = f'{{"code": "new", "name": "New", "amount": {number}}}'

    answer = office.post("/api/v1/projects/", body, content_type="application/json")

    assert Decimal(answer.json()["amount"]) == Decimal(number)


@pytest.mark.parametrize(
    "amount",
    [
        "-1",
        -1,
        "1.005",
        "1e400",
        "1e-3",
        "NaN",
        "Infinity",
        "100000000000000.00",
        "1" + "0" * 40,
        10**40,
        "1.234,50",
        "１２。５.６",
        "\x00",
        True,
        [],
        {},
        "9" * 201,
        "much",
        "1_000",
        "--",
        "1,00",
    ],
)
def test_invalid_amounts(office, amount):
    answer = create(office, amount=amount)

    assert answer.status_code == 400
    assert list(answer.json()) == ["amount"]
    assert not Project.objects.exists()


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"ammount": "5"}, {"ammount"}),
        ({"stage": "begun"}, {"stage"}),
        ({"stage": None}, {"stage"}),
        ({"currency": "XXQ"}, {"currency"}),
        ({"qualifier": []}, {"qualifier"}),
        ({"area": "nowhere"}, {"area"}),
        ({"area": True}, {"area"}),
        ({"area": ["kashi"]}, {"area"}),
        ({"area": "../x"}, {"area"}),
        ({"sectors": "trade"}, {"sectors"}),
        ({"sectors": 5}, {"sectors"}),
        ({"sectors": None}, {"sectors"}),
        ({"sectors": [[]]}, {"sectors"}),
        ({"sectors": [{}]}, {"sectors"}),
        ({"sectors": [{"sector": "trade", "share": "49"}]}, {"sectors"}),
        ({"sectors": [{"sector": "trade", "share": "NaN"}]}, {"sectors"}),
        ({"sectors": [{"sector": "trade", "share": 1e300}]}, {"sectors"}),
        ({"sectors": [{"sector": "trade", "part": 1}]}, {"sectors"}),
        ({"sectors": [{"sector": "trade"}, {"sector": "trade"}]}, {"sectors"}),
        (
            {
                "sectors": [
                    {"sector": "trade", "share": "150"},
                    {"sector": "it", "share": "-50"},
                ]
            },
            {"sectors"},
        ),
        ({"partners": None}, {"partners"}),
        ({"partners": "zj-trade"}, {"partners"}),
        ({"partners": [None]}, {"partners"}),
        ({"partners": [{"code": "zj-trade"}]}, {"partners"}),
        ({"sources": 5}, {"sources"}),
        ({"aliases": "one"}, {"aliases"}),
        ({"aliases": [["one"]]}, {"aliases"}),
        ({"name": "x" * 501}, {"name"}),
        ({"name": "\x00"}, {"name"}),
        ({"name": ["New"]}, {"name"}),
        ({"name": None}, {"name"}),
        ({"name": ""}, {"non_field_errors"}),
        ({"code": "none"}, {"code"}),
        ({"code": "Bulk"}, {"code"}),
        ({"code": "a/b"}, {"code"}),
        ({"code": "x" * 65}, {"code"}),
        ({"code": None}, {"code"}),
        ({"signed_on": "2023-02-30"}, {"signed_on"}),
        ({"signed_on": 20231111}, {"signed_on"}),
        ({"signed_on": "2023-11-11", "registered_on": "2023-11-10"}, {"registered_on"}),
        ({"amount": "17.6亿元", "currency": "USD"}, {"amount"}),
    ],
)
def test_invalid_fields_are_named_and_nothing_is_written(office, fields, named):
    for code in ("trade", "it"):
        make_sector(code=code)
    make_area(code="kashi")

    answer = create(office, **fields)

    assert answer.status_code == 400
    assert set(answer.json()) == named
    assert all(isinstance(m, str) for messages in answer.json().values() for m in messages)
    assert not Project.objects.exists()


@pytest.mark.parametrize("sectors", [[{"share": "100"}], [{"sector": None}], [None], ["trade"]])
def test_a_part_of_a_change_is_whole_itself(office, sectors):
    make_project(code="p")

    answer = office.patch("/api/v1/projects/p/", {"sectors": sectors}, format="json")

    assert (answer.status_code, list(answer.json())) == (400, ["sectors"])


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_dates_at_either_end_of_the_calendar_are_dates(office, visitor, day):
    make_source(code="bank")
    rate = {"from_currency": "USD", "to_currency": "CNY", "rate": "7", "source": "bank"}
    assert (
        office.post("/api/v1/rates/", rate | {"quoted_on": day}, format="json").status_code == 201
    )

    answer = create(office, amount="1.00", currency="USD", signed_on=day, intended_on=day)

    assert answer.json()["amount_base"] == "7.00"
    assert visitor.get(f"/api/v1/projects/?signed_after={day}&signed_before={day}").json()["count"]


def test_a_duplicate_code_is_a_conflict(office):
    make_project(code="New")

    answer = create(office)

    assert (answer.status_code, list(answer.json())) == (409, ["code"])


def test_a_duplicate_code_is_listed_with_other_errors(office):
    make_project(code="New")

    answer = create(office, registered_on="2023-11-10", signed_on="2023-11-11")

    assert (answer.status_code, set(answer.json())) == (400, {"code", "registered_on"})


def test_two_records_of_the_same_rate_are_no_conflict_of_codes(office):
    make_rate(source=make_source(code="bank"))
    again = {
        "from_currency": "USD",
        "to_currency": "CNY",
        "quoted_on": "2023-11-01",
        "rate": "7.3",
        "source": "bank",
    }

    answer = office.post("/api/v1/rates/", again, format="json")

    assert (answer.status_code, list(answer.json())) == (400, ["non_field_errors"])


def test_a_referenced_record_is_not_deleted(office):
    area = make_area(code="kashi")
    for _ in range(2):
        make_project(area=area)
    make_enterprise(area=area)

    answer = office.delete("/api/v1/areas/kashi/")

    assert answer.status_code == 409
    assert "2 × project" in answer.json()["detail"]
    assert "1 × enterprise" in answer.json()["detail"]
    assert Area.objects.filter(code="kashi").exists()


def test_an_unreferenced_record_is_deleted(office):
    receipt = make_receipt()

    answer = office.delete(f"/api/v1/receipts/{receipt.pk}/")

    assert (answer.status_code, answer.content) == (204, b"")
    assert not Receipt.objects.exists()


def test_money_may_come_back_but_a_receipt_has_an_amount(office):
    make_project(code="p")
    receipt = {"project": "p", "received_on": "2023-12-01"}

    back = office.post("/api/v1/receipts/", receipt | {"amount": "-5.00"}, format="json")
    nothing = office.post("/api/v1/receipts/", receipt | {"amount": None}, format="json")

    assert (back.status_code, back.json()["amount_base"]) == (201, "-5.00")
    assert (nothing.status_code, list(nothing.json())) == (400, ["amount"])


def test_a_headline_counts_in_whole_numbers(office):
    make_area(code="kashi")
    make_source(code="gt")
    headline = {
        "code": "settled",
        "what": "enterprises_settled",
        "area": "kashi",
        "as_of": "2023-11-11",
        "source": "gt",
    }

    half = office.post("/api/v1/headlines/", headline | {"value": "34.5"}, format="json")
    whole = office.post("/api/v1/headlines/", headline | {"value": 35}, format="json")

    assert (half.status_code, list(half.json())) == (400, ["value"])
    assert (whole.status_code, whole.json()["value"]) == (201, "35.00")


@pytest.mark.parametrize("noun", NOUNS)
def test_lists_allow_no_delete_and_records_no_post(office, noun):
    assert office.delete(f"/api/v1/{noun}/").status_code == 405
    assert office.post(f"/api/v1/{noun}/1/", {}, format="json").status_code == 405
