"""The database enforces each constraint: each is violated once without the model's validation."""

from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction

from projects.models import (
    ApiToken,
    AreaLimit,
    ErrorReport,
    FormerCode,
    IdempotentResponse,
    ProjectSector,
    Proposal,
    ReturnedDraft,
    SavedView,
)
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


def broken(record, **changes):
    """Write `changes` past every check of Python's; what the database says is the test's answer."""
    with transaction.atomic():
        type(record)._base_manager.filter(pk=record.pk).update(**changes)


def same_sector_twice():
    project, sector = make_project(sectors=[]), make_sector()
    ProjectSector.objects.bulk_create(
        ProjectSector(project=project, sector=sector) for _ in range(2)
    )


# For each constraint by name: how to break it. A constraint that is not here fails the sweep below.
BREAKING = {
    "zone_code_unique": lambda: (make_zone(code="A"), broken(make_zone(code="b"), code="a")),
    "zone_has_a_name": lambda: broken(make_zone(), name="", name_zh=""),
    "zone_size_positive": lambda: broken(make_zone(), size_km2=Decimal(0)),
    "area_code_unique": lambda: (make_area(code="A"), broken(make_area(code="b"), code="a")),
    "area_has_a_name": lambda: broken(make_area(), name="", name_zh=""),
    "area_size_positive": lambda: broken(make_area(), size_km2=Decimal(-1)),
    "sector_code_unique": lambda: (make_sector(code="A"), broken(make_sector(), code="a")),
    "sector_has_a_name": lambda: broken(make_sector(), name="", name_zh=""),
    "sector_gbt4754_has_version": lambda: broken(
        make_sector(), gbt4754_code="C 39", gbt4754_version=""
    ),
    "sector_isic_has_version": lambda: broken(make_sector(), isic_code="C 26", isic_version=""),
    "enterprise_code_unique": lambda: (
        make_enterprise(code="A"),
        broken(make_enterprise(), code="a"),
    ),
    "enterprise_has_a_name": lambda: broken(make_enterprise(), name="", name_zh=""),
    "enterprise_uscc_unique": lambda: (
        make_enterprise(uscc="91110000600037341L"),
        broken(make_enterprise(), uscc="91110000600037341L"),
    ),
    "formercode_code_unique": lambda: [
        FormerCode.objects.create(code=code, enterprise=make_enterprise()) for code in ("A", "a")
    ],
    "project_code_unique": lambda: (make_project(code="A"), broken(make_project(), code="a")),
    "project_has_a_name": lambda: broken(make_project(), name="", name_zh=""),
    "project_amount_in_range": lambda: broken(make_project(), amount=Decimal("-0.01")),
    "project_dates_in_order": lambda: broken(
        make_project(), signed_on=date(2023, 2, 2), terminated_on=date(2023, 1, 1)
    ),
    "errorreport_model_known": lambda: ErrorReport.objects.create(
        model_name="zones", code="one", wrong="Words"
    ),
    "project_stage_known": lambda: broken(make_project(), stage="finished"),
    "project_qualifier_known": lambda: broken(make_project(), qualifier="nearly"),
    "projectsector_once": lambda: same_sector_twice(),
    "projectsector_share_in_range": lambda: ProjectSector.objects.bulk_create(
        [ProjectSector(project=make_project(), sector=make_sector(), share=Decimal("100.01"))]
    ),
    "receipt_amount_in_range": lambda: broken(
        make_receipt(make_project(), Decimal(1)), amount=models.Value(10**17)
    ),
    "headline_code_unique": lambda: (make_headline(code="A"), broken(make_headline(), code="a")),
    "headline_has_one_scope": lambda: broken(make_headline(), scope="another", area=make_area()),
    "headline_value_in_range": lambda: broken(make_headline(), value=Decimal(-1)),
    "headline_currency_fits": lambda: broken(
        make_headline(what="contracted_funds", currency="CNY"), currency=""
    ),
    "source_code_unique": lambda: (make_source(code="A"), broken(make_source(), code="a")),
    "rate_once_a_day": lambda: (
        make_rate(quoted_on=date(2023, 1, 1)),
        broken(make_rate(quoted_on=date(2023, 1, 2)), quoted_on=date(2023, 1, 1)),
    ),
    "rate_of_two_currencies": lambda: broken(
        make_rate("USD", "CNY", "7", date(2023, 1, 1)), to_currency="USD"
    ),
    "apitoken_name_once": lambda: [
        ApiToken.objects.create(user=user, name="same", digest=str(number))
        for user in [make_user()]
        for number in range(2)
    ],
    "savedview_name_once": lambda: [
        SavedView.objects.create(user=user, listed="projects", name="same", name_key="same")
        for user in [make_user()]
        for _again in range(2)
    ],
    "idempotentresponse_key_once": lambda: [
        IdempotentResponse.objects.create(user=user, key="same")
        for user in [make_user()]
        for _again in range(2)
    ],
    "arealimit_once": lambda: [
        AreaLimit.objects.create(user=user, area=area)
        for user, area in [(make_user(), make_area())]
        for _again in range(2)
    ],
    "proposal_open_once": lambda: [
        Proposal.objects.create(
            model_name="projects", record_id=1, key="same", kind="change", version=1, user=user
        )
        for user in [make_user()]
        for _again in range(2)
    ],
    "returneddraft_once": lambda: [
        ReturnedDraft.objects.create(model_name="projects", record_id=1, version=1, reason="same")
        for _again in range(2)
    ],
}

CONSTRAINTS = {
    constraint.name: constraint
    for model in apps.get_app_config("projects").get_models()
    for constraint in model._meta.constraints
}


@pytest.mark.parametrize("name", sorted(CONSTRAINTS))
def test_the_database_enforces_the_constraint(name):
    with pytest.raises(IntegrityError), transaction.atomic():
        BREAKING[name]()


@pytest.mark.parametrize("name", sorted(CONSTRAINTS))
def test_every_constraint_has_a_message(name):
    constraint = CONSTRAINTS[name]

    assert constraint.violation_error_message != constraint.default_violation_error_message
