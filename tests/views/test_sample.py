"""What the pages say of the sample: five projects, and 1 billion of more than 17.6 billion."""

import pytest

from projects.management.demo import sample

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def loaded():
    sample.load()


def test_five_projects_one_of_which_discloses_its_amount(ask):
    page = ask("/projects/")

    assert [row[1] for row in page.rows()] == [f"KS-2023-00{number}" for number in range(1, 6)]
    summary = page.one(class_="summary").text
    assert "5 records, 1 with a disclosed amount." in summary
    assert "at least 1,000,000,000.00 CNY, 1 of 5 disclosed" in summary


def test_the_published_funds_stand_beside_what_is_itemised(ask):
    headline = headline_of(ask("/headlines/"), "Contracted funds, Kashi")

    assert facts(headline) == {
        "Published": "at least 17.6 billion CNY at least 17,600,000,000.00 CNY, contracted",
        "Itemised here": "at least 1,000,000,000.00 CNY 1 of 5 disclosed",
        "Share explained": "at most 5.7 %",
        "Not itemised": "at least 16,600,000,000.00 CNY",
        "Source": (
            "Kashi Area of Xinjiang Pilot FTZ inaugurated, Global Times, 2023-11-13 "
            "more than 17.6 billion yuan ($2.4 billion)"
        ),
    }


def test_the_itemised_funds_lead_to_the_five_projects(ask):
    headline = headline_of(ask("/headlines/"), "Contracted funds, Kashi")

    found = ask(headline.link("at least 1,000,000,000.00 CNY"))

    assert len(found.rows()) == 5


def test_one_of_thirty_five_enterprises_is_known(ask):
    headline = headline_of(ask("/headlines/"), "Enterprises settled, Kashi")

    assert facts(headline)["Published"] == "35"
    found = ask(headline.link("1"))
    assert [row[1] for row in found.rows()] == ["zj-trade"]


def test_foreign_trade_has_nothing_beside_it(ask):
    headline = headline_of(ask("/headlines/"), "Foreign trade, Kashi prefecture")

    assert facts(headline)["Itemised here"] == "nothing: the register has no such records"
    assert "Share explained" not in facts(headline)


def test_the_overview_tells_the_story(ask):
    story = ask("/").one(class_="story").text

    assert "5 contracted projects are named here: 1 with a disclosed amount, 4 without." in story
    assert (
        "Published for Kashi as of 2023-11-11: contracted funds of at least 17.6 billion CNY. The "
        "register can itemise 1 billion CNY of it, at most 5.7 %, 1 of 5 disclosed." in story
    )
    assert "35 enterprises settled. The register counts 1 of them, 2.9 %." in story
    assert "foreign trade" not in story


def test_no_total_of_the_sample_shows_what_is_undisclosed_as_zero(ask):
    rows = {row[0]: row[1:3] for row in ask("/totals/").rows()}

    assert rows == {
        "Trade": ["1,000,000,000.00 CNY", "100.00 %"],
        "Batteries and electrical equipment": ["undisclosed", "–"],
        "Logistics": ["undisclosed", "–"],
        "New materials": ["undisclosed", "–"],
    }


def headline_of(page, title):
    (article,) = [a for a in page.all("article") if a.one("h3").text == title]
    return article


def facts(article):
    return {row.one("dt").text: row.one("dd").text for row in article.one("dl").all("div")}
