"""Places of origin: provinces of China and countries. Does not import Django."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from babel import Locale

from projects.names import normalise


@dataclass(frozen=True)
class Province:
    """A province-level division: ISO 3166-2 code, GB/T 2260 code, names."""

    code: str
    gbt2260: str
    name: str
    name_zh: str


# ISO 3166-2:CN and GB/T 2260 codes. Hong Kong, Macao and Taiwan are divisions of
# GB/T 2260 here, and also have codes in ISO 3166-1.
PROVINCES = tuple(
    Province(*row.split("|"))
    for row in """\
CN-BJ|11|Beijing|北京市
CN-TJ|12|Tianjin|天津市
CN-HE|13|Hebei|河北省
CN-SX|14|Shanxi|山西省
CN-NM|15|Inner Mongolia|内蒙古自治区
CN-LN|21|Liaoning|辽宁省
CN-JL|22|Jilin|吉林省
CN-HL|23|Heilongjiang|黑龙江省
CN-SH|31|Shanghai|上海市
CN-JS|32|Jiangsu|江苏省
CN-ZJ|33|Zhejiang|浙江省
CN-AH|34|Anhui|安徽省
CN-FJ|35|Fujian|福建省
CN-JX|36|Jiangxi|江西省
CN-SD|37|Shandong|山东省
CN-HA|41|Henan|河南省
CN-HB|42|Hubei|湖北省
CN-HN|43|Hunan|湖南省
CN-GD|44|Guangdong|广东省
CN-GX|45|Guangxi|广西壮族自治区
CN-HI|46|Hainan|海南省
CN-CQ|50|Chongqing|重庆市
CN-SC|51|Sichuan|四川省
CN-GZ|52|Guizhou|贵州省
CN-YN|53|Yunnan|云南省
CN-XZ|54|Tibet|西藏自治区
CN-SN|61|Shaanxi|陕西省
CN-GS|62|Gansu|甘肃省
CN-QH|63|Qinghai|青海省
CN-NX|64|Ningxia|宁夏回族自治区
CN-XJ|65|Xinjiang|新疆维吾尔自治区
CN-TW|71|Taiwan|台湾省
CN-HK|81|Hong Kong|香港特别行政区
CN-MO|82|Macao|澳门特别行政区""".splitlines()
)

# Codes in Babel's list that ISO 3166-1 does not assign to a country.
_NO_COUNTRY = frozenset(
    ["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"]
)


@cache
def _countries(language: str) -> dict[str, str]:
    return {
        code: str(name)
        for code, name in Locale.parse(language).territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY
    }


def _language(language: str) -> str:
    return "zh_Hans" if language.lower().startswith("zh") else "en"


@cache
def _provinces() -> dict[str, Province]:
    return {province.code: province for province in PROVINCES}


def is_place(code: str) -> bool:
    """Whether `code` is a province (`CN-ZJ`) or a country (`KZ`), in capitals."""
    return code in _provinces() or code in _countries("en")


def place_name(code: str, language: str) -> str:
    """The name of a place in Chinese (language `zh…`) or English; an unknown code itself."""
    language = _language(language)
    if province := _provinces().get(code):
        return province.name_zh if language == "zh_Hans" else province.name
    return _countries(language).get(code, code)


def all_places() -> list[str]:
    """The codes of all places: provinces first, then countries in the order of their codes."""
    return [*_provinces(), *sorted(_countries("en"))]


_KIND_OF_DIVISION = re.compile("(省|市|(维吾尔|回族|壮族)?自治区|特别行政区)$")


@cache
def _by_name() -> dict[str, str]:
    found: dict[str, str] = {}
    for language in ("en", "zh_Hans"):
        found |= {normalise(name): code for code, name in _countries(language).items()}
    for province in PROVINCES:
        # Provinces are also known without the kind of division, such as 浙江 and 新疆.
        short = _KIND_OF_DIVISION.sub("", province.name_zh)
        for name in (province.name, province.name_zh, short, province.gbt2260):
            found.setdefault(normalise(name), province.code)
    return found


def find_place(text: str) -> str | None:
    """The code of a place, from its code, GB/T 2260 number or name; None if unknown."""
    code = text.strip().upper()
    return code if is_place(code) else _by_name().get(normalise(text))
