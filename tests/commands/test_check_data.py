import json
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from projects import data_quality
from projects.data_quality import report as data_report
from projects.data_quality.report import Rule
from projects.models import (
    Allocation,
    Enterprise,
    HeadlineKind,
    Project,
    ProjectConversion,
    ProjectSector,
    Receipt,
    Source,
    Stage,
)
from projects.models.registry import register_models
from projects.money.unit_errors import MIN_PEERS
from tests.factories import (
    make_area,
    make_enterprise,
    make_headline,
    make_project,
    make_rate,
    make_receipt,
    make_sector,
    make_source,
    make_user,
    make_zone,
)

pytestmark = pytest.mark.django_db

only_sqlite = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="only SQLite can be made to hold this"
)


def complete_project(**changes):
    """A project of which nothing is left to doubt."""
    given = {
        "code": "KS-1",
        "area": make_area(),
        "enterprise": make_enterprise(),
        "sectors": [make_sector()],
        "sources": [make_source()],
    }
    return make_project(**given | changes)


def found() -> list[tuple[str, str, str]]:
    return [(one.rule.value, one.code, one.field) for one in data_report.findings()]


def sentences(rule: Rule) -> list[str]:
    return [one.sentence for one in data_report.findings() if one.rule == rule]


def report(**options) -> tuple[str, str]:
    """What the command prints, and the sentence with which it fails, if it does."""
    output = StringIO()
    try:
        call_command("check_data", stdout=output, **options)
    except CommandError as error:
        return output.getvalue(), str(error)
    return output.getvalue(), ""


def raw(sql: str, *values) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        try:
            cursor.execute(sql, values)
        finally:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA ignore_check_constraints = OFF")


# --- In order ----------------------------------------------------------------


def test_a_register_in_order_has_no_finding():
    complete_project()
    make_receipt(Project.objects.get())
    make_rate()
    make_headline()
    make_zone()

    assert report() == ("Errors: 0\nWarnings: 0\n", "")


def test_the_sample_has_no_error():
    call_command("load_sample", stdout=StringIO())

    assert not [one for one in data_report.findings() if one.is_error]


def test_a_filled_register_has_no_error():
    call_command("fill", "60", stdout=StringIO())

    assert not [one for one in data_report.findings() if one.is_error]


# --- Errors ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "change", "field"),
    [
        (Project, {"currency": "RMB"}, "currency"),
        (Project, {"code": "K S"}, "code"),
        (Project, {"code": "none"}, "code"),
        (Enterprise, {"uscc": "91110000600037341M"}, "uscc"),
        (Enterprise, {"origin": "CN-XX"}, "origin"),
        (Enterprise, {"kind": "public"}, "kind"),
        (Receipt, {"currency": ""}, "currency"),
        (Source, {"url": "javascript:alert(1)"}, "url"),
        (Source, {"title": ""}, "title"),
    ],
)
def test_what_the_rules_would_refuse_today_is_an_error(model, change, field):
    make_receipt(complete_project())
    record = model.objects.first()
    model.objects.filter(pk=record.pk).update(**change)

    code = change.get("code") or getattr(record, "code", str(record.pk))
    assert ("refused", code, field) in found()


@only_sqlite
@pytest.mark.parametrize(
    ("sql", "code", "field"),
    [
        ("UPDATE projects_project SET amount = -1", "KS-1", "amount"),
        ("UPDATE projects_project SET amount = 10000000000000000", "KS-1", "amount"),
        ("UPDATE projects_project SET stage = 'ended'", "KS-1", "stage"),
        ("UPDATE projects_project SET qualifier = ''", "KS-1", "qualifier"),
        ("UPDATE projects_project SET intended_on = '2024-01-01'", "KS-1", "signed_on"),
        ("UPDATE projects_project SET name = '', name_zh = ''", "KS-1", ""),
        ("UPDATE projects_area SET size_km2 = -1", "area", ""),
        ("UPDATE projects_headline SET area_id = NULL", "headline", ""),
        ("UPDATE projects_headline SET currency = ''", "headline", ""),
    ],
)
def test_what_a_constraint_should_have_kept_out_is_an_error(sql, code, field):
    area = make_area(code="area")
    complete_project(area=area)
    make_headline(code="headline", area=area)
    raw(sql)

    assert ("refused", code, field) in found()


@only_sqlite
def test_dates_that_run_backwards_are_said_once():
    complete_project()
    raw("UPDATE projects_project SET intended_on = '2024-01-01'")

    assert sentences(Rule.REFUSED) == ["signed on (2023-11-11) is before intended on (2024-01-01)."]


@pytest.mark.parametrize(
    ("shares", "sentence"),
    [
        (["60", "30"], "The shares add up to 90.00 per cent: they must add up to 100."),
        (
            ["60", None],
            "Give the shares of all sectors, or of none if they are not known.",
        ),
    ],
)
def test_shares_that_do_not_make_a_hundred_are_an_error(shares, sentence):
    project = complete_project(sectors=[make_sector(), make_sector()])
    for row, share in zip(project.shares.all(), shares, strict=True):
        ProjectSector.objects.filter(pk=row.pk).update(share=share)

    assert sentence in sentences(Rule.REFUSED)


def test_a_lead_that_is_a_partner_as_well_is_an_error():
    project = complete_project()
    Project.partners.through.objects.create(project=project, enterprise=project.enterprise)

    assert ("refused", "KS-1", "partners") in found()


def test_derived_rows_that_differ_are_an_error_until_they_are_rebuilt():
    complete_project()
    Allocation.objects.all().delete()
    before = found()

    call_command("rebuild", stdout=StringIO())

    assert before == [("derived", "KS-1", "")]
    assert found() == []


def test_checking_writes_nothing():
    complete_project()
    Allocation.objects.all().delete()
    Project.objects.update(search_key="")

    with CaptureQueriesContext(connection) as captured:
        assert found()

    written = ("INSERT", "UPDATE", "DELETE")
    assert not [one["sql"] for one in captured if one["sql"].startswith(written)]


def test_parts_that_do_not_make_their_amount_are_an_error_of_their_own():
    project = complete_project(sectors=[make_sector(), make_sector()], amount=Decimal("100.00"))
    make_receipt(project, Decimal("8.00"))
    part = Allocation.objects.filter(receipt=None).first()
    Allocation.objects.filter(pk=part.pk).update(amount_base=Decimal("50.01"))
    Allocation.objects.filter(receipt__isnull=False).update(amount_base=Decimal("5.00"))

    assert found() == [
        ("derived", "KS-1", ""),
        ("parts", "KS-1", "amount"),
        ("parts", "KS-1", "received"),
    ]
    assert sentences(Rule.PARTS)[0] == (
        "The parts by sector make 100.01 CNY, but the amount is 100.00 CNY: run manage.py rebuild."
    )


def test_a_search_key_that_is_not_of_its_names_is_an_error():
    complete_project()
    Project.objects.update(search_key="another")

    assert found() == [("search_key", "KS-1", "search_key")]


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda: Project.objects.update(note="changed"), id="changed"),
        pytest.param(lambda: Project.sources.through.objects.all().delete(), id="unlinked"),
        pytest.param(lambda: Project.history.all().delete(), id="forgotten"),
        pytest.param(lambda: Project.objects.update(version=7), id="numbered"),
    ],
)
def test_a_record_that_its_history_does_not_know_is_an_error(spoil):
    complete_project(sources=[make_source()])
    spoil()

    assert ("history", "KS-1", "") in found()


def test_a_reference_that_leads_nowhere_is_an_error():
    project = complete_project()
    lost = project.shares.get()
    ProjectSector.objects.filter(pk=lost.pk).update(sector=999_999)

    assert ("dangling", str(lost.pk), "sector") in found()

    # The database looks at references at the end of the transaction.
    ProjectSector.objects.filter(pk=lost.pk).update(sector=lost.sector_id)


@only_sqlite
def test_a_code_that_stands_twice_is_an_error_of_both():
    make_source(code="A")
    make_source(code="b")
    raw("DROP INDEX source_code_unique")
    raw("UPDATE projects_source SET code = 'a' WHERE code = 'b'")

    assert [one for one in found() if one[0] == "repeated"] == [
        ("repeated", "A", ""),
        ("repeated", "a", ""),
    ]


@only_sqlite
@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("UPDATE projects_project SET signed_on = '2023-13-45' WHERE code = 'KS-1'", "KS-1"),
        ("UPDATE projects_project SET amount = 'much' WHERE code = 'KS-1'", "KS-1"),
        ("UPDATE projects_exchangerate SET rate = 'seven'", None),
        ("UPDATE projects_headline SET value = 'much'", "headline"),
    ],
)
def test_what_cannot_be_read_is_an_error_and_the_rest_is_looked_at(sql, code):
    make_headline(code="headline")
    rate = make_rate()
    complete_project()
    make_project(code="KS-2", currency="USD")
    raw(sql)

    all_found = found()

    assert ("unreadable", code or str(rate.pk), "") in all_found
    assert ("no_source", "KS-2", "sources") in all_found


# --- Warnings ----------------------------------------------------------------


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
def test_a_project_to_be_doubted_is_a_warning(changes, finding):
    complete_project(**changes)

    assert found() == [finding]
    assert report()[1] == ""


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
def test_words_that_say_the_amount_or_none_are_in_order(text):
    complete_project(amount_text=text)

    assert found() == []


def test_an_amount_ten_times_its_words_is_told_with_both():
    complete_project(amount=Decimal("17600000000"), amount_text="17.6亿元")

    assert sentences(Rule.AMOUNT_TEXT) == [
        "“17.6亿元” reads as 1,760,000,000.00 CNY, but the amount is 17,600,000,000.00 CNY."
    ]


def test_what_no_rate_converts_says_the_day():
    complete_project(currency="USD", amount=Decimal("5.00"))
    make_receipt(Project.objects.get(), Decimal("1.00"), currency="EUR")

    assert sentences(Rule.LEFT_OUT) == [
        "There is no rate valid on 2023-11-11 to convert 5.00 USD into CNY.",
        "There is no rate valid on 2023-12-01 to convert 1.00 EUR into CNY.",
    ]


def test_a_date_to_come_is_a_warning():
    tomorrow = timezone.localdate() + timedelta(days=1)
    complete_project(signed_on=tomorrow)
    make_source(code="S", published_on=tomorrow)

    assert found() == [("future", "S", "published_on"), ("future", "KS-1", "signed_on")]


def test_an_early_code_of_fujian_is_a_warning():
    make_enterprise(code="E", uscc="91350211M0000XUF46")

    assert found() == [("uscc", "E", "uscc")]


def test_headlines_that_contradict_each_other_are_said_once():
    area = make_area()
    make_headline(code="early", area=area, as_of=date(2023, 11, 11), value=Decimal("17600000000"))
    make_headline(code="late", area=area, as_of=date(2024, 1, 20), value=Decimal("12590000000"))
    make_headline(code="count", area=area, what=HeadlineKind.ENTERPRISES_SETTLED)

    assert found() == [("contradiction", "late", "value")]
    assert sentences(Rule.CONTRADICTION) == [
        "12,590,000,000.00 as of 2024-01-20, but “early” says 17,600,000,000.00 as of 2023-11-11."
    ]


def test_enterprises_of_one_name_are_a_warning():
    make_enterprise(code="A", name="Xi'an Trade Co., Ltd.", name_zh="西安贸易（新疆）有限公司")
    make_enterprise(code="B", name="XIAN  TRADE CO. LTD.", name_zh="")
    make_enterprise(code="C", name="", name_zh="西安贸易(新疆)有限公司")
    make_enterprise(code="D", name="Urumqi Trade Co., Ltd.", name_zh="")

    assert found() == [("alike", "B", "name"), ("alike", "C", "name_zh")]


def test_enterprises_whose_names_differ_in_legal_form_are_a_warning():
    make_enterprise(code="A", name="Xingda Textile Co., Ltd.", name_zh="新疆兴达纺织有限公司")
    make_enterprise(code="B", name="", name_zh="新疆兴达纺织（集团）股份有限公司")
    make_enterprise(code="C", name="Xingda Textile", name_zh="兴达纺织厂")
    # One enterprise under both names is no doubt.
    make_enterprise(code="D", name="华泰物流", name_zh="华泰物流有限公司")

    assert found() == [("alike", "B", "name_zh"), ("alike", "C", "name")]
    assert sentences(Rule.ALIKE) == [
        "But for its legal form, “新疆兴达纺织（集团）股份有限公司” is the name of “A” as well.",
        "But for its legal form, “Xingda Textile” is the name of “A” as well.",
    ]


def test_two_social_credit_codes_tell_a_company_from_its_group_but_not_from_its_namesake():
    make_enterprise(code="A", name_zh="兴达有限公司", uscc="91110000600037341L")
    make_enterprise(code="B", name_zh="兴达集团", uscc="91350100M000100Y43")
    make_enterprise(code="C", name_zh="兴达集团", uscc="91110108551385082Q")

    assert [one for one in found() if one[0] == "alike"] == [("alike", "C", "name_zh")]
    assert sentences(Rule.ALIKE) == ["“兴达集团” is the name of “B” as well."]


# --- The report --------------------------------------------------------------


def test_the_report_groups_counts_and_fails_where_there_are_errors():
    complete_project(area=None)
    Project.objects.update(currency="RMB")

    told, failure = report()

    assert told.startswith(
        "Errors: 3\n"
        "  Breaks a rule: 1\n"
        "    project KS-1, currency: “RMB” is not an ISO 4217 currency: give three capital "
        "letters such as CNY or USD.\n"
        "  Derived figures are wrong: 1\n"
        "    project KS-1: Its amounts in CNY"
    )
    assert "\nWarnings: 1\n  Has no area: 1\n    project KS-1, area: " in told
    assert failure == "There are 3 errors in the register."


def test_a_long_list_is_cut_and_counted():
    for _ in range(23):
        make_project(area=make_area(), sources=[make_source()], sectors=[])

    told, _failure = report()

    lines = told.splitlines()
    assert lines[:3] == ["Errors: 0", "Warnings: 23", "  Has no sector: 23"]
    assert len(lines) == 3 + 20 + 1
    assert lines[-1] == "    and 3 more"


def test_as_json_every_finding_is_written():
    for number in range(23):
        make_project(code=f"KS-{number}", area=make_area(), sources=[make_source()], sectors=[])
    Project.objects.filter(code="KS-3").update(currency="RMB")

    told, failure = report(format="json")

    rows = json.loads(told)
    assert len([row for row in rows if row["rule"] == "no_sector"]) == 23
    assert {
        "severity": "error",
        "rule": "refused",
        "noun": "project",
        "code": "KS-3",
        "field": "currency",
        "sentence": (
            "“RMB” is not an ISO 4217 currency: give three capital letters such as CNY or USD."
        ),
    } in rows
    assert failure == "There are 3 errors in the register."


def test_as_json_nothing_is_an_empty_list():
    assert report(format="json") == ("[]\n", "")


def test_the_queries_do_not_grow_with_the_records():
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            found()
        return len(captured)

    make_rate()
    make_receipt(complete_project(code="KS-0", currency="USD"))
    make_headline()
    few = queries()
    for number in range(1, MIN_PEERS + 2):
        project = complete_project(code=f"KS-{number}", currency="USD")
        make_receipt(project)
        make_headline()

    assert queries() == few


def test_every_noun_of_the_register_is_looked_at():
    tracked = {
        model
        for model in apps.get_app_config("projects").get_models()
        if hasattr(model, "register_history")
    }

    assert set(register_models()) == tracked


def test_another_base_currency_calls_for_a_rebuild(settings):
    complete_project()
    settings.BASE_CURRENCY = "USD"

    assert ("derived", "KS-1", "") in found()
    assert ProjectConversion.objects.get().base_currency == "CNY"


# --- Slips of unit -----------------------------------------------------------


def hundred_millions(**changes):
    for _ in range(MIN_PEERS):
        make_project(**{"amount": Decimal("100000000.00")} | changes)


def slips() -> list[tuple[str, str, str]]:
    return [
        (one.model_name, one.code, one.sentence)
        for one in data_report.findings()
        if one.rule == Rule.SLIP
    ]


def test_an_amount_far_off_its_sector_is_a_warning_that_names_the_slip():
    trade = make_sector(name="Trade")
    hundred_millions(sectors=[trade])
    make_project(code="odd", sectors=[trade], amount=Decimal("10000.00"))

    [(noun, code, sentence)] = slips()

    assert (noun, code) == ("project", "odd")
    assert "is 10,000 times lower than is usual for Trade" in sentence
    assert "Perhaps 万元 was meant for 元" in sentence
    assert Rule.SLIP not in data_report.ERRORS


def test_the_same_is_said_as_when_the_record_is_saved():
    trade = make_sector(name="Trade")
    hundred_millions(sectors=[trade])
    project = make_project(sectors=[trade], amount=Decimal("10000.00"))

    said = data_quality.OutlierDetector.of(make_user("superuser")).project(project, [trade], [])

    assert [sentence for _noun, _code, sentence in slips()] == said


def test_funds_received_a_hundred_times_the_amount_of_their_project_are_a_warning():
    project = make_project(amount=Decimal("1000000.00"))
    receipt = make_receipt(project, amount=Decimal("100000000.00"))

    [(noun, code, sentence)] = slips()

    assert (noun, code) == ("receipt", str(receipt.pk))
    assert "is 100 times the amount of the whole project" in sentence


def test_a_headline_far_below_what_the_records_add_up_to_is_a_warning():
    area = make_area()
    make_project(area=area, amount=Decimal("1760000000.00"))
    make_headline(code="funds", area=area, value=Decimal("176000.00"))

    found = slips()

    assert [(noun, code) for noun, code, _sentence in found] == [
        ("project", Project.objects.get().code),
        ("headline", "funds"),
    ]
    assert "10,000 times lower than the sum of the records it covers" in found[1][2]


def test_a_headline_far_above_what_the_records_add_up_to_is_as_it_should_be():
    area = make_area()
    make_project(area=area, amount=Decimal("1000000000.00"))
    make_headline(area=area, value=Decimal("17600000000.00"))

    assert slips() == []


@only_sqlite
def test_a_peer_that_cannot_be_read_makes_no_other_record_unreadable():
    trade = make_sector()
    hundred_millions(sectors=[trade])
    odd = make_project(code="odd", sectors=[trade])
    raw("UPDATE projects_project SET amount = 'much' WHERE id = %s", odd.pk)

    assert {one.code for one in data_report.findings() if one.rule == Rule.UNREADABLE} == {"odd"}
