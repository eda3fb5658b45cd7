"""The words around the number of an amount, in Chinese and English.

Each word has a kind and a meaning. Kinds are single letters, so that a regular
expression can check the order of the words in a text. The kind includes the
position of a qualifier, because a misplaced word usually means something else.
"""

from __future__ import annotations

from .currency_codes import CHINESE_NAMES
from .qualifiers import Qualifier

CURRENCY = "C"
SCALE = "U"
BEFORE = "B"  # a qualifier before the number: 超过
AFTER = "A"  # a qualifier after the number: 以上
EITHER = "E"  # a qualifier on either side: at least
RANGE = "R"  # between two numbers, or a minus

# 元 means yuan, but after another currency it only means "units", as in 港币5000万元.
UNIT_OF_CURRENCY = "元"
# The sign of the yuan in Chinese texts, of the yen in English ones.
YUAN_OR_YEN = "¥"

_AT_LEAST, _ABOUT, _AT_MOST = Qualifier.AT_LEAST, Qualifier.ABOUT, Qualifier.AT_MOST

_CURRENCIES = {
    **{name: code for code, name in CHINESE_NAMES.items()},
    **dict.fromkeys(["人民币", "rmb", "cny", "cn¥", "yuan", "chinese yuan", "renminbi"], "CNY"),
    # A plain $ is the United States dollar: other dollars are written with letters.
    **dict.fromkeys(
        ["美金", "$", "us$", "usd", "dollar", "dollars", "us dollar", "us dollars", "u.s. dollars"],
        "USD",
    ),
    **dict.fromkeys(["€", "eur", "euro", "euros"], "EUR"),
    **dict.fromkeys(["£", "gbp", "pounds sterling"], "GBP"),
    **dict.fromkeys(["港币", "hk$", "hkd"], "HKD"),
    **dict.fromkeys(["円", "jpy", "jp¥", "yen", "japanese yen"], "JPY"),
    **dict.fromkeys(["₩", "krw"], "KRW"),
    **dict.fromkeys(["₽", "rub", "russian roubles", "russian rubles"], "RUB"),
    **dict.fromkeys(["₸", "kzt", "tenge"], "KZT"),
    **dict.fromkeys(["新元", "s$", "sgd"], "SGD"),
    **dict.fromkeys(["瑞郎", "chf", "swiss francs"], "CHF"),
    **dict.fromkeys(["澳大利亚元", "a$", "au$", "aud"], "AUD"),
    **dict.fromkeys(["加拿大元", "c$", "ca$", "cad"], "CAD"),
    **dict.fromkeys(["台币", "nt$", "twd"], "TWD"),
    **dict.fromkeys(["澳门币", "mop"], "MOP"),
    "吉尔吉斯斯坦索姆": "KGS",
    "乌兹别克斯坦苏姆": "UZS",
}

# 十 and 十亿 are handled as Chinese numerals: 五十亿 is 五十 times 亿. “mm” is left
# out, as only bankers read it as a million.
_SCALES = {
    "百": 10**2,
    "千": 10**3,
    "万": 10**4,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
    "百亿": 10**10,
    "千亿": 10**11,
    "万亿": 10**12,
    **dict.fromkeys(["k", "thousand"], 10**3),
    **dict.fromkeys(["m", "mn", "mln", "mio", "million"], 10**6),
    **dict.fromkeys(["b", "bn", "bln", "billion"], 10**9),
    **dict.fromkeys(["tn", "trn", "trillion"], 10**12),
}

# “近” and “nearly” mean slightly less. They count as "about", not as "at most":
# they are used to impress, not to state a limit.
_QUALIFIERS = {
    (BEFORE, _AT_LEAST): [
        *["超", "超过", "超出", "逾", "突破", "高于", "大于", "多于", "不低于", "不少于"],
        *["不小于", "至少", "最少", "最低", ">", ">=", "≥", "more than", "greater than", "over"],
        *["above", "exceeding", "in excess of", "upwards of"],
    ],
    (BEFORE, _ABOUT): [
        *["约", "约为", "大约", "大概", "近", "将近", "接近", "~", "≈", "c.", "ca.", "circa"],
        *["some", "nearly", "almost", "close to"],
    ],
    (BEFORE, _AT_MOST): [
        *["不超过", "不高于", "不大于", "不多于", "至多", "最多", "最高", "低于", "少于", "小于"],
        *["<", "<=", "≤", "up to", "no more than", "not more than", "not exceeding", "under"],
        *["below", "less than"],
    ],
    (BEFORE, Qualifier.EXACT): ["正好", "恰好"],
    (AFTER, _AT_LEAST): ["以上", "及以上", "余", "多", "+", "or more", "and more", "or above"],
    (AFTER, _ABOUT): ["左右", "上下", "or so"],
    (AFTER, _AT_MOST): ["以下", "及以下", "以内", "之内", "or less", "or below"],
    (AFTER, Qualifier.EXACT): ["整"],
    (EITHER, _AT_LEAST): ["at least", "no less than", "not less than", "minimum", "min", "min."],
    (EITHER, _ABOUT): ["about", "approximately", "approx", "approx.", "around", "roughly"],
    (EITHER, _AT_MOST): ["at most", "maximum", "max", "max."],
    (EITHER, Qualifier.EXACT): ["exactly"],
}

_RANGES = ["-", "–", "—", "至", "到", "to", "and"]

# Lower-case word to its kind and meaning: an ISO code, a Qualifier, or a power of ten.
WORDS: dict[str, tuple[str, str | int]] = {
    **{word: (CURRENCY, code) for word, code in _CURRENCIES.items()},
    YUAN_OR_YEN: (CURRENCY, YUAN_OR_YEN),
    **{word: (SCALE, value) for word, value in _SCALES.items()},
    **{
        word: (kind, qualifier)
        for (kind, qualifier), words in _QUALIFIERS.items()
        for word in words
    },
    **{word: (RANGE, word) for word in _RANGES},
}

# A dash is not included, as it means zero in accounts; nor is "to be determined",
# which means that nothing has been agreed.
UNDISCLOSED = frozenset(
    [
        *["undisclosed", "not disclosed", "not published", "not available", "unknown"],
        *["confidential", "n/a", "未披露", "未公开", "未公布", "未透露", "未知", "不详"],
        *["保密", "暂无"],
    ]
)

# Traditional characters and financial numerals.
SIMPLIFIED = str.maketrans(
    "萬億圓圆餘約過於幣歐鎊韓盧堅壹贰貳叁參肆伍陆陸柒捌玖拾佰仟〇两兩",
    "万亿元元余约过于币欧镑韩卢坚一二二三三四五六六七八九十百千零二二",
)

NUMERALS = {numeral: value for value, numeral in enumerate("零一二三四五六七八九")}
NUMERAL_SCALES = {"十": 10, "百": 100, "千": 1000}
