"""What was typed into a form of the pages outlives its session: of each form, and no secret."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from projects.accounts import typed
from projects.accounts.sessions import end_sessions
from projects.models import BatchState, ErrorReport, Project, SavedView
from tests.accounts.conftest import CODE, set_up
from tests.factories import make_enterprise, make_project, make_user
from tests.helpers.import_pages import bring, send_mapping
from tests.helpers.page_parser import read, sent_by
from tests.helpers.review_pages import make_draft, propose

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
SIGNED_OUT = "You were signed out before this was sent."
# The forms into which no work is typed, and the one that asks for no account.
NOTHING_TYPED = {
    "base.html": "a button: signing out",
    "admin/projects/_delete.html": "a button",
    "admin/projects/delete_selected_confirmation.html": "a button",
    "admin/projects/enterprise/merge.html": "a button: what is chosen stands in the address",
    "projects/_import_cancel.html": "a button",
    "projects/_import_preview.html": "buttons",
    "projects/_import_written.html": "a button",
    "projects/import_page.html": "a button",
    "projects/import_undo.html": "a button",
    "projects/report.html": "needs no account, so no end of a session refuses it",
    "projects/review_deleted.html": "a button",
    "projects/review_draft.html": "a button; its reason is in a part of its own",
    "projects/review_proposal.html": "buttons; its reason is in a part of its own",
    "registration/_confirming.html": "secrets",
    "registration/login.html": "secrets",
    "registration/login_code.html": "secrets",
    "registration/password_change.html": "secrets",
    "registration/password_reset.html": "before an account is known",
    "registration/password_reset_confirm.html": "secrets",
    "registration/second_factor.html": "secrets",
}


@pytest.fixture
def user():
    return make_user("superuser", username="aigul", password=PASSWORD)


@pytest.fixture
def office(client, user):
    client.force_login(user)
    return client


def form_of(client, address, action):
    """The form of a page that is sent to `action`."""
    page = read(client.get(address).content.decode())
    forms = page.all("form", method="post")
    return next(one for one in forms if one.attributes.get("action", "") == action)


def sign_in(client, answer):
    """By the door that an answer leads to; returns the page that one is led to from there."""
    address = answer.headers["Location"]
    door = client.get(address)
    assert door.context["is_kept"]
    target = read(door.content.decode()).one("input", name="next").attributes["value"]
    credentials = {"username": "aigul", "password": PASSWORD, "next": target}
    return client.post(address.partition("?")[0], credentials)


def sent_too_late(client, user, address, action, **changes):
    """Open a page, type into its form, send it after the session has ended, and sign in again.

    Returns the page that comes then.
    """
    sent = dict(sent_by(form_of(client, address, action))) | changes
    end_sessions(user)
    back = sign_in(client, client.post(action or address, sent))
    assert back.headers["Location"] == address
    answer = client.get(address)
    assert answer.status_code == 200
    return read(answer.content.decode())


def check_shown_once(client, address, words):
    assert SIGNED_OUT not in client.get(address).content.decode()
    assert words not in client.get(address).content.decode()


def test_reasons_of_a_draft_that_is_returned(office, user):
    draft = make_draft()
    address = f"/review/drafts/projects/{draft.pk}/"

    page = sent_too_late(office, user, address, f"{address}return/", reason="Which unit?")

    assert SIGNED_OUT in page.text
    assert page.one("textarea").text == "Which unit?"
    assert office.post(f"{address}return/", {"reason": "Which unit?"}).status_code == 302
    check_shown_once(office, address, "You wrote")


def test_reasons_of_a_draft_that_was_published_meanwhile_can_be_copied(office, user):
    draft = make_draft()
    address = f"/review/drafts/projects/{draft.pk}/"
    sent = dict(sent_by(form_of(office, address, f"{address}return/"))) | {"reason": "Why so?"}
    end_sessions(user)
    answer = office.post(f"{address}return/", sent)
    Project.objects.filter(pk=draft.pk).update(state="published")

    sign_in(office, answer)

    page = read(office.get(address).content.decode())
    assert page.one("q").text == "Why so?"
    assert office.get(address).status_code == 302


def test_reasons_of_a_proposal_that_is_returned(office, user):
    proposal = propose(make_user("clerk"), make_project(name="Before"), name="After")
    address = proposal.get_absolute_url()

    page = sent_too_late(office, user, address, f"{address}return/", reason="No source.")

    assert page.one("textarea").text == "No source."
    check_shown_once(office, address, "No source.")


@pytest.mark.parametrize("step", ["settle", "dismiss"])
def test_words_on_what_came_of_a_report(office, user, step):
    make_project(code="p")
    report = ErrorReport.objects.create(noun="projects", code="p", wrong="The amount")
    address = f"/review/reports/{report.pk}/"
    sent = dict(sent_by(form_of(office, address, f"{address}settle/"))) | {"reason": "Mended."}
    end_sessions(user)

    sign_in(office, office.post(f"{address}{step}/", sent))

    assert read(office.get(address).content.decode()).one("textarea").text == "Mended."
    assert ErrorReport.objects.get().is_open
    check_shown_once(office, address, "Mended.")


def test_drafts_that_were_ticked(office, user):
    first, second = make_draft(), make_draft()

    page = sent_too_late(office, user, "/review/", "", draft=f"projects:{second.pk}:1")

    ticked = [one for one in page.all("input", name="draft") if "checked" in one.attributes]
    assert [one.attributes["value"] for one in ticked] == [f"projects:{second.pk}:1"]
    assert {first.state, second.state} == {"draft"}


def test_what_columns_mean(office, user):
    batch = bring(office, "项目编号,项目名称,甲,金额\na,纺织项目,x,5\n")
    address = f"/import/{batch.pk}/mapping/"
    changes = {"column-2": "note", "unit": "10000", "all-currency": "CNY"}

    page = sent_too_late(office, user, address, address, **changes)

    assert SIGNED_OUT in page.text
    form = page.one("form", class_="mapping")
    assert dict(sent_by(form)).items() >= changes.items()
    batch.refresh_from_db()
    assert batch.state == BatchState.MAPPING
    assert send_mapping(office, batch, column_2="-").status_code == 302


def test_what_was_said_of_names_that_are_alike(office, user):
    make_enterprise(code="xingda", name="", name_zh="新疆兴达纺织有限责任公司")
    batch = bring(office, "项目编号,项目名称,投资方\na,纺织项目,新疆兴达纺织有限公司\n")
    send_mapping(office, batch)
    address = f"/import/{batch.pk}/"

    page = sent_too_late(office, user, address, f"{address}decide/", **{"name-0": "xingda"})

    chosen = [one for one in page.all("input", type="radio") if "checked" in one.attributes]
    assert [one.attributes["value"] for one in chosen] == ["xingda"]
    batch.refresh_from_db()
    assert batch.undecided


def test_of_a_file_all_but_the_file(office, user):
    sent = dict(sent_by(form_of(office, "/import/", "/import/")))
    end_sessions(user)
    sent |= {
        "noun": "receipts",
        "sheet": "Third",
        "file": SimpleUploadedFile("a.csv", b"a,b\n1,2\n"),
    }

    sign_in(office, office.post("/import/", sent))

    page = read(office.get("/import/").content.decode())
    assert "no file can be kept: choose it once more" in page.text
    form = next(one for one in page.all("form") if one.attributes.get("action") == "/import/")
    assert dict(sent_by(form)).items() >= {"noun": "receipts", "sheet": "Third"}.items()
    assert "Choose a file." not in page.text


def test_the_name_of_a_view(office, user):
    address = "/projects/?stage=signed&ordering=name"

    page = sent_too_late(office, user, address, "/accounts/views/", name="My signings")

    views = page.one(id="views")
    assert "open" in views.attributes
    assert views.one("input", name="name").attributes["value"] == "My signings"
    assert not SavedView.objects.exists()


def test_the_new_name_of_one_of_several_views(office, user):
    views = [SavedView(user=user, listed="projects", name=name) for name in ("One", "Two")]
    for view in views:
        view.validate_and_save()
    action = f"/accounts/views/{views[1].pk}/rename/"

    page = sent_too_late(office, user, "/accounts/", action, name="Second")

    names = [one.attributes["value"] for one in page.all("input", name="name")]
    assert names == ["One", "Second"]


def test_in_chinese_one_is_led_back_to_the_chinese_page(office, user):
    draft = make_draft()
    address = f"/zh-hans/review/drafts/projects/{draft.pk}/"
    sent = dict(sent_by(form_of(office, address, f"{address}return/"))) | {"reason": "缺来源"}
    end_sessions(user)

    answer = office.post(f"{address}return/", sent)

    assert answer.headers["Location"] == f"/zh-hans/accounts/login/?next={address}"
    assert sign_in(office, answer).headers["Location"] == address
    assert read(office.get(address).content.decode()).one("textarea").text == "缺来源"


def test_it_comes_through_a_sign_in_with_a_second_factor(office, user, monkeypatch):
    device, _codes = set_up(office)
    draft = make_draft()
    address = f"/review/drafts/projects/{draft.pk}/"
    sent = dict(sent_by(form_of(office, address, f"{address}return/"))) | {"reason": "Which unit?"}
    end_sessions(user)

    half_way = sign_in(office, office.post(f"{address}return/", sent))
    assert half_way.headers["Location"] == CODE
    assert office.get(address).status_code == 302
    back = office.post(CODE, {"code": device.next(monkeypatch)})

    assert back.headers["Location"] == address
    page = read(office.get(address).content.decode())
    assert page.one("textarea").text == "Which unit?"
    check_shown_once(office, address, "Which unit?")


def test_somebody_else_at_the_same_browser_sees_nothing_of_it(office, user):
    address = "/projects/"
    sent = dict(sent_by(form_of(office, address, "/accounts/views/"))) | {"name": "Of Aigul"}
    end_sessions(user)
    office.post("/accounts/views/", sent)

    assert "Of Aigul" not in office.get(address).content.decode()
    make_user("superuser", username="gulnara", password=PASSWORD)
    office.post("/accounts/login/", {"username": "gulnara", "password": PASSWORD})

    assert "Of Aigul" not in office.get(address).content.decode()
    assert typed.TYPED not in office.session


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        (CODE, {"code": "123456"}),
        ("/accounts/second-factor/", {"step": "remove", "password": "x", "code": "123456"}),
        ("/accounts/password/", {"old_password": "x", "new_password1": "y"}),
        ("/accounts/login/", {"username": "aigul", "password": "x"}),
    ],
)
def test_of_a_form_that_asks_for_secrets_nothing_is_kept(client, user, address, sent):
    client.post(address, sent | {"typed_by": typed.typed_by(user, "/accounts/")})

    assert typed.TYPED not in client.session


def test_no_form_that_asks_for_secrets_carries_the_word(office):
    office.post("/accounts/second-factor/", {"step": "begin"})
    for address in ("/accounts/second-factor/", "/accounts/password/", "/accounts/login/"):
        assert 'name="typed_by"' not in office.get(address).content.decode()


def test_a_visitor_is_given_no_word_and_no_session(client):
    answer = client.get("/projects/")

    assert "typed_by" not in answer.content.decode()
    assert not answer.cookies


def test_a_report_of_an_error_is_taken_whether_its_session_has_ended_or_not(office, user):
    project = make_project()
    end_sessions(user)

    answer = office.post(f"{project.get_absolute_url()}report/", {"wrong": "The amount"})

    assert answer.headers["Location"] == "/report/sent/"
    assert ErrorReport.objects.get().wrong == "The amount"


def test_every_form_keeps_what_is_typed_or_it_is_said_why_not():
    folder = Path(settings.BASE_DIR) / "templates"
    with_forms = {
        str(path.relative_to(folder)): path.read_text()
        for path in folder.rglob("*.html")
        if re.search(r"<form[^>]*method=[\"']?post", path.read_text(), re.IGNORECASE)
    }

    without = {name for name, text in with_forms.items() if "{% typed_by" not in text}

    assert without == set(NOTHING_TYPED)
