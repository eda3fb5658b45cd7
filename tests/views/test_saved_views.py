"""Saved views: who saves them, what of the query string is saved, and their names."""

import pytest
from django.test import Client

from projects.models import SavedView
from projects.models.saved_view import MOST_VIEWS
from tests.factories import make_area, make_project, make_user
from tests.helpers.page_parser import query_of, read, sent_by

pytestmark = pytest.mark.django_db
SAVE = "/accounts/views/"


@pytest.fixture
def user():
    return make_user("visitor")


@pytest.fixture
def browser(user):
    client = Client()
    client.force_login(user)
    return client


def page_of(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return read(answer.content.decode())


def save(client, name="Signed in Kashi", listed="projects", query="area=kashi&stage=signed"):
    return client.post(SAVE, {"name": name, "listed": listed, "query": query})


def test_a_view_is_saved_from_its_list_and_found_there_and_on_the_account(browser):
    make_area(code="kashi")
    form = page_of(browser, "/projects/?area=kashi&ordering=name&page_size=100").one(id="views")
    sent = dict(sent_by(form.one("form")))

    answer = browser.post(SAVE, sent | {"name": " Kashi "})

    assert answer["Location"] == "/projects/?area=kashi&ordering=name&page_size=100"
    listed = page_of(browser, answer["Location"])
    assert "The view “Kashi” has been saved." in listed.text
    for page in (listed, page_of(browser, "/accounts/")):
        asked = [("area", "kashi"), ("ordering", "name"), ("page_size", "100")]
        assert query_of(page.link("Kashi")) == asked
    assert "Kashi" not in page_of(browser, "/enterprises/").one(id="views").text


def test_a_visitor_keeps_nothing_and_is_offered_nothing(client):
    assert save(client)["Location"].startswith("/accounts/login/")
    assert page_of(client, "/projects/").all(id="views") == []
    assert not SavedView.objects.exists()


def test_nobody_sees_or_touches_the_views_of_another(browser):
    theirs = SavedView.objects.create(
        user=make_user("visitor"), listed="projects", name="Theirs", name_key="theirs"
    )

    assert "Theirs" not in page_of(browser, "/projects/").text
    assert browser.post(f"{SAVE}{theirs.pk}/rename/", {"name": "Mine"}).status_code == 404
    assert browser.post(f"{SAVE}{theirs.pk}/delete/").status_code == 404
    theirs.refresh_from_db()
    assert theirs.name == "Theirs"


def test_its_owner_renames_and_deletes_a_view(browser, user):
    make_area(code="kashi")
    save(browser)
    view = SavedView.objects.get(user=user)

    browser.post(f"{SAVE}{view.pk}/rename/", {"name": "Another"})
    view.refresh_from_db()
    assert (view.name, view.query) == ("Another", "area=kashi&stage=signed")

    browser.post(f"{SAVE}{view.pk}/delete/")
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("name", ["kashi", "KASHI", "Ｋａｓｈｉ", " Kashi "])
def test_names_that_a_reader_does_not_tell_apart_are_one(browser, name):
    save(browser, "Kashi", query="")

    save(browser, name, query="")

    assert SavedView.objects.count() == 1
    assert "You have a view of this name." in page_of(browser, "/projects/").text


def test_another_user_may_use_the_same_name(browser):
    other = Client()
    other.force_login(make_user("visitor"))
    for client in (browser, other):
        save(client, "Kashi", query="")

    assert SavedView.objects.count() == 2


@pytest.mark.parametrize(
    ("listed", "query"),
    [
        ("projects", "colour=red"),
        ("projects", "area=nowhere"),
        ("projects", "ordering=colour"),
        ("projects", "columns=colour"),
        ("projects", "page_size=9999"),
        ("projects", "search=%00"),
        ("projects", "search=" + "x" * 2000),
        ("enterprises", "stage=signed"),
    ],
)
def test_only_what_a_list_answers_is_kept(browser, listed, query):
    answer = save(browser, listed=listed, query=query)

    assert answer["Location"] == f"/{listed}/"
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("listed", ["", "totals", "//example.org", "admin:index"])
def test_only_of_known_lists(browser, listed):
    assert save(browser, listed=listed, query="").status_code == 404
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("name", ["", "   ", "a\u202eb", "a\nb", "a\x00b", "x" * 101])
def test_a_name_is_held_to_what_a_text_may_hold(browser, name):
    save(browser, name, query="")

    assert not SavedView.objects.exists()


def test_the_page_of_a_list_is_not_saved(browser):
    make_project()
    save(browser, query="stage=signed&page=3&facet=source&facet_search=x&area=")

    assert SavedView.objects.get().query == "stage=signed"


def test_only_so_many_are_kept_of_a_user(browser, user):
    SavedView.objects.bulk_create(
        SavedView(user=user, listed="projects", name=f"v{number}", name_key=f"v{number}")
        for number in range(MOST_VIEWS)
    )

    save(browser, query="")

    assert SavedView.objects.count() == MOST_VIEWS


def test_a_view_is_not_saved_from_elsewhere(user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)

    assert save(client, query="").status_code == 403
    assert not SavedView.objects.exists()
