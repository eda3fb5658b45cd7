"""Conversion by exchange rates, allocation to sectors, and rebuilding."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command

from projects import conversion, history
from projects.models import Allocation, Outcome, ProjectConversion
from tests.factories import make_project, make_rate, make_receipt, make_sector

pytestmark = pytest.mark.django_db


def allocated(project):
    return list(
        Allocation.objects.filter(project=project, receipt=None)
        .order_by("pk")
        .values_list("sector__code", "amount_base")
    )


def test_an_equal_split_in_three_differs_by_one_fen():
    sectors = [(make_sector(code=code), None) for code in ("trade", "logistics", "materials")]

    project = make_project(amount=Decimal("100.00"), sectors=sectors)

    assert allocated(project) == [
        ("trade", Decimal("33.34")),
        ("logistics", Decimal("33.33")),
        ("materials", Decimal("33.33")),
    ]
    assert all(Allocation.objects.values_list("assumed", flat=True))


def test_known_shares_are_not_marked_as_assumed():
    sectors = [
        (make_sector(code="trade"), Decimal("60")),
        (make_sector(code="it"), Decimal("40")),
    ]

    project = make_project(amount=Decimal("0.05"), sectors=sectors)

    assert allocated(project) == [("trade", Decimal("0.03")), ("it", Decimal("0.02"))]
    assert not any(Allocation.objects.values_list("assumed", flat=True))


def test_a_project_without_a_sector_has_one_row_without_one():
    project = make_project(amount=Decimal("5.00"), sectors=[])

    assert allocated(project) == [(None, Decimal("5.00"))]


def test_an_undisclosed_amount_has_rows_without_an_amount():
    project = make_project(amount=None, sectors=[(make_sector(code="trade"), None)])

    assert allocated(project) == [("trade", None)]
    assert project.conversion.outcome == Outcome.UNDISCLOSED


def test_conversion_uses_the_rate_in_force_on_the_signing_day():
    make_rate("USD", "CNY", "7.10", date(2023, 10, 1))
    make_rate("USD", "CNY", "7.20", date(2023, 11, 1))
    make_rate("USD", "CNY", "7.30", date(2023, 12, 1))

    project = make_project(amount=Decimal("100.00"), currency="USD", signed_on=date(2023, 11, 11))

    assert project.conversion.amount_base == Decimal("720.00")
    assert project.conversion.rate == Decimal("7.20")
    assert project.conversion.rate_date == date(2023, 11, 1)


@pytest.mark.parametrize(("age", "outcome"), [(45, Outcome.COUNTED), (46, Outcome.LEFT_OUT)])
def test_a_rate_is_valid_for_45_days(age, outcome):
    day = date(2023, 11, 11)
    make_rate("USD", "CNY", "7.20", day - age * (date(2023, 1, 2) - date(2023, 1, 1)))

    project = make_project(amount=Decimal("100.00"), currency="USD", signed_on=day)

    assert project.conversion.outcome == outcome


def test_a_rate_of_the_following_day_is_not_used():
    make_rate("USD", "CNY", "7.20", date(2023, 11, 12))

    project = make_project(amount=Decimal("1.00"), currency="USD", signed_on=date(2023, 11, 11))

    assert project.conversion.outcome == Outcome.LEFT_OUT


def test_an_inverse_rate_divides(settings):
    settings.BASE_CURRENCY = "USD"
    make_rate("USD", "CNY", "8", date(2023, 11, 1))

    project = make_project(amount=Decimal("100.00"), currency="CNY", signed_on=date(2023, 11, 11))

    assert project.conversion.amount_base == Decimal("12.50")
    assert project.conversion.rate == Decimal("0.125")


def test_a_cross_rate_goes_through_the_dollar_and_keeps_both_rates():
    euro = make_rate("USD", "EUR", "0.9", date(2023, 11, 1))
    yuan = make_rate("USD", "CNY", "7.2", date(2023, 10, 20))

    project = make_project(amount=Decimal("9.00"), currency="EUR", signed_on=date(2023, 11, 11))

    assert project.conversion.amount_base == Decimal("72.00")
    assert project.conversion.rates == [euro, yuan]
    assert project.conversion.rate_date == date(2023, 10, 20)


def test_a_conversion_rounds_half_up_once_and_then_allocates():
    make_rate("USD", "CNY", "0.5", date(2023, 11, 1))
    sectors = [(make_sector(code=code), None) for code in ("trade", "it")]

    project = make_project(
        amount=Decimal("0.05"), currency="USD", signed_on=date(2023, 11, 11), sectors=sectors
    )

    assert project.conversion.amount_base == Decimal("0.03")
    assert [part for _, part in allocated(project)] == [Decimal("0.02"), Decimal("0.01")]


def test_a_converted_amount_that_is_too_large_is_left_out():
    make_rate("USD", "CNY", "7", date(2023, 11, 1))

    project = make_project(
        amount=Decimal("99999999999999.99"), currency="USD", signed_on=date(2023, 11, 11)
    )

    assert project.conversion.outcome == Outcome.LEFT_OUT


def test_a_new_rate_recomputes_the_projects_that_it_affects():
    project = make_project(amount=Decimal("1.00"), currency="USD", signed_on=date(2023, 11, 11))
    receipt = make_receipt(
        project, Decimal("-1.00"), currency="USD", received_on=date(2023, 11, 30)
    )

    rate = make_rate("USD", "CNY", "7.2", date(2023, 11, 1))

    assert ProjectConversion.objects.get().amount_base == Decimal("7.20")
    receipt.refresh_from_db()
    assert receipt.conversion.amount_base == Decimal("-7.20")

    history.delete(rate)

    assert ProjectConversion.objects.get(project=project).outcome == Outcome.LEFT_OUT


def test_a_corrected_rate_recomputes_amounts_converted_by_it():
    project = make_project(amount=Decimal("1.00"), currency="USD", signed_on=date(2023, 11, 11))
    rate = make_rate("USD", "CNY", "7.2", date(2023, 11, 1))
    rate.quoted_on = date(2023, 12, 1)

    history.save(rate)

    assert ProjectConversion.objects.get(project=project).outcome == Outcome.LEFT_OUT


def test_rebuild_of_a_correct_register_changes_nothing():
    make_receipt(make_project(amount=Decimal("1.00")), Decimal("0.50"))

    result = conversion.rebuild()

    assert (result.projects, result.differing, result.search_keys) == (1, [], 0)


def test_rebuild_corrects_and_names_what_differed(settings):
    project = make_project(amount=Decimal("7.00"))
    Allocation.objects.filter(project=project).delete()

    assert conversion.rebuild().differing == [project.code]
    assert [amount for _, amount in allocated(project)] == [Decimal("7.00")]


def test_another_base_currency_takes_effect_by_rebuild(settings):
    make_project(amount=Decimal("7.00"), currency="CNY")
    settings.BASE_CURRENCY = "USD"
    assert not ProjectConversion.objects.current().exists()

    call_command("rebuild")

    assert ProjectConversion.objects.current().get().outcome == Outcome.LEFT_OUT
