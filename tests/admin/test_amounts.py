"""Amounts are typed as people write them, and shown in full before they are saved."""

from decimal import Decimal

import pytest
from django.urls import reverse

from projects.models import Headline, HeadlineKind, Project
from tests.factories import make_area, make_headline, make_project, make_receipt, make_source
from tests.helpers.admin_forms import confirmations, errors, sent

pytestmark = pytest.mark.django_db

ADD = "/admin/projects/project/add/"
READ = "/admin/projects/project/read-amount/"


def change(record):
    return reverse(f"admin:projects_{record._meta.model_name}_change", args=[record.pk])


def stated(project):
    project.refresh_from_db()
    return project.amount, project.currency, project.qualifier, project.amount_text


@pytest.mark.parametrize(
    ("text", "shown", "stored"),
    [
        (
            "17.6亿元",
            "1,760,000,000.00 CNY = 17.6亿元",
            (Decimal("1760000000.00"), "CNY", "exact", "17.6亿元"),
        ),
        (
            "more than 1 billion yuan",
            "at least 1,000,000,000.00 CNY = 10亿元",
            (Decimal("1000000000.00"), "CNY", "at_least", "more than 1 billion yuan"),
        ),
        (
            "约3.2亿美元",
            "about 320,000,000.00 USD = 3.2亿美元",
            (Decimal("320000000.00"), "USD", "about", "约3.2亿美元"),
        ),
        ("未披露", "undisclosed", (None, "CNY", "exact", "未披露")),
        # A plain number is just a number: the words it was once read from stay.
        ("2000", "2,000.00 CNY = 2,000元", (Decimal("2000.00"), "CNY", "exact", "0.1 万")),
    ],
)
def test_an_amount_is_shown_in_full_and_saved_the_second_time(office, text, shown, stored):
    project = make_project(amount=Decimal("1000.00"), amount_text="0.1 万")
    before = stated(project)

    first = office.post(change(project), sent(office.get(change(project)), amount=text))

    assert first.status_code == 200
    assert errors(first) == {}
    assert confirmations(first) == f"“{text}” is read as {shown}. Save again to confirm."
    assert stated(project) == before, "nothing is saved before it is confirmed"

    second = office.post(change(project), sent(first))

    assert second.status_code == 302
    assert stated(project) == stored
    assert project.history.count() == 2


def test_the_stored_amount_needs_no_confirmation(office):
    project = make_project(amount=Decimal("1000000000.00"), qualifier="at_least")
    page = office.get(change(project))

    response = office.post(change(project), sent(page, name="Renamed"))

    assert response.status_code == 302
    assert stated(project)[0] == Decimal("1000000000.00")
    assert "at least 1,000,000,000.00 CNY = 10亿元" in page.content.decode()


def test_the_same_amount_in_another_currency_is_another_amount(office):
    project = make_project(amount=Decimal("1000.00"))

    first = office.post(change(project), sent(office.get(change(project)), currency="USD"))

    assert "1,000.00 USD = 1,000美元" in confirmations(first)
    assert office.post(change(project), sent(first)).status_code == 302
    assert stated(project)[:2] == (Decimal("1000.00"), "USD")


def test_an_amount_changed_while_confirming_is_shown_again(office):
    project = make_project(amount=None)
    first = office.post(change(project), sent(office.get(change(project)), amount="17.6亿元"))

    second = office.post(change(project), sent(first, amount="17.6万元"))

    assert "176,000.00 CNY" in confirmations(second)
    assert stated(project)[0] is None


def test_an_undisclosed_amount_is_saved_at_once(office):
    page = office.get(ADD)

    response = office.post(ADD, sent(page, code="new", name="New"))

    assert response.status_code == 302
    assert Project.objects.get().amount is None


def test_a_confirmed_amount_stays_confirmed_while_other_fields_are_corrected(office):
    first = office.post(ADD, sent(office.get(ADD), code="no code", name="New", amount="5000万元"))

    assert set(errors(first)) == {"code"}
    assert confirmations(first)

    second = office.post(ADD, sent(first, code="still no code"))

    assert set(errors(second)) == {"code"}
    assert office.post(ADD, sent(second, code="new")).status_code == 302
    assert Project.objects.get().amount == Decimal("50000000.00")


@pytest.mark.parametrize("text", ["1.234,50", "1.005", "-1", "100000000000000", "lots", "9" * 201])
def test_what_cannot_be_read_is_refused_at_the_field(office, text):
    project = make_project(amount=Decimal("7.00"))

    response = office.post(change(project), sent(office.get(change(project)), amount=text))

    assert list(errors(response)) == ["amount"]
    assert stated(project)[0] == Decimal("7.00")


def test_words_and_a_currency_chosen_beside_them_must_agree(office):
    page = office.get(ADD)

    response = office.post(
        ADD, sent(page, code="new", name="New", amount="3亿美元", currency="EUR")
    )

    assert "USD" in errors(response)["amount"][0]


def test_a_receipt_may_be_money_returned(office):
    receipt = make_receipt(amount=Decimal("5.00"))

    first = office.post(change(receipt), sent(office.get(change(receipt)), amount="-5000"))
    second = office.post(change(receipt), sent(first))

    assert "-5,000.00 CNY" in confirmations(first)
    assert second.status_code == 302
    receipt.refresh_from_db()
    assert receipt.amount == Decimal("-5000.00")


def test_a_receipt_without_an_amount_is_refused_at_the_field(office):
    receipt = make_receipt()

    response = office.post(change(receipt), sent(office.get(change(receipt)), amount="未披露"))

    assert list(errors(response)) == ["amount"]


def test_a_headline_reads_words_and_plain_counts(office):
    source, area = make_source(), make_area()
    address = "/admin/projects/headline/add/"
    common = {"as_of": "2023-11-11", "area": area.pk, "source": source.pk}
    page = office.get(address)

    funds = office.post(
        address, sent(page, code="funds", what="contracted_funds", value="超176亿元", **common)
    )
    office.post(address, sent(funds))
    count = office.post(
        address, sent(page, code="count", what="enterprises_settled", value="35", **common)
    )
    office.post(address, sent(count))

    assert "at least 17,600,000,000.00 CNY = 176亿元" in confirmations(funds)
    assert "as 35." in confirmations(count)
    assert list(
        Headline.objects.order_by("code").values_list("code", "value", "currency", "qualifier")
    ) == [
        ("count", Decimal("35.00"), "", "exact"),
        ("funds", Decimal("17600000000.00"), "CNY", "at_least"),
    ]


def test_a_headline_says_in_the_list_what_it_counts(office):
    make_headline(what=HeadlineKind.ENTERPRISES_SETTLED, value=Decimal("35.00"))

    page = office.get("/admin/projects/headline/").content.decode()

    assert '<td class="field-figure">35</td>' in page


def test_the_script_gets_the_reading_and_the_key_that_confirms_it(office):
    project = make_project(amount=None)

    answer = office.get(READ, {"text": "超1亿元", "currency": "CNY", "qualifier": "exact"}).json()
    response = office.post(
        change(project),
        sent(office.get(change(project)), amount="超1亿元", **{"amount-shown": answer["shown"]}),
    )

    assert answer["reading"] == "at least 100,000,000.00 CNY = 1亿元"
    assert response.status_code == 302
    assert stated(project) == (Decimal("100000000.00"), "CNY", "at_least", "超1亿元")


def test_the_script_gets_the_error_of_an_unreadable_amount(office):
    assert "1.234,50" in office.get(READ, {"text": "1.234,50"}).json()["error"]


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"text": "\x00"},
        {"text": "1" * 5000, "currency": "\x00", "qualifier": "zzz", "sent": ["zzz", "currency"]},
        {"text": "3亿美元", "currency": "zzz", "qualifier": "zzz", "sent": ["qualifier"]},
        {"text": "超3亿", "qualifier": "zzz", "sent": ["qualifier", "currency"]},
    ],
)
def test_the_address_for_the_script_accepts_any_parameters(office, asked):
    assert office.get(READ, asked).status_code == 200


def test_only_staff_may_have_amounts_read(client):
    assert client.get(READ, {"text": "1"}).status_code == 302
