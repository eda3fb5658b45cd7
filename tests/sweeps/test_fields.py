"""Each field of a model can be written and read everywhere, but for the exceptions named here."""

from io import BytesIO

import pytest
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.auth import get_user_model
from django.http import QueryDict
from python_calamine import CalamineWorkbook

from projects import exports, serializers
from projects.imports.column_matching import fields_of
from projects.imports.template_workbook import make_template
from projects.models import Enterprise, Project, Source
from projects.models.registry import importable_models, register_models, reviewed_models
from projects.views.registry import LIST_PAGES

pytestmark = pytest.mark.django_db

# Texts too long for a cell of a list.
PROSE = {"aliases", "description", "note", "quote"}
# Columns of a list that are no column of the model.
COMPUTED = {Project: {"received", "updated_at"}, Enterprise: {"updated_at"}}
# Fields that a list leaves to the page of the record, and why.
NOT_LISTED = {
    Project: {
        **dict.fromkeys(("name_zh", "currency", "qualifier"), "shown in the cell beside"),
        "amount_text": "the words behind the amount; the page of the project quotes them",
        "intended_on": "superseded by the signing",
        "terminated_on": "the stage says that it was",
        "sources": "cited on the page of the project",
    },
    Enterprise: {"name_zh": "shown in the cell of the name", "sources": "cited on the page"},
    Source: {
        "code": "rows are told apart by their titles",
        "url": "a link on the page of the source",
    },
}


def editable(model):
    """The fields of a model that people fill in, links included."""
    fields = [*model._meta.concrete_fields, *model._meta.many_to_many]
    return {field.name for field in fields if field.editable and not field.primary_key}


def writable(model):
    fields = serializers.BY_MODEL_NAME[model.register.plural]().fields
    return {name for name, field in fields.items() if not field.read_only}


def in_admin(model, rf):
    """The fields of the form, and the links of its rows."""
    site = admin.site._registry[model]
    request = rf.get("/admin/")
    request.user = get_user_model()(is_superuser=True, is_staff=True)
    fields = set(flatten_fieldsets(site.get_fieldsets(request))) - set(site.readonly_fields)
    links = {link.name: link.remote_field.through for link in model._meta.many_to_many}
    rows = {inline.model for inline in site.get_inline_instances(request)}
    return fields | {name for name, through in links.items() if through in rows}


@pytest.mark.parametrize("model", register_models())
def test_every_field_can_be_written_by_the_api(model):
    assert editable(model) - writable(model) == set()
    assert writable(model) - editable(model) == set()


@pytest.mark.parametrize("model", register_models())
def test_every_field_can_be_filled_in_in_the_admin(model, rf):
    assert editable(model) - in_admin(model, rf) == set()
    assert in_admin(model, rf) - editable(model) == set()


@pytest.mark.parametrize("model", register_models())
def test_every_field_is_in_the_files_of_an_export(model):
    export = exports.RECORDS[model.register.plural]
    filterset = export.filterset(QueryDict(), None)

    assert filterset.is_valid()
    assert editable(model) - set(export.columns(filterset)) == set()


@pytest.mark.parametrize("model", importable_models())
def test_every_field_is_a_heading_of_an_import_and_a_column_of_its_template(model):
    plural = model.register.plural
    template = CalamineWorkbook.from_filelike(BytesIO(make_template(plural, None)))
    columns = set(template.get_sheet_by_index(0).to_python()[0])

    assert editable(model) - set(fields_of(serializers.BY_MODEL_NAME[plural])) == set()
    assert editable(model) - columns == set()
    assert columns - editable(model) == set()


# Headlines are a list of figures, not a table.
TABLES = {model: page.table_class for model, page in LIST_PAGES.items() if page.table_class}


@pytest.mark.parametrize("model", [one for one in reviewed_models() if one in TABLES])
def test_every_field_can_be_a_column_of_the_list(model):
    table = TABLES[model]
    columns = {column.name for column in table.columns} - COMPUTED.get(model, set())

    assert editable(model) - columns - PROSE - set(NOT_LISTED.get(model, ())) == set()
    assert columns - editable(model) == set()
    assert set(NOT_LISTED.get(model, ())) & columns == set()


def test_exceptions_are_of_fields_that_there_are():
    assert [
        f"{model.__name__}.{name}"
        for model, names in NOT_LISTED.items()
        for name in names
        if name not in editable(model)
    ] == []
