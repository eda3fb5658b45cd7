"""What `check_data` reports as a warning."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from projects import data_quality
from projects.data_quality import report
from projects.data_quality.report import Rule
from projects.models import HeadlineKind, Project, Stage
from projects.money.unit_errors import MIN_PEERS
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
from tests.helpers.data_report import (
    complete_project,
    execute,
    findings,
    only_sqlite,
    sentences,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"area": None}, ("no_area", "KS-1", "area")),
        ({"sectors": []}, ("no_sector", "KS-1", "sectors")),
        ({"sources": []}, ("no_source", "KS-1", "sources")),
        ({"signed_on": None}, ("no_signing_date", "KS-1", "signed_on")),
        ({"stage": Stage.OPERATING}, ("stage", "KS-1", "operating_on")),
        ({"started_on": date(2023, 12, 1)}, ("stage", "KS-1", "started_on")),
        ({"terminated_on": date(2023, 12, 1)}, ("stage", "KS-1", "terminated_on")),
        ({"currency": "USD"}, ("left_out", "KS-1", "amount")),
        ({"amount_text": "1亿元"}, ("amount_text", "KS-1", "amount")),
        ({"amount_text": "100万美元"}, ("amount_text", "KS-1", "amount")),
        ({"amount_text": "未披露"}, ("amount_text", "KS-1", "amount")),
        ({"amount_text": "超过100万元"}, ("amount_text", "KS-1", "qualifier")),
        ({"amount_text": "12"}, ("amount_text", "KS-1", "amount")),
        ({"amount": None, "amount_text": "100万元"}, ("amount_text", "KS-1", "amount")),
    ],
)
def test_an_incomplete_or_inconsistent_project_is_a_warning(changes, finding):
    complete_project(**changes)

    assert findings() == [finding]
    assert not any(one.is_error for one in report.findings())


@pytest.mark.parametrize(
    "text",
    [
        "100万元",
        "1 million yuan",
        "1000000",
        "1,000,000.00",
        pytest.param("100", id="in 万, as the heading said"),
        "see the list",
        "",
    ],
)
def test_a_text_that_agrees_with_the_amount_is_no_finding(text):
    complete_project(amount_text=text)

    assert findings() == []


def test_an_amount_ten_times_its_text_is_reported_with_both():
    complete_project(amount=Decimal("17600000000"), amount_text="17.6亿元")

    assert sentences(Rule.AMOUNT_TEXT) == [
        "“17.6亿元” reads as 1,760,000,000.00 CNY, but the amount is 17,600,000,000.00 CNY."
    ]


def test_an_amount_without_a_rate_names_the_day():
    complete_project(currency="USD", amount=Decimal("5.00"))
    make_receipt(Project.objects.get(), Decimal("1.00"), currency="EUR")

    assert sentences(Rule.LEFT_OUT) == [
        "There is no rate valid on 2023-11-11 to convert 5.00 USD into CNY.",
        "There is no rate valid on 2023-12-01 to convert 1.00 EUR into CNY.",
    ]


def test_a_future_date_is_a_warning():
    tomorrow = timezone.localdate() + timedelta(days=1)
    complete_project(signed_on=tomorrow)
    make_source(code="S", published_on=tomorrow)

    assert findings() == [("future", "S", "published_on"), ("future", "KS-1", "signed_on")]


def test_an_early_code_of_fujian_is_a_warning():
    make_enterprise(code="E", uscc="91350211M0000XUF46")

    assert findings() == [("uscc", "E", "uscc")]


def test_contradicting_headlines_are_reported_once():
    area = make_area()
    make_headline(code="early", area=area, as_of=date(2023, 11, 11), value=Decimal("17600000000"))
    make_headline(code="late", area=area, as_of=date(2024, 1, 20), value=Decimal("12590000000"))
    make_headline(code="count", area=area, what=HeadlineKind.ENTERPRISES_SETTLED)

    assert findings() == [("contradiction", "late", "value")]
    assert sentences(Rule.CONTRADICTION) == [
        "12,590,000,000.00 as of 2024-01-20, but “early” says 17,600,000,000.00 as of 2023-11-11."
    ]


def test_enterprises_of_one_name_are_a_warning():
    make_enterprise(code="A", name="Xi'an Trade Co., Ltd.", name_zh="西安贸易（新疆）有限公司")
    make_enterprise(code="B", name="XIAN  TRADE CO. LTD.", name_zh="")
    make_enterprise(code="C", name="", name_zh="西安贸易(新疆)有限公司")
    make_enterprise(code="D", name="Urumqi Trade Co., Ltd.", name_zh="")

    assert findings() == [("duplicate", "B", "name"), ("duplicate", "C", "name_zh")]


def test_enterprises_whose_names_differ_in_legal_form_are_a_warning():
    make_enterprise(code="A", name="Xingda Textile Co., Ltd.", name_zh="新疆兴达纺织有限公司")
    make_enterprise(code="B", name="", name_zh="新疆兴达纺织（集团）股份有限公司")
    make_enterprise(code="C", name="Xingda Textile", name_zh="兴达纺织厂")
    # One enterprise under both names.
    make_enterprise(code="D", name="华泰物流", name_zh="华泰物流有限公司")

    assert findings() == [("duplicate", "B", "name_zh"), ("duplicate", "C", "name")]
    assert sentences(Rule.DUPLICATE) == [
        "“新疆兴达纺织（集团）股份有限公司” is also the name of “A”, apart from the legal form.",
        "“Xingda Textile” is also the name of “A”, apart from the legal form.",
    ]


def test_two_social_credit_codes_tell_a_company_from_its_group_but_not_from_its_namesake():
    make_enterprise(code="A", name_zh="兴达有限公司", uscc="91110000600037341L")
    make_enterprise(code="B", name_zh="兴达集团", uscc="91350100M000100Y43")
    make_enterprise(code="C", name_zh="兴达集团", uscc="91110108551385082Q")

    assert [one for one in findings() if one[0] == "duplicate"] == [("duplicate", "C", "name_zh")]
    assert sentences(Rule.DUPLICATE) == ["“兴达集团” is also the name of “B”."]


# --- Errors of unit ----------------------------------------------------------


def hundred_millions(**changes):
    for _ in range(MIN_PEERS):
        make_project(**{"amount": Decimal("100000000.00")} | changes)


def outliers() -> list[tuple[str, str, str]]:
    return [
        (one.model_name, one.code, one.sentence)
        for one in report.findings()
        if one.rule == Rule.OUTLIER
    ]


def test_an_outlier_in_its_sector_is_a_warning_that_names_the_unit():
    trade = make_sector(name="Trade")
    hundred_millions(sectors=[trade])
    make_project(code="odd", sectors=[trade], amount=Decimal("10000.00"))

    [(noun, code, sentence)] = outliers()

    assert (noun, code) == ("project", "odd")
    assert "is 10,000 times lower than is usual for Trade" in sentence
    assert "Perhaps 万元 was meant for 元" in sentence
    assert Rule.OUTLIER not in report.ERRORS


def test_the_warning_is_the_one_of_saving_the_record():
    trade = make_sector(name="Trade")
    hundred_millions(sectors=[trade])
    project = make_project(sectors=[trade], amount=Decimal("10000.00"))

    warnings = data_quality.OutlierDetector.of(make_user("superuser")).project(project, [trade], [])

    assert [sentence for _noun, _code, sentence in outliers()] == warnings


def test_funds_received_a_hundred_times_the_amount_of_their_project_are_a_warning():
    project = make_project(amount=Decimal("1000000.00"))
    receipt = make_receipt(project, amount=Decimal("100000000.00"))

    [(noun, code, sentence)] = outliers()

    assert (noun, code) == ("receipt", str(receipt.pk))
    assert "is 100 times the amount of the whole project" in sentence


def test_a_headline_far_below_the_sum_of_its_records_is_a_warning():
    area = make_area()
    make_project(area=area, amount=Decimal("1760000000.00"))
    make_headline(code="funds", area=area, value=Decimal("176000.00"))

    found = outliers()

    assert [(noun, code) for noun, code, _sentence in found] == [
        ("project", Project.objects.get().code),
        ("headline", "funds"),
    ]
    assert "10,000 times lower than the sum of the records it covers" in found[1][2]


def test_a_headline_far_above_the_sum_of_its_records_is_no_finding():
    area = make_area()
    make_project(area=area, amount=Decimal("1000000000.00"))
    make_headline(area=area, value=Decimal("17600000000.00"))

    assert outliers() == []


@only_sqlite
def test_a_peer_that_cannot_be_read_makes_no_other_record_unreadable():
    trade = make_sector()
    hundred_millions(sectors=[trade])
    odd = make_project(code="odd", sectors=[trade])
    execute("UPDATE projects_project SET amount = 'much' WHERE id = %s", odd.pk)

    assert {one.code for one in report.findings() if one.rule == Rule.UNREADABLE} == {"odd"}
