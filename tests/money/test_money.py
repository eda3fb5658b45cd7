"""Reading and writing amounts."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects import money
from projects.money import MoneyError

minors = st.integers(0, money.MAX_MINOR)
amounts = minors.map(money.from_minor)


@pytest.mark.parametrize(
    ("text", "value", "currency", "qualifier"),
    [
        ("17.6亿元", "1760000000.00", "CNY", None),
        ("5000万元", "50000000.00", "CNY", None),
        ("5,000 万元", "50000000.00", "CNY", None),
        ("more than 1 billion yuan", "1000000000.00", "CNY", "at_least"),
        ("超176亿元", "17600000000.00", "CNY", "at_least"),
        ("逾17.6億元", "1760000000.00", "CNY", "at_least"),
        ("5000万元以上", "50000000.00", "CNY", "at_least"),
        ("100余万元", "1000000.00", "CNY", "at_least"),
        ("1 billion+", "1000000000.00", None, "at_least"),
        ("约3.2亿美元", "320000000.00", "USD", "about"),
        ("近3.2亿美元", "320000000.00", "USD", "about"),
        ("不超过2亿元", "200000000.00", "CNY", "at_most"),
        ("up to €5m", "5000000.00", "EUR", "at_most"),
        ("US$2.4bn", "2400000000.00", "USD", None),
        ("$6 million", "6000000.00", "USD", None),
        ("RMB 5 million", "5000000.00", "CNY", None),
        ("5 million KZT", "5000000.00", "KZT", None),
        ("1,000,000,000", "1000000000.00", None, None),
        ("1 000 000 EUR", "1000000.00", "EUR", None),
        ("CNY 1,000,000,000.00", "1000000000.00", "CNY", None),
        ("１７．６亿元", "1760000000.00", "CNY", None),
        ("1亿2000万元", "120000000.00", "CNY", None),
        ("1.2万亿元", "1200000000000.00", "CNY", None),
        ("¥5000万", "50000000.00", "CNY", None),
        ("1.00001万元", "10000.10", "CNY", None),
        ("1.234567亿", "123456700.00", None, None),
        ("1.500亿", "150000000.00", None, None),
        ("5万3000元", "53000.00", "CNY", None),
        ("三亿五千万元", "350000000.00", "CNY", None),
        ("十亿元", "1000000000.00", "CNY", None),
        ("三万零五百元", "30500.00", "CNY", None),
        ("伍仟萬圓整", "50000000.00", "CNY", "exact"),
        ("3亿多元", "300000000.00", "CNY", "at_least"),
        ("超過5亿元", "500000000.00", "CNY", "at_least"),
        ("over US$3.2 million", "3200000.00", "USD", "at_least"),
        ("5亿元左右", "500000000.00", "CNY", "about"),
        ("5 million yuan approx.", "5000000.00", "CNY", "about"),
        ("5亿元以内", "500000000.00", "CNY", "at_most"),
        ("人民币5000万元", "50000000.00", "CNY", None),
        ("RMB 5 million yuan", "5000000.00", "CNY", None),
        ("港币5000万元", "50000000.00", "HKD", None),
        ("USD 5000万元", "50000000.00", "USD", None),
        ("￥500元", "500.00", "CNY", None),
        ("¥500 JPY", "500.00", "JPY", None),
        ("1'000'000 CHF", "1000000.00", "CHF", None),
        ("5亿 KGS", "500000000.00", "KGS", None),
        ("0", "0.00", None, None),
        ("99999999999999.99", "99999999999999.99", None, None),
    ],
)
def test_amounts_are_read_as_people_write_them(text, value, currency, qualifier):
    read = money.read_amount(text)

    assert (str(read.value), read.currency, read.qualifier) == (value, currency, qualifier)
    assert read.text == text


@pytest.mark.parametrize("text", ["undisclosed", "Not disclosed", "未披露", "未公开", " 保密 "])
def test_undisclosed_is_no_amount(text):
    assert money.read_amount(text).value is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1.234,50", "more than one way"),
        ("1,5", "more than one way"),
        ("1,23,456", "more than one way"),
        ("1.234.567", "more than one way"),
        ("0,500", "more than one way"),
        ("2023 500", "more than one way"),
        ("1000.999", "more than two decimals"),
        ("1.500", "more than two decimals"),
        ("0.0000001万元", "more than two decimals"),
        ("1-2亿", "more than one number"),
        ("5 to 10 million", "more than one number"),
        ("5 USD 4 EUR", "more than one number"),
        ("1亿2", "cannot be read"),
        ("2000万1亿元", "cannot be read"),
        ("万元", "cannot be read"),
        ("5 apples", "cannot be read"),
        ("超约5亿元", "two qualifiers"),
        ("not 5 million", "cannot be read"),
        # Spoken, 120,000,000 and 25,000; written, 100,002,000 and 20,005.
        ("1亿2千", "cannot be read"),
        ("2万5", "cannot be read"),
        ("五百二万", "cannot be read"),
        # An order of magnitude, not an amount.
        ("千万元", "cannot be read"),
        # A footnote and a power are not digits of the number.
        ("100¹", "cannot be read"),
        ("10²", "cannot be read"),
        ("-", "cannot be read"),
        ("", "empty"),
        ("  ", "empty"),
        ("NaN", "cannot be read"),
        ("1e400", "cannot be read"),
        ("5 USD or 4 EUR", "cannot be read"),
        ("5 USD EUR", "more than one currency"),
        ("5000万元美元", "more than one currency"),
        ("¥5亿美元", "more than one currency"),
        ("¥5 million", "yuan or in yen"),
        ("¥100", "yuan or in yen"),
        ("-5万元", "below zero"),
        ("100000000000000", "too large"),
        ("1000万亿元", "too large"),
        ("9" * 201, "too long"),
    ],
)
def test_what_is_ambiguous_or_inexact_is_refused_with_a_sentence(text, reason):
    with pytest.raises(MoneyError, match=reason):
        money.read_amount(text)


def test_a_heading_s_unit_multiplies_bare_numbers_only():
    assert money.read_amount("5000", unit=10_000).value == Decimal("50000000.00")
    assert money.read_amount("约5000", unit=10_000).value == Decimal("50000000.00")
    assert money.read_amount("5000元", unit=10_000).value == Decimal("5000.00")
    assert money.read_amount("5亿", unit=10_000).value == Decimal("500000000.00")


def test_a_currency_alone_below_a_heading_in_another_unit_is_refused():
    with pytest.raises(MoneyError, match="in the unit of its column"):
        money.read_amount("CNY 5000", unit=10_000)


@pytest.mark.parametrize(
    ("one", "other", "times"),
    [
        ("17.6亿元", "1.76 billion yuan", 1),
        ("176亿元", "17.6 billion yuan", 1),
        ("17.6亿元", "17.6 billion yuan", 10),
        ("5000元", "5000万元", 10_000),
        ("1234.56", "1,234.56", 1),
        ("12.34", "1234", 100),
    ],
)
def test_the_most_common_unit_errors_are_distinguished(one, other, times):
    first, second = money.read_amount(one).value, money.read_amount(other).value

    assert first * times == second


def test_the_sentence_of_an_error_can_be_translated_with_its_parameters_apart():
    with pytest.raises(MoneyError) as caught:
        money.read_amount("x" * 150)

    error = caught.value
    assert error.params == {"value": "x" * 60 + "…"}
    assert error.message.startswith("“%(value)s” cannot be read")
    assert str(error) == error.message % error.params


def test_money_returned_is_read_where_it_may_be():
    assert money.read_amount("-5万元", negative=True).value == Decimal("-50000.00")


# Pieces of amounts in any order come nearer to being read than letters do.
PIECES = [
    "1",
    "20",
    "5000",
    ".",
    ",",
    " ",
    "-",
    "~",
    "三",
    "十",
    "千",
    "万",
    "亿",
    "元",
    "美元",
    "约",
]
PIECES += ["超过", "不超过", "以上", "余", "¥", "$", "CNY", "million", "bn", "at least", "零", "１"]


@given(
    st.text(max_size=60)
    | st.text("0123456789.,亿万元 $m-", max_size=250)
    | st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
)
def test_any_text_is_read_or_refused(text):
    try:
        read = money.read_amount(text)
    except MoneyError:
        return  # Any other error fails the test.
    assert read.value is None or 0 <= money.to_minor(read.value) <= money.MAX_MINOR


@pytest.mark.parametrize("piece", ["1", "1,", "1 ", "万", "\x00"])
def test_a_very_long_text_is_refused_before_it_is_read(piece):
    with pytest.raises(MoneyError, match="too long"):
        money.read_amount(piece * 10**6)


@given(amounts, st.sampled_from(["CNY", "USD", "EUR", "KZT", "KGS"]))
def test_what_is_written_can_be_read_back_exactly(value, currency):
    for text in (
        money.in_chinese(value, currency),
        money.in_english(value, currency),
        f"{money.grouped(value)} {currency}",
        money.plain(value),
    ):
        read = money.read_amount(text)
        assert read.value == value, text
        assert read.currency == (None if text == money.plain(value) else currency), text


@pytest.mark.parametrize(
    ("value", "full", "english"),
    [
        ("1000000000", "1,000,000,000.00 CNY = 10亿元", "1 billion CNY"),
        ("17600000000", "17,600,000,000.00 CNY = 176亿元", "17.6 billion CNY"),
        ("50000000", "50,000,000.00 CNY = 5,000万元", "50 million CNY"),
        ("300.92", "300.92 CNY = 300.92元", "300.92 CNY"),
        ("123456789.01", "123,456,789.01 CNY = 1.2345678901亿元", "123.45678901 million CNY"),
        ("0", "0.00 CNY = 0元", "0.00 CNY"),
    ],
)
def test_an_amount_is_shown_back_in_full(value, full, english):
    amount = money.from_minor(money.to_minor(value))

    assert money.in_full(amount, "CNY") == full
    assert money.in_english(amount, "CNY") == english


def test_a_sum_beyond_any_one_amount_is_written_with_all_its_digits():
    total = money.from_minor(923 * money.MAX_MINOR * 10**20 + 1)

    assert money.plain(total) == money.grouped(total).replace(",", "")
    assert money.plain(total).endswith("0.01")


@given(minors)
def test_hundredths_come_back_as_they_went(minor):
    assert money.to_minor(money.from_minor(minor)) == minor
    assert money.to_minor(str(money.from_minor(minor))) == minor


@pytest.mark.parametrize(
    "value",
    ["1.005", "NaN", "Infinity", "1e400", "1e-400", "-0.01", "1_000", "", "abc", "1e15"],
)
def test_what_is_not_whole_hundredths_in_range_is_refused(value):
    with pytest.raises(MoneyError):
        money.to_minor(value)


@pytest.mark.parametrize("value", [0.1, 1.0, True, None])
def test_a_float_is_never_money(value):
    with pytest.raises(MoneyError):
        money.to_minor(value)


def test_a_text_is_a_spelling_and_a_decimal_is_a_value():
    assert money.to_minor(Decimal("1.500")) == 150
    with pytest.raises(MoneyError, match="two decimals"):
        money.to_minor("1.500")


def test_numbers_may_be_grouped_and_full_width():
    assert money.to_minor("1,000,000.50") == 100_000_050
    assert money.to_minor("１００") == 10_000


@pytest.mark.parametrize(
    "value",
    [10**5000, Decimal("1e999999"), Decimal("1e-999999"), Decimal("1." + "0" * 99 + "1")],
    ids=["a long integer", "a long number", "a small number", "a long fraction"],
)
def test_numbers_of_any_size_are_refused_at_once(value):
    with pytest.raises(MoneyError):
        money.to_minor(value)


def test_bounds_of_a_filter_are_in_its_currency():
    assert money.read_bound("1.5bn", currency="CNY") == Decimal("1500000000.00")
    assert money.read_bound("1亿元", currency="CNY") == Decimal("100000000.00")
    for text in ("5 USD", "about 5", "undisclosed"):
        with pytest.raises(MoneyError):
            money.read_bound(text, currency="CNY")
