"""Normalisation of names, pinyin and search keys. Does not import Django.

A search key contains a name in all forms in which somebody may type it: normalised,
in pinyin, and as the initials of its pinyin. A search matches if the key contains
each of its words. Unlike a trigram index, this also finds words of two characters,
and it works alike on both databases.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Far longer than names are. Text beyond the limit is not searchable.
LONGEST_KEY = 20_000

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff〇"
_CHINESE = re.compile(f"[{HAN}]+")
# Xi'an, Xi’an and Oʻzbekiston are one word each.
_APOSTROPHES = re.compile("['’‘ʻʼ`´]")
# Words consist of letters and digits of any script, and marks that occur in codes and names.
_NOT_A_WORD = re.compile(r"[^\w.&+-]+")
# Chinese has no spaces: spaces next to it come from brackets or precede a foreign word.
_NEXT_TO_CHINESE = re.compile(f" (?=[{HAN}])|(?<=[{HAN}]) ")
# Letters that Unicode does not decompose into a plain letter and a mark.
_PLAIN_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})

# Place names for which the dictionary has the wrong reading. For single characters it
# takes 什 from 什么 and 勒 as "to rein in"; in Central Asian names they are shi and le.
_READINGS = {
    "什么": "shen me",
    "什": "shi",
    "勒": "le",
    "伽师": "jia shi",
    "都拉塔": "du la ta",
    "长春": "chang chun",
    "长葛": "chang ge",
    "长沙": "chang sha",
    "重庆": "chong qing",
    "朝阳": "chao yang",
    "单县": "shan xian",
    "洪洞": "hong tong",
    "会稽": "kuai ji",
    "监利": "jian li",
    "六合": "lu he",
    "厦门": "xia men",
    "涡阳": "guo yang",
    "浚县": "xun xian",
}
_OWN_READINGS = re.compile("(" + "|".join(sorted(_READINGS, key=len, reverse=True)) + ")")


def normalise(text: str) -> str:
    """Remove differences in width, case, accents, punctuation and white space.

    中国（新疆）自由贸易试验区 becomes 中国新疆自由贸易试验区, and
    `Xi’an Co., Ltd.` becomes `xian co. ltd.`
    """
    return _NEXT_TO_CHINESE.sub("", _folded(text))


def unique_form(text: str) -> str:
    """The form in which names are compared for uniqueness.

    Ignores case, width, invisible characters, and white space except single spaces
    between words. Accents and punctuation count.
    """
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join("".join(c for c in plain if unicodedata.category(c) != "Cf").split())


def _folded(text: str) -> str:
    """`text` normalised, its words separated by single spaces."""
    plain = unicodedata.normalize("NFKC", _APOSTROPHES.sub("", text)).casefold()
    marked = unicodedata.normalize("NFKD", plain.translate(_PLAIN_LETTERS))
    bare = "".join(c for c in marked if not unicodedata.combining(c))
    return " ".join(_NOT_A_WORD.sub(" ", unicodedata.normalize("NFC", bare)).split())


def pinyin_syllables(text: str) -> list[str]:
    """The pinyin syllables of the Chinese characters in `text`, without tones.

    ü is written v, as it is typed: 绿 is lv.
    """
    found: list[str] = []
    for run in _CHINESE.findall(text):
        for part in filter(None, _OWN_READINGS.split(run)):
            found += _READINGS[part].split() if part in _READINGS else _dictionary_reading(part)
    return found


@lru_cache(maxsize=10_000)
def _dictionary_reading(text: str) -> tuple[str, ...]:
    """The reading of Chinese characters. Cached, as the names of a register share most words."""
    # Imported here because loading the dictionary takes 0.3 s.
    from pypinyin import lazy_pinyin

    # Characters without a known reading are left out: the key contains them anyway.
    return tuple(syllable for syllable in lazy_pinyin(text, errors="ignore") if syllable)


def pinyin(text: str) -> str:
    """The pinyin of the Chinese characters in `text`, joined: 喀什片区 is kashipianqu."""
    return "".join(pinyin_syllables(text))


def is_chinese(text: str) -> bool:
    """Whether `text` contains a Chinese character."""
    return _CHINESE.search(text) is not None


def transliterate(text: str) -> str:
    """`text` with each run of Chinese replaced by its pinyin: 喀什ABC厂 is kashi ABC chang."""
    return " ".join(_CHINESE.sub(lambda run: f" {pinyin(run[0])} ", text).split())


def search_key(*texts: str) -> str:
    """The search key of a record: its texts normalised, with pinyin and initials of Chinese ones.

    One form a line, without duplicates, at most 20,000 characters in whole lines.
    Query words contain no line break, so they never match across two forms.
    """
    forms: dict[str, None] = {}
    for text in texts:
        sounds = pinyin_syllables(text)
        sound = "".join(sounds)
        # Some people type u instead of v for ü.
        for form in (
            normalise(text),
            sound,
            sound.replace("v", "u"),
            "".join(syllable[0] for syllable in sounds),
        ):
            if form:
                forms[form] = None
    key = "\n".join(forms)
    return key if len(key) <= LONGEST_KEY else key[: key.rfind("\n", 0, LONGEST_KEY + 1)]


def search_words(query: str) -> list[str]:
    """The words of a query, normalised like search keys; all of them must match.

    Only an empty query has no words. A query of punctuation alone is its own word,
    which no key contains: it finds nothing rather than everything.
    """
    words = list(dict.fromkeys(_folded(query).split()))
    return words or query.split()
