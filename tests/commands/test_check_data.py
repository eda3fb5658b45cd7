import json
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects.data_quality import report
from projects.models import Project, ProjectConversion
from projects.models.registry import register_models
from projects.money.unit_errors import MIN_PEERS
from tests.factories import (
    make_area,
    make_headline,
    make_project,
    make_rate,
    make_receipt,
    make_source,
    make_zone,
)
from tests.helpers.data_report import complete_project, findings

pytestmark = pytest.mark.django_db


def check_data(**options) -> tuple[str, str]:
    """The command's output, and the message of its error or an empty text."""
    output = StringIO()
    try:
        call_command("check_data", stdout=output, **options)
    except CommandError as error:
        return output.getvalue(), str(error)
    return output.getvalue(), ""


def test_a_correct_register_has_no_finding():
    complete_project()
    make_receipt(Project.objects.get())
    make_rate()
    make_headline()
    make_zone()

    assert check_data() == ("Errors: 0\nWarnings: 0\n", "")


@pytest.mark.parametrize("command", [["load_sample"], ["fill", "60"]], ids=" ".join)
def test_the_sample_and_a_filled_register_have_no_error(command):
    call_command(*command, stdout=StringIO())

    assert not [one for one in report.findings() if one.is_error]


def test_the_report_groups_counts_and_fails_where_there_are_errors():
    complete_project(area=None)
    Project.objects.update(currency="RMB")

    output, failure = check_data()

    assert output.startswith(
        "Errors: 3\n"
        "  Breaks a rule: 1\n"
        "    project KS-1, currency: “RMB” is not an ISO 4217 currency: give three capital "
        "letters such as CNY or USD.\n"
        "  Derived figures are wrong: 1\n"
        "    project KS-1: Its amounts in CNY"
    )
    assert "\nWarnings: 1\n  Has no area: 1\n    project KS-1, area: " in output
    assert failure == "There are 3 errors in the register."


def test_a_long_list_is_cut_and_counted():
    for _ in range(23):
        make_project(area=make_area(), sources=[make_source()], sectors=[])

    output, _failure = check_data()

    lines = output.splitlines()
    assert lines[:3] == ["Errors: 0", "Warnings: 23", "  Has no sector: 23"]
    assert len(lines) == 3 + 20 + 1
    assert lines[-1] == "    and 3 more"


def test_as_json_every_finding_is_written():
    for number in range(23):
        make_project(code=f"KS-{number}", area=make_area(), sources=[make_source()], sectors=[])
    Project.objects.filter(code="KS-3").update(currency="RMB")

    output, failure = check_data(format="json")

    rows = json.loads(output)
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
    assert check_data(format="json") == ("[]\n", "")


def test_the_queries_do_not_grow_with_the_records():
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            findings()
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


def test_every_model_with_history_is_checked():
    tracked = {
        model
        for model in apps.get_app_config("projects").get_models()
        if hasattr(model, "register_history")
    }

    assert set(register_models()) == tracked


def test_another_base_currency_calls_for_a_rebuild(settings):
    complete_project()
    settings.BASE_CURRENCY = "USD"

    assert ("derived", "KS-1", "") in findings()
    assert ProjectConversion.objects.get().base_currency == "CNY"
