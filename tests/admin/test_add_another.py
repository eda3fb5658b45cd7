"""“Save and add another” starts with some values of the last record."""

import pytest
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteMixin
from django.forms import ModelChoiceField
from django.test import RequestFactory

from projects.models import Enterprise, Project
from tests.factories import (
    make_area,
    make_enterprise,
    make_project,
    make_receipt,
    make_source,
    make_user,
)
from tests.helpers.admin_forms import page_of, sent

pytestmark = pytest.mark.django_db

ADD = "/admin/projects/project/add/"
# Django's own, of which there are a few dozen and none is the register's.
NOT_OURS = {"auth.permission", "auth.group", "contenttypes.contenttype"}


def begins_with(page):
    form = page.context["adminform"].form
    return {name: form[name].value() for name in form.fields if form[name].value()}


def test_another_project_begins_with_area_enterprise_and_sources(office):
    area, enterprise = make_area(), make_enterprise()
    sources = [make_source(), make_source()]
    typed = {
        "code": "first",
        "name": "First",
        "area": area.pk,
        "enterprise": enterprise.pk,
        "sources": [source.pk for source in sources],
        "_addanother": "1",
    }

    answer = office.post(ADD, sent(office.get(ADD), **typed))
    page = office.get(answer.headers["Location"])

    assert begins_with(page) | {"currency": "", "qualifier": "", "stage": ""} == {
        "area": str(area.pk),
        "enterprise": str(enterprise.pk),
        "sources": [str(source.pk) for source in sources],
        "currency": "",
        "qualifier": "",
        "stage": "",
    }
    assert str(enterprise) in page.content.decode()


def test_changed_values_are_kept_for_the_next_form_not_initial_ones(office):
    first, second = make_area(), make_area()
    address = f"{ADD}?area={first.pk}&enterprise={make_enterprise().pk}&name=A%20name"

    answer = office.post(
        address,
        sent(office.get(address), code="one", area=second.pk, enterprise=None, _addanother="1"),
    )

    assert answer.headers["Location"] == f"{ADD}?name=A+name&area={second.pk}"


def test_saving_without_adding_another_leads_to_the_list(office):
    answer = office.post(ADD, sent(office.get(ADD), code="one", name="One", area=make_area().pk))

    assert answer.headers["Location"] == "/admin/projects/project/"


def test_another_after_a_change_begins_with_what_was_proposed(client):
    client.force_login(make_user("clerk"))
    project, area = make_project(area=make_area()), make_area()
    page = page_of(project)

    answer = client.post(page, sent(client.get(page), area=area.pk, _addanother="1"))

    assert begins_with(client.get(answer.headers["Location"]))["area"] == str(area.pk)
    assert Project.objects.get().area != area


def test_another_receipt_begins_with_its_project_and_source(office):
    receipt = make_receipt(source=make_source())
    page = page_of(receipt)

    answer = office.post(page, sent(office.get(page), _addanother="1"))
    begun = begins_with(office.get(answer.headers["Location"]))

    assert (begun["project"], begun["source"]) == (
        str(receipt.project_id),
        str(receipt.source_id),
    )


def test_another_enterprise_begins_with_its_area(office):
    area = make_area()
    address = "/admin/projects/enterprise/add/"
    typed = {"code": "one", "name": "One", "area": area.pk, "_addanother": "1"}

    answer = office.post(address, sent(office.get(address), **typed))

    assert Enterprise.objects.get().area == area
    assert answer.headers["Location"] == f"{address}?area={area.pk}"


def test_a_hidden_draft_named_in_the_address_is_not_shown(client):
    hidden = make_enterprise(name="Unseen", state="draft", area=make_area())
    client.force_login(make_user("clerk", areas=[make_area()]))

    page = client.get(f"{ADD}?enterprise={hidden.pk}")

    assert "Unseen" not in page.content.decode()


@pytest.mark.parametrize(
    "model_admin", admin.site._registry.values(), ids=lambda one: one.opts.label_lower
)
def test_no_form_offers_a_whole_table_as_options(model_admin):
    """In a form or a row of one: each link to a record is an autocomplete, or stands fixed."""
    request = RequestFactory().get("/")
    request.user = make_user("superuser")
    forms = {model_admin.opts.label: model_admin.get_form(request)}
    for rows, inline in model_admin.get_formsets_with_inlines(request):
        forms[inline.opts.label] = rows.form

    listed = [
        f"{label}.{name}"
        for label, form in forms.items()
        for name, field in form.base_fields.items()
        if isinstance(field, ModelChoiceField)
        and field.queryset.model._meta.label_lower not in NOT_OURS
        and not isinstance(getattr(field.widget, "widget", field.widget), AutocompleteMixin)
        and not field.widget.is_hidden
    ]

    assert listed == []
