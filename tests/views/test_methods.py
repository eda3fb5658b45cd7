"""/methods/: the rules, the sources and the licence, in words."""

import pytest

from tests.factories import make_rate, make_source

pytestmark = pytest.mark.django_db


def test_the_rules_name_the_currency_and_how_long_a_rate_is_valid(ask, settings):
    settings.BASE_CURRENCY = "EUR"

    text = ask("/methods/").text

    assert "Totals are in EUR." in text
    assert "of the 45 days before its signing" in text


def test_the_sources_are_counted_and_the_latest_named_without_drafts(ask):
    make_source(title="Press report")
    make_rate(source=make_source(title="Central bank"))
    make_source(title="Not yet", state="draft")

    page = ask("/methods/")

    assert page.link("2 sources") == "/sources/"
    assert "1 exchange rate is recorded" in page.text
    assert page.link("Press report")
    assert "Not yet" not in page.text


def test_no_licence_is_made_up(ask):
    assert "The office has not stated a licence." in ask("/methods/").text


def test_the_licence_is_shown_in_the_words_of_its_setting(ask, settings):
    settings.DATA_LICENCE = "<b>CC BY 4.0</b>, 署名"

    page = ask("/methods/")

    assert "<b>CC BY 4.0</b>, 署名" in page.text
    assert "has not stated" not in page.text


def test_every_page_leads_to_the_methods(ask):
    assert ask("/projects/").link("Methods") == "/methods/"


def test_an_unknown_parameter_is_refused(ask):
    page = ask("/methods/", status=400, colour="red")

    assert page.one(role="alert").one("code").text == "colour"
