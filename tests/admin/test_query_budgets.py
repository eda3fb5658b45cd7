"""Every list costs at most 12 queries and every form at most 15, whatever the table size."""

from datetime import date
from decimal import Decimal

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from projects.accounts.audit_log import Action, log
from projects.models import ApiToken, Enterprise, ImportBatch, Project
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
from tests.helpers.admin_forms import READ_ONLY

pytestmark = pytest.mark.django_db

REGISTERED = sorted(admin.site._registry, key=lambda model: model._meta.label)
MOST_OF_A_LIST = 12
MOST_OF_A_FORM = 15


def address(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.fixture
def large_register():
    """5,000 enterprises and 300 projects, and one project that has everything."""
    area, zone, source = make_area(sources=[make_source()]), make_zone(), make_source()
    sectors = [make_sector(sources=[source]) for _ in range(6)]
    Enterprise.objects.bulk_create(
        Enterprise(code=f"bulk-{n}", name=f"Bulk {n}", search_key=f"bulk {n}", area=area)
        for n in range(5000)
    )
    enterprises = list(Enterprise.objects.all()[:10])
    Project.objects.bulk_create(
        Project(code=f"bulk-{n}", name=f"Bulk {n}", area=area, enterprise=enterprises[n % 10])
        for n in range(300)
    )
    through = Project.sectors.through
    through.objects.bulk_create(
        through(project=project, sector=sectors[project.pk % 6])
        for project in Project.objects.all()
    )
    project = make_project(
        code="a-rich-one",
        area=area,
        enterprise=make_enterprise(area=area, sources=[source]),
        sectors=sectors,
        partners=enterprises,
        sources=[make_source() for _ in range(5)],
    )
    for number in range(10):
        make_receipt(project, Decimal(number), source=make_source())
        make_rate(quoted_on=date(2020, 1, 1 + number), source=make_source())
        make_headline(area=None, zone=zone, source=make_source())
        ApiToken.objects.issue(make_user("superuser"), "key")
    Group.objects.create(name="clerks")
    log(Action.IMPORTED, user=make_user("clerk"))


@pytest.fixture
def reader(client):
    """A office with a group: what they may do takes queries to find out, unlike a superuser's."""
    user = make_user("superuser")
    user.user_permissions.set(type(user).user_permissions.rel.model.objects.all())
    client.force_login(user)
    # What every process asks once in its life is not a matter of this page.
    ContentType.objects.get_for_models(*REGISTERED)
    return client


def newest(model):
    """The record of `model` that has most to show."""
    if model is Project:
        return Project.objects.get(code="a-rich-one")
    return model.objects.order_by("-pk").first()


def test_every_page_stays_within_its_query_budget(
    large_register, reader, django_assert_max_num_queries, client
):
    for model in REGISTERED:
        with django_assert_max_num_queries(MOST_OF_A_LIST, info=f"list of {model}"):
            assert client.get(address(model, "changelist")).status_code == 200
        with django_assert_max_num_queries(MOST_OF_A_LIST, info=f"search in {model}"):
            assert client.get(address(model, "changelist"), {"q": "a"}).status_code == 200
        if model not in READ_ONLY:
            with django_assert_max_num_queries(MOST_OF_A_FORM, info=f"new {model}"):
                assert client.get(address(model, "add")).status_code == 200
        own = client.get("/admin/").wsgi_request.user
        if model is ApiToken:
            record = ApiToken.objects.issue(own, "own")[0]
        elif model is ImportBatch:
            record = ImportBatch.objects.create(user=own, model_name="projects", size=0)
        else:
            record = newest(model)
        with django_assert_max_num_queries(MOST_OF_A_FORM, info=f"change of {model}"):
            assert client.get(address(model, "change", record.pk)).status_code == 200
        with django_assert_max_num_queries(MOST_OF_A_FORM, info=f"history of {model}"):
            assert client.get(address(model, "history", record.pk)).status_code == 200


def test_a_list_never_offers_thousands_of_options(large_register, reader):
    for model in REGISTERED:
        page = reader.get(address(model, "changelist"))

        offered = sum(len(filter.lookup_choices) for filter in _with_choices(page))
        assert offered <= 300, model


def _with_choices(page):
    return [spec for spec in page.context["cl"].filter_specs if hasattr(spec, "lookup_choices")]
