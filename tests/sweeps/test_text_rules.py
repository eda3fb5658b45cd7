"""What no text may hold, at every door; and names that are one to a reader."""

import json
import unicodedata
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from projects import history, names
from projects.data_quality.report import Rule, findings
from projects.models import ApiToken, Enterprise, Project, Source
from projects.names.text_rules import clean_text, describe_character, text_problem
from tests.factories import make_enterprise, make_project, make_source, make_user, make_zone
from tests.helpers.admin_forms import sent

NULL, ESCAPE, NEXT_LINE = "\x00", "\x1b", "\x85"
OVERRIDE, ISOLATE, ZERO_WIDTH, HALF = "\u202e", "\u2067", "\u200b", "\ud800"
REFUSED_ANYWHERE = [
    NULL,
    "\x07",
    ESCAPE,
    "\x7f",
    NEXT_LINE,
    OVERRIDE,
    ISOLATE,
    "\ufffe",
    "\U0010ffff",
]
REFUSED_IN_NAMES = [
    *REFUSED_ANYWHERE,
    "\n",
    "\t",
    "\u2028",
    ZERO_WIDTH,
    "\ufeff",
    "\u2060",
    "\u00ad",
]


def wrong(text, **allowed):
    return text_problem(text, "Name", **allowed) is not None


# --- The rule ----------------------------------------------------------------


@pytest.mark.parametrize("character", [*REFUSED_IN_NAMES, HALF, "\U000e0041", "\u3164"])
def test_a_name_holds_nothing_that_cannot_be_read_or_seen(character):
    problem = text_problem(f"Silk{character} Road", "Name")

    said = problem.message % problem.params
    assert said.startswith("“Name” ")
    assert describe_character(character) in said
    assert "character 5" in said


@pytest.mark.parametrize("character", [*REFUSED_ANYWHERE, HALF])
def test_neither_does_a_text_of_several_lines(character):
    assert wrong(f"One.\n{character}Two.", lines=True, hidden=True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "喀什（新疆）自由贸易试验区　片区",
        "قەشقەر ئەركىن سودا رايونى 2023",
        "שם\u200f (Ltd.)",
        "نامه\u200cای",
        "क्\u200dष",
        "葛\U000e0100城",
        "Xi’an – “Silk” & Co. · №1 👩\u200d🔬",
        "e\u0301",
        "no\u00a0break",
    ],
)
def test_the_scripts_of_the_world_are_texts(text):
    assert not wrong(text)


def test_prose_has_lines_tabs_and_what_has_no_width():
    assert not wrong("One.\r\n\tTwo.\u2028Three\u200b.\ufeff", lines=True, hidden=True)


@pytest.mark.parametrize(
    ("character", "name"),
    [
        (OVERRIDE, "U+202E (right-to-left override)"),
        (ZERO_WIDTH, "U+200B (zero width space)"),
        (NULL, "U+0000 (null)"),
        ("\x07", "U+0007"),
        (HALF, "U+D800"),
        ("\U000e0041", "U+E0041 (tag latin capital letter a)"),
    ],
)
def test_a_character_is_called_by_its_number_and_name(character, name):
    assert describe_character(character) == name


@given(st.text())
def test_what_passes_holds_no_control_and_no_reordering(text):
    if text_problem(text, "Name") is None:
        kinds = {unicodedata.category(character) for character in text}
        assert not kinds & {"Cc", "Cs", "Zl", "Zp"}
        assert not set(text) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
        text.encode()


# --- What a file has been through --------------------------------------------


@pytest.mark.parametrize(
    ("spoilt", "text"),
    [
        ("St Anne\x92s", "St Anne’s"),
        ("\x93pockets\x94 \x96 of", "“pockets” – of"),
        ("de lâ\x80\x99Industrie", "de l’Industrie"),
        ("å\x96\x80ä»\x80", "喀什"),
        ("喀什".encode().decode("latin-1").encode().decode("latin-1"), "喀什"),
        ("Central\u200b\u200b \ufeffArea\x7f", "Central Area"),
        ("éâ\x80\x99é", "é’é"),
        ("\xed\xa0\x80\x92", "í\xa0€’"),
        ("a\x81b", "ab"),
        ("Ã© stays: Â«so»", "Ã© stays: Â«so»"),
        ("喀什 قەشقەر", "喀什 قەشقەر"),
    ],
)
def test_what_a_program_spoilt_is_mended(spoilt, text):
    assert clean_text(spoilt) == text


@given(st.text())
def test_a_mended_text_stays_as_it_is(text):
    once = clean_text(text)

    assert clean_text(once) == once
    assert not set(once) & {chr(at) for at in range(0x7F, 0xA0)}


@pytest.mark.parametrize("character", ["\x07", ESCAPE, OVERRIDE, ISOLATE])
def test_what_no_program_leaves_behind_is_not_taken_away(character):
    assert clean_text(f"a{character}b\x7f") == f"a{character}b"


# --- The doors ---------------------------------------------------------------


def refusal(character, field="Name"):
    return text_problem(f"a{character}b", field)


def sentence(problem):
    return problem.message % problem.params


@pytest.mark.django_db
@pytest.mark.parametrize("character", [*REFUSED_IN_NAMES, HALF])
def test_the_model_refuses_it(character):
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


@pytest.mark.django_db
@pytest.mark.parametrize("noun", BODIES)
def test_the_api_refuses_it_in_every_text(client, noun):
    make_zone(code="zone")
    client.force_login(make_user("superuser"))

    for text in TEXTS.get(noun, ["name", "name_zh", "note"]):
        for character in (NULL, ESCAPE, OVERRIDE):
            body = BODIES[noun] | {text: f"a{character}b"}
            answer = client.post(f"/api/v1/{noun}/", body, "application/json")

            assert (answer.status_code, list(answer.json())) == (400, [text])
            assert describe_character(character) in answer.json()[text][0]


@pytest.mark.django_db
@pytest.mark.parametrize("character", REFUSED_IN_NAMES)
def test_the_admin_refuses_it_and_keeps_what_was_typed(client, character):
    client.force_login(make_user("superuser"))

    answer = client.post(
        "/admin/projects/zone/add/", {"code": "z", "name": f"a{character}b", "aliases": ""}
    )

    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors == {"name": [sentence(refusal(character))]}


@pytest.mark.django_db
def test_a_code_names_it_too(client):
    client.force_login(make_user("superuser"))

    for character in (NULL, OVERRIDE, ZERO_WIDTH):
        answer = client.post(
            "/api/v1/zones/", {"code": f"z{character}1", "name": "Z"}, "application/json"
        )
        assert describe_character(character) in answer.json()["code"][0]


@pytest.mark.django_db
def test_a_file_is_refused_by_row_and_column(tmp_path):
    file = tmp_path / "list.json"
    file.write_text(
        json.dumps([{"code": "good", "name": "Good"}, {"code": "bad", "name": f"Ba{OVERRIDE}d"}])
    )
    told = StringIO()

    with pytest.raises((CommandError, SystemExit)):
        call_command("import_enterprises", str(file), stdout=StringIO(), stderr=told)

    assert "name" in told.getvalue()
    assert "U+202E (right-to-left override)" in told.getvalue()
    assert not Enterprise.objects.exists()


@pytest.mark.django_db
def test_a_name_that_is_broken_to_fit_its_cell_is_one_line(tmp_path):
    file = tmp_path / "list.csv"
    file.write_text('code,name,note\nlead,"Silk Road\nTextiles  Co.","One.\nTwo."\n')

    call_command("import_enterprises", str(file), stdout=StringIO())

    lead = Enterprise.objects.get()
    assert (lead.name, lead.note) == ("Silk Road Textiles  Co.", "One.\nTwo.")


@pytest.mark.django_db
def test_many_at_once_are_refused_by_their_index(client):
    client.force_login(make_user("superuser"))

    answer = client.post(
        "/api/v1/projects/bulk/",
        [{"code": "a", "name": "A"}, {"code": "b", "name": f"B{ZERO_WIDTH}"}],
        "application/json",
    )

    assert answer.status_code == 400
    assert "U+200B" in answer.json()["1"]["name"][0]
    assert not Project.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/projects/", "/api/v1/projects/"])
@pytest.mark.parametrize("character", [NULL, ESCAPE, OVERRIDE])
def test_a_search_names_what_nobody_can_type(client, address, character):
    answer = client.get(address, {"search": f"a{character}b"})

    assert answer.status_code == 400
    assert describe_character(character) in answer.content.decode()


@pytest.mark.django_db
def test_the_report_finds_what_stands_in_the_database():
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


@pytest.mark.django_db
def test_the_name_of_a_key_is_a_name():
    with pytest.raises(ValidationError) as caught:
        ApiToken.objects.issue(make_user("clerk"), f"nightly{ZERO_WIDTH}")

    assert "U+200B" in caught.value.message_dict["name"][0]


# --- Unique as a reader tells apart ------------------------------------------


@pytest.mark.parametrize(
    "other",
    ["Clerk of Kashi", " clerk  of kashi ", "ＣＬＥＲＫ　ｏｆ Kashi", "cler\u200dk of \u200ekashi"],
)
def test_case_width_and_spaces_make_no_other_name(other):
    assert names.unique_form(other) == names.unique_form("clerk of kashi")


@pytest.mark.parametrize(
    "other", ["clerkof kashi", "clérk of kashi", "clerk-of-kashi", "clerk of kashi2"]
)
def test_letters_accents_and_signs_do(other):
    assert names.unique_form(other) != names.unique_form("clerk of kashi")


USCC = "91350211M000100Y43"
ALIKE = ["Léa", "LÉA", "ｌéａ", "le\u0301a"]


@pytest.mark.django_db
@pytest.mark.parametrize("other", ALIKE)
def test_a_user_name_is_taken_whoever_makes_the_second(client, other, monkeypatch):
    users = get_user_model().objects
    users.create_user("léa")

    with pytest.raises(ValidationError) as caught:
        users.create_user(other)
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "correct horse")
    with pytest.raises(CommandError):
        call_command("createsuperuser", interactive=False, username=other, email="")
    client.force_login(make_user("superuser"))
    password = {"password1": "correct horse", "password2": "correct horse"}
    answer = client.post(
        "/admin/projects/user/add/", {"username": other, "usable_password": "true", **password}
    )

    assert list(caught.value.message_dict) == ["username"]
    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == ["username"]
    assert [user.username for user in users.filter(is_superuser=False)] == ["léa"]


@pytest.mark.django_db
def test_a_user_who_is_called_otherwise_now_is_compared_as_well(client):
    make_user("viewer", username="taken")
    user = make_user("viewer", username="free")
    client.force_login(make_user("superuser"))

    address = reverse("admin:projects_user_change", args=[user.pk])
    answer = client.post(address, sent(client.get(address), username="TAKEN"))

    assert list(answer.context["adminform"].form.errors) == ["username"]
    user.refresh_from_db()
    assert user.username == "free"


@pytest.mark.django_db
def test_the_database_refuses_a_second_user_of_one_name():
    users = get_user_model().objects
    user = users.create_user("twin")
    other = users.model(username="TWIN", username_key=user.username_key)

    with pytest.raises(IntegrityError):
        users.bulk_create([other])


@pytest.mark.django_db
def test_what_a_user_is_called_holds_nothing_unseen(client):
    user = make_user("viewer")
    user.last_name = f"Smith{OVERRIDE}"

    with pytest.raises(ValidationError) as caught:
        user.save()

    assert "U+202E" in caught.value.message_dict["last_name"][0]


@pytest.mark.django_db
def test_a_group_name_is_taken_too(client):
    Group.objects.create(name="Press office")
    client.force_login(make_user("superuser"))

    answer = client.post("/admin/auth/group/add/", {"name": "press  OFFICE"})

    assert list(answer.context["adminform"].form.errors) == ["name"]


@pytest.mark.django_db
def test_signing_in_asks_nothing_of_the_names(django_assert_num_queries):
    user = make_user("viewer")

    with django_assert_num_queries(1):
        user.save(update_fields=["last_login"])


@pytest.mark.django_db
@pytest.mark.parametrize("other", ["Nightly  import", "NIGHTLY IMPORT", "ｎightly　import"])
def test_a_key_is_named_once_a_user(other):
    clerk = make_user("clerk")
    ApiToken.objects.issue(clerk, "nightly import")

    with pytest.raises(ValidationError) as caught:
        ApiToken.objects.issue(clerk, other)
    ApiToken.objects.issue(make_user("clerk"), other)

    assert caught.value.messages == ["This user has a key of this name."]


@pytest.mark.django_db
def test_a_social_credit_code_is_one_however_wide_it_is_written(client):
    client.force_login(make_user("superuser"))
    make_enterprise(uscc=USCC)
    wide = "".join(chr(ord(character) + 0xFEE0) for character in USCC.lower())

    for written in (wide, f"{USCC[:8]}-{USCC[8:12]} {USCC[12:]}", USCC.lower()):
        answer = client.post(
            "/api/v1/enterprises/",
            {"code": "second", "name": "Second", "uscc": written},
            "application/json",
        )
        assert answer.status_code == 400
        assert "unified social credit code" in json.dumps(answer.json())


@pytest.mark.django_db
def test_a_code_is_one_in_upper_and_lower_case(client):
    make_project(code="KS-1")
    client.force_login(make_user("superuser"))

    answers = [
        client.post("/api/v1/projects/", {"code": code, "name": "B"}, "application/json")
        for code in ("ks-1", " KS-1 ", "ＫＳ－１")
    ]

    assert [answer.status_code for answer in answers] == [409, 409, 400]
