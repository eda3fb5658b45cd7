"""Names and codes are unique as a reader sees them: without case, width and spaces."""

import json

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.urls import reverse

from projects import names
from projects.models import ApiToken
from tests.factories import make_enterprise, make_project, make_user
from tests.helpers.admin_forms import sent

pytestmark = pytest.mark.django_db

OVERRIDE = "\u202e"


@pytest.mark.parametrize(
    "other",
    ["Clerk of Kashi", " clerk  of kashi ", "ＣＬＥＲＫ　ｏｆ Kashi", "cler\u200dk of \u200ekashi"],
)
def test_names_differing_by_case_width_or_spaces_are_equal(other):
    assert names.unique_form(other) == names.unique_form("clerk of kashi")


@pytest.mark.parametrize(
    "other", ["clerkof kashi", "clérk of kashi", "clerk-of-kashi", "clerk of kashi2"]
)
def test_names_differing_by_letters_accents_or_signs_are_not(other):
    assert names.unique_form(other) != names.unique_form("clerk of kashi")


USCC = "91350211M000100Y43"
ALIKE = ["Léa", "LÉA", "ｌéａ", "le\u0301a"]


@pytest.mark.parametrize("other", ALIKE)
def test_a_user_name_is_unique_however_it_is_created(admin_client, other, monkeypatch):
    users = get_user_model().objects
    users.create_user("léa")

    with pytest.raises(ValidationError) as caught:
        users.create_user(other)
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "correct horse")
    with pytest.raises(CommandError):
        call_command("createsuperuser", interactive=False, username=other, email="")
    password = {"password1": "correct horse", "password2": "correct horse"}
    answer = admin_client.post(
        "/admin/projects/user/add/", {"username": other, "usable_password": "true", **password}
    )

    assert list(caught.value.message_dict) == ["username"]
    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == ["username"]
    assert [user.username for user in users.filter(is_superuser=False)] == ["léa"]


def test_a_user_name_is_unique_when_changed(admin_client):
    make_user("viewer", username="taken")
    user = make_user("viewer", username="free")
    address = reverse("admin:projects_user_change", args=[user.pk])
    answer = admin_client.post(address, sent(admin_client.get(address), username="TAKEN"))

    assert list(answer.context["adminform"].form.errors) == ["username"]
    user.refresh_from_db()
    assert user.username == "free"


def test_user_names_are_unique_in_the_database():
    users = get_user_model().objects
    user = users.create_user("twin")
    other = users.model(username="TWIN", username_key=user.username_key)

    with pytest.raises(IntegrityError):
        users.bulk_create([other])


def test_names_of_users_are_checked(client):
    user = make_user("viewer")
    user.last_name = f"Smith{OVERRIDE}"

    with pytest.raises(ValidationError) as caught:
        user.save()

    assert "U+202E" in caught.value.message_dict["last_name"][0]


def test_group_names_are_unique(admin_client):
    Group.objects.create(name="Press office")
    answer = admin_client.post("/admin/auth/group/add/", {"name": "press  OFFICE"})

    assert list(answer.context["adminform"].form.errors) == ["name"]


def test_signing_in_does_not_check_the_name(django_assert_num_queries):
    user = make_user("viewer")

    with django_assert_num_queries(1):
        user.save(update_fields=["last_login"])


@pytest.mark.parametrize("other", ["Nightly  import", "NIGHTLY IMPORT", "ｎightly　import"])
def test_names_of_api_keys_are_unique_per_user(other):
    clerk = make_user("clerk")
    ApiToken.objects.issue(clerk, "nightly import")

    with pytest.raises(ValidationError) as caught:
        ApiToken.objects.issue(clerk, other)
    ApiToken.objects.issue(make_user("clerk"), other)

    assert caught.value.messages == ["This user has a key of this name."]


def test_a_social_credit_code_is_unique_in_any_spelling(admin_client):
    make_enterprise(uscc=USCC)
    wide = "".join(chr(ord(character) + 0xFEE0) for character in USCC.lower())

    for written in (wide, f"{USCC[:8]}-{USCC[8:12]} {USCC[12:]}", USCC.lower()):
        answer = admin_client.post(
            "/api/v1/enterprises/",
            {"code": "second", "name": "Second", "uscc": written},
            "application/json",
        )
        assert answer.status_code == 400
        assert "unified social credit code" in json.dumps(answer.json())


def test_codes_are_unique_ignoring_case(admin_client):
    make_project(code="KS-1")
    answers = [
        admin_client.post("/api/v1/projects/", {"code": code, "name": "B"}, "application/json")
        for code in ("ks-1", " KS-1 ", "ＫＳ－１")
    ]

    assert [answer.status_code for answer in answers] == [409, 409, 400]
