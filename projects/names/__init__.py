"""What a name is: how two spellings of it are found to be alike. Knows no Django.

A search key holds a name in every form in which somebody may type it: as it is
written, folded; in pinyin; and by the initials of its pinyin. A word is found if
the key contains it, which works alike on both databases and for words of two
characters, which no index of trigrams finds.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Far more than names have. What stands beyond it is not found.
LONGEST_KEY = 20_000

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff〇"
_CHINESE = re.compile(f"[{_HAN}]+")
# Xi'an, Xi’an and Oʻzbekiston are one word each.
_APOSTROPHES = re.compile("['’‘ʻʼ`´]")
# Letters and digits of any script, and the marks that codes and names are made of.
_NOT_A_WORD = re.compile(r"[^\w.&+-]+")
# Chinese has no spaces: those around it come of brackets, or stand before a foreign word.
_BESIDE_CHINESE = re.compile(f" (?=[{_HAN}])|(?<=[{_HAN}]) ")
# Letters that no decomposition takes the stroke or the tie off.
_PLAIN_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})

# Where the dictionary's reading of a place is another word's. Alone it takes 什 for
# that of 什么 and 勒 for "to rein in"; in names from Central Asia they are shi and le.
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
_READ_APART = re.compile("(" + "|".join(sorted(_READINGS, key=len, reverse=True)) + ")")


def normalise(text: str) -> str:
    """Fold what readers do not tell apart: width, case, accents, punctuation, white space.

    中国（新疆）自由贸易试验区 becomes 中国新疆自由贸易试验区, and
    `Xi’an Co., Ltd.` becomes `xian co. ltd.`
    """
    return _BESIDE_CHINESE.sub("", _folded(text))


def unique_form(text: str) -> str:
    """What is compared where a name must be the only one of its kind: without case, width,
    spaces around it or more than one in it, and what has no width. Accents and signs count."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join("".join(c for c in plain if unicodedata.category(c) != "Cf").split())


def _folded(text: str) -> str:
    """`text` folded, its words parted by single spaces."""
    plain = unicodedata.normalize("NFKC", _APOSTROPHES.sub("", text)).casefold()
    marked = unicodedata.normalize("NFKD", plain.translate(_PLAIN_LETTERS))
    bare = "".join(c for c in marked if not unicodedata.combining(c))
    return " ".join(_NOT_A_WORD.sub(" ", unicodedata.normalize("NFC", bare)).split())


def syllables(text: str) -> list[str]:
    """The pinyin of the Chinese characters in `text`, a syllable each, without tones.

    ü is v, as it is typed: 绿 is lv.
    """
    found: list[str] = []
    for run in _CHINESE.findall(text):
        for part in filter(None, _READ_APART.split(run)):
            found += _READINGS[part].split() if part in _READINGS else _dictionary_reading(part)
    return found


@lru_cache(maxsize=10_000)
def _dictionary_reading(text: str) -> tuple[str, ...]:
    """The reading of Chinese characters. Kept, since the names of a register share most words."""
    # Loading the dictionary takes 0.3 s, which most commands can do without.
    from pypinyin import lazy_pinyin

    # What has no known reading is left out: as a character it is in the key already.
    return tuple(syllable for syllable in lazy_pinyin(text, errors="ignore") if syllable)


def pinyin(text: str) -> str:
    """The pinyin of the Chinese characters in `text`, joined: 喀什片区 is kashipianqu."""
    return "".join(syllables(text))


def is_chinese(text: str) -> bool:
    """Whether there is a Chinese character in it."""
    return _CHINESE.search(text) is not None


def spoken(text: str) -> str:
    """`text` with its Chinese in pinyin, each run of it a word: 喀什ABC厂 is kashi ABC chang."""
    return " ".join(_CHINESE.sub(lambda run: f" {pinyin(run[0])} ", text).split())


def initials(text: str) -> str:
    """The first letters of that pinyin: 喀什片区 is kspq."""
    return "".join(syllable[0] for syllable in syllables(text))


def search_key(*texts: str) -> str:
    """What is stored to be searched: each text folded and, of Chinese ones, pinyin and initials.

    A line each, without repetitions, at most 20,000 characters in whole lines;
    no word of a query runs over two lines.
    """
    forms: dict[str, None] = {}
    for text in texts:
        sounds = syllables(text)
        sound = "".join(sounds)
        # Where ü is not typed as v it loses its dots.
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
    """The words of a query, folded as search keys are; every one of them must be found.

    Only an empty query has none: one of mere punctuation is its own word, which no
    key contains, since a question that finds everything would be misread.
    """
    words = list(dict.fromkeys(_folded(query).split()))
    return words or query.split()
