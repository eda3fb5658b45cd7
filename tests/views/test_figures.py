"""How figures and names look on a page."""

from decimal import Decimal

import pytest
from django.utils.translation import override

from projects.models import Qualifier
from projects.templatetags import figures
from projects.totals.totals import Figure


@pytest.mark.parametrize(
    ("figure", "sum_of", "leaves_out"),
    [
        (Figure(), "0.00 CNY", "no projects"),
        (Figure(projects=2), "undisclosed", "0 of 2 disclosed"),
        (Figure(projects=2, disclosed=2, amount=Decimal("0.00")), "0.00 CNY", "2 of 2 disclosed"),
        (
            Figure(projects=1200, disclosed=1100, left_out=1000, bound=Qualifier.AT_LEAST),
            "at least 0.00 CNY",
            "1,100 of 1,200 disclosed, 1,000 left out for lack of a rate",
        ),
        (
            Figure(projects=3, disclosed=2, left_out=2),
            "not known in CNY",
            "2 of 3 disclosed, all left out for lack of a rate",
        ),
    ],
)
def test_a_sum_never_shows_what_is_not_known_as_zero(figure, sum_of, leaves_out):
    assert plain(figures.sum_of(figure)) == sum_of
    assert figures.leaves_out(figure) == leaves_out


def test_money_is_shown_to_the_hundredth_and_read_by_programs_too():
    shown = figures.money(Decimal("99999999999999.99"), "USD", "at_most")

    assert plain(shown) == "at most 99,999,999,999,999.99 USD"
    assert 'value="99999999999999.99"' in shown


def test_an_amount_that_is_nothing_is_undisclosed_and_zero_is_an_amount():
    assert plain(figures.money(None, "CNY")) == "undisclosed"
    assert plain(figures.money(Decimal("0.00"), "CNY")) == "0.00 CNY"


def test_a_share_of_an_unknown_total_is_not_zero():
    known = Figure(projects=1, disclosed=1, share=Decimal("0.0000"))
    unknown = Figure(projects=1, share=Decimal("0.0000"))

    assert (figures.share_of(known), figures.share_of(unknown)) == ("0.00 %", "–")


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Kashi", "Kashi"),
        ("喀什", "[喀什]"),
        ("签约资金超125.9亿元", "[签约资金超125.9亿元]"),
        ("中国（新疆）自由贸易试验区", "[中国（新疆）自由贸易试验区]"),
        ("Kashi (喀什), formerly <疏附>", "Kashi ([喀什]), formerly &lt;[疏附]&gt;"),
    ],
)
def test_chinese_is_marked_in_a_page_that_is_not(text, marked):
    spans = figures.named(text).replace('<span lang="zh-Hans">', "[").replace("</span>", "]")

    assert spans == marked


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("喀什片区", "喀什片区"),
        ("Carbon-neutral <port>", '<span lang="en">Carbon-neutral &lt;port&gt;</span>'),
        ("生产PVC管材 (pipes)", "生产PVC管材 (pipes)"),
        ("KS-2023-001", "KS-2023-001"),
        ("2.9 %", "2.9 %"),
    ],
)
def test_english_is_marked_in_a_chinese_page(text, marked):
    with override("zh-hans"):
        assert figures.named(text) == marked
        assert figures.is_foreign(text) == (marked != text)
        assert figures.foreign_tag() == "en"


def plain(html):
    text = "".join(part.rpartition(">")[2] for part in html.split("<"))
    return " ".join(text.split())
