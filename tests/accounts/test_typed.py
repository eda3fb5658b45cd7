"""What was typed into a form outlives its session: for whoever typed it, and not yet saved."""

import pytest
from django.contrib.sessions.models import Session
from django.core import signing
from django.test import Client

from projects.accounts import typed
from projects.accounts.sessions import end_sessions
from projects.models import Project
from tests.factories import make_area, make_project, make_user
from tests.helpers.admin_forms import errors, hidden, page_of, sent

pytestmark = pytest.mark.django_db

ADD = "/admin/projects/project/add/"
PASSWORD = "a long enough password"


def office(name="aigul", **changes):
    return make_user("superuser", username=name, password=PASSWORD, **changes)


def sign_in(client, target, name="aigul"):
    credentials = {"username": name, "password": PASSWORD, "next": target}
    return client.post("/accounts/login/", credentials)


def word_of(page):
    return {"typed_by": hidden(page)["typed_by"][0]}


def sent_after_the_end(client, user, address, **changes):
    """Open a form, type into it, and send it when the session has ended."""
    client.force_login(user)
    page = client.get(address)
    data = sent(page, **changes) | word_of(page)
    end_sessions(user)
    return client.post(address, data, follow=True)


def test_what_was_typed_comes_back_after_signing_in_and_is_saved_when_it_is_sent_again(client):
    user, area = office(), make_area()
    address = f"{ADD}?area={area.pk}"

    door = sent_after_the_end(client, user, address, code="new", name="Typed at length")
    assert "comes back when you sign in" in door.content.decode()
    back = sign_in(client, address)
    page = client.get(back.headers["Location"])

    assert not Project.objects.exists()
    form = page.context["adminform"].form
    assert [form[name].value() for name in ("code", "name", "area")] == [
        "new",
        "Typed at length",
        str(area.pk),
    ]
    assert "You were signed out before this was saved." in page.content.decode()
    answer = client.post(address, sent(page))
    assert answer.status_code == 302, errors(answer)
    assert Project.objects.get().name == "Typed at length"


def test_it_is_shown_once(client):
    user = office()
    sent_after_the_end(client, user, ADD, code="new")
    sign_in(client, ADD)

    assert client.get(ADD).context["adminform"].form["code"].value() == "new"
    assert not client.get(ADD).context["adminform"].form["code"].value()


def test_a_record_that_was_changed_meanwhile_shows_what_differs(client):
    user, project = office(), make_project(name="Before")
    address = page_of(project)
    sent_after_the_end(client, user, address, name="Typed")
    project.name = "Meanwhile"
    project.version += 1
    project.save()

    sign_in(client, address)
    page = client.get(address)

    assert page.context["adminform"].form.meeting.differences
    assert Project.objects.get().name == "Meanwhile"


def test_somebody_else_who_signs_in_at_the_same_browser_sees_nothing_of_it(client):
    user = office()
    office("gulnara")
    sent_after_the_end(client, user, ADD, code="secret")

    sign_in(client, ADD, "gulnara")
    assert "secret" not in client.get(ADD).content.decode()
    client.post("/accounts/logout/")
    sign_in(client, ADD)

    assert "secret" not in client.get(ADD).content.decode()


def test_nothing_is_kept_for_whoever_has_no_signed_word(client):
    of_another_form = signing.dumps(1, salt=typed.TYPED_BY)
    for word in ("", "1", typed.typed_by(office(), ADD) + "x", of_another_form):
        answer = client.post(ADD, {"code": "x", "typed_by": word})

        assert answer.headers["Location"].startswith("/admin/login/")
        assert "sessionid" not in answer.cookies
    assert not Session.objects.exists()


def test_nothing_is_kept_of_a_form_that_is_too_large(client):
    user = office()

    door = sent_after_the_end(client, user, ADD, note="x" * typed.LONGEST)

    assert "comes back" not in door.content.decode()


def test_after_an_hour_it_is_forgotten(client):
    user = office()
    sent_after_the_end(client, user, ADD, code="old")
    session = client.session
    session[typed.TYPED] = session[typed.TYPED] | {"since": 0}
    session.save()
    sign_in(client, ADD)

    assert not client.get(ADD).context["adminform"].form["code"].value()


def test_a_form_whose_token_was_replaced_comes_back_instead_of_being_refused():
    """As when somebody has signed in anew in another window."""
    client = Client(enforce_csrf_checks=True)
    user = office()
    client.force_login(user)
    page = client.get(ADD)
    data = sent(page, code="kept", name="Kept") | word_of(page)

    answer = client.post(ADD, data | {"csrfmiddlewaretoken": "x" * 64}, follow=True)

    assert errors(answer)["__all__"][0].startswith("You were signed out before")
    assert answer.context["adminform"].form["code"].value() == "kept"
    assert not Project.objects.exists()
    without = {name: value for name, value in data.items() if name != "typed_by"}
    assert client.post(ADD, without).status_code == 403


def test_no_password_is_kept(client, rf):
    secrets = dict.fromkeys(("password1", "usable_password", "csrfmiddlewaretoken"), "x")
    request = rf.post(ADD, {"typed_by": typed.typed_by(office(), ADD), "name": "x"} | secrets)
    request.session = client.session

    assert typed.keep(request) == ADD
    assert request.session[typed.TYPED]["sent"] == "name=x"
