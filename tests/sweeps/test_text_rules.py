"""Characters that no text may have are refused by every way of writing."""

import json
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from projects import history
from projects.data_quality.report import Rule, findings
from projects.models import ApiToken, Enterprise, Project, Source
from projects.names.text_rules import describe_character, text_problem
from tests.factories import make_enterprise, make_source, make_user, make_zone
from tests.names.test_text_rules import (
    ESCAPE,
    HALF,
    NULL,
    OVERRIDE,
    REFUSED_IN_NAMES,
    ZERO_WIDTH,
)

pytestmark = pytest.mark.django_db


def refusal(character, field="Name"):
    return text_problem(f"a{character}b", field)


def sentence(problem):
    return problem.message % problem.params


@pytest.mark.parametrize("character", [*REFUSED_IN_NAMES, HALF])
def test_a_save_refuses_it(character):
    record = make_enterprise()
    record.name = f"a{character}b"

    with pytest.raises(ValidationError) as caught:
        history.save(record)

    assert caught.value.message_dict == {"name": [sentence(refusal(character))]}


NAMED = {"code": "new", "name": "New"}
BODIES = {
    "zones": NAMED,
    "areas": NAMED | {"zone": "zone"},
    "sectors": NAMED,
    "enterprises": NAMED,
    "projects": NAMED | {"stage": "intended"},
    "sources": {"code": "new", "title": "New"},
}
TEXTS = {
    "sources": ["title", "publisher", "quote", "note"],
    "projects": ["name", "name_zh", "description", "note"],
    "areas": ["name", "name_zh", "focus", "focus_zh", "note"],
}


@pytest.mark.parametrize("noun", BODIES)
def test_the_api_refuses_it_in_every_text(admin_client, noun):
    make_zone(code="zone")
    for text in TEXTS.get(noun, ["name", "name_zh", "note"]):
        for character in (NULL, ESCAPE, OVERRIDE):
            body = BODIES[noun] | {text: f"a{character}b"}
            answer = admin_client.post(f"/api/v1/{noun}/", body, "application/json")

            assert (answer.status_code, list(answer.json())) == (400, [text])
            assert describe_character(character) in answer.json()[text][0]


@pytest.mark.parametrize("character", REFUSED_IN_NAMES)
def test_the_admin_refuses_it_and_keeps_what_was_typed(admin_client, character):
    answer = admin_client.post(
        "/admin/projects/zone/add/", {"code": "z", "name": f"a{character}b", "aliases": ""}
    )

    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors == {"name": [sentence(refusal(character))]}


def test_a_refused_character_of_a_code_is_named(admin_client):
    for character in (NULL, OVERRIDE, ZERO_WIDTH):
        answer = admin_client.post(
            "/api/v1/zones/", {"code": f"z{character}1", "name": "Z"}, "application/json"
        )
        assert describe_character(character) in answer.json()["code"][0]


def test_a_file_is_refused_by_row_and_column(tmp_path):
    file = tmp_path / "list.json"
    file.write_text(
        json.dumps([{"code": "good", "name": "Good"}, {"code": "bad", "name": f"Ba{OVERRIDE}d"}])
    )
    errors = StringIO()

    with pytest.raises((CommandError, SystemExit)):
        call_command("import_enterprises", str(file), stdout=StringIO(), stderr=errors)

    assert "name" in errors.getvalue()
    assert "U+202E (right-to-left override)" in errors.getvalue()
    assert not Enterprise.objects.exists()


def test_a_line_break_in_a_name_of_a_file_becomes_a_space(tmp_path):
    file = tmp_path / "list.csv"
    file.write_text('code,name,note\nlead,"Silk Road\nTextiles  Co.","One.\nTwo."\n')

    call_command("import_enterprises", str(file), stdout=StringIO())

    lead = Enterprise.objects.get()
    assert (lead.name, lead.note) == ("Silk Road Textiles  Co.", "One.\nTwo.")


def test_bulk_writes_name_it_by_index(admin_client):
    answer = admin_client.post(
        "/api/v1/projects/bulk/",
        [{"code": "a", "name": "A"}, {"code": "b", "name": f"B{ZERO_WIDTH}"}],
        "application/json",
    )

    assert answer.status_code == 400
    assert "U+200B" in answer.json()["1"]["name"][0]
    assert not Project.objects.exists()


@pytest.mark.parametrize("address", ["/", "/projects/", "/api/v1/projects/"])
@pytest.mark.parametrize("character", [NULL, ESCAPE, OVERRIDE])
def test_a_search_names_the_refused_character(client, address, character):
    answer = client.get(address, {"search": f"a{character}b"})

    assert answer.status_code == 400
    assert describe_character(character) in answer.content.decode()


def test_check_data_reports_stored_characters():
    lead, press = make_enterprise(code="lead"), make_source(code="press")
    Enterprise.objects.filter(pk=lead.pk).update(
        name=f"Le{OVERRIDE}ad", aliases=f"a\nb{ZERO_WIDTH}"
    )
    Source.objects.filter(pk=press.pk).update(title="Two\nlines", quote="Two\nlines")

    found = {(one.code, one.field): one.sentence for one in findings() if one.rule == Rule.REFUSED}

    assert found == {
        ("lead", "name"): sentence(text_problem(f"Le{OVERRIDE}ad", "Name")),
        ("lead", "aliases"): sentence(text_problem(f"a\nb{ZERO_WIDTH}", "Other names", lines=True)),
        ("press", "title"): sentence(text_problem("Two\nlines", "Title")),
    }


def test_the_name_of_an_api_key_is_checked():
    with pytest.raises(ValidationError) as caught:
        ApiToken.objects.issue(make_user("clerk"), f"nightly{ZERO_WIDTH}")

    assert "U+200B" in caught.value.message_dict["name"][0]
