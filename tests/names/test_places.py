import csv
from pathlib import Path

import pytest

from projects.names import places

PROVINCES = Path(__file__).parents[3] / "shared" / "data" / "standards" / "gbt2260_provinces.csv"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("CN-ZJ", "CN-ZJ"),
        ("cn-zj", "CN-ZJ"),
        ("浙江", "CN-ZJ"),
        ("浙江省", "CN-ZJ"),
        ("新疆", "CN-XJ"),
        ("香港", "CN-HK"),
        ("Zhejiang", "CN-ZJ"),
        ("33", "CN-ZJ"),
        ("Kazakhstan", "KZ"),
        ("哈萨克斯坦", "KZ"),
        ("KZ", "KZ"),
        ("Atlantis", None),
        ("", None),
    ],
)
def test_a_place_is_found_by_code_number_or_name(text, code):
    assert places.find_place(text) == code


def test_a_place_is_named_in_both_languages():
    assert places.place_name("CN-ZJ", "en") == "Zhejiang"
    assert places.place_name("CN-ZJ", "zh-hans") == "浙江省"
    assert places.place_name("KZ", "zh-hans") == "哈萨克斯坦"


@pytest.mark.parametrize("code", ["EU", "ZZ", "UN", "XK", "001", "kz", "CN-XX"])
def test_what_is_no_country_or_province_is_no_place(code):
    assert not places.is_place(code)


def test_the_provinces_are_those_of_gbt_2260():
    if not PROVINCES.exists():
        pytest.skip(f"the published list is not here: {PROVINCES.name}")
    with PROVINCES.open(encoding="utf-8-sig") as file:
        published = {row["code"]: row["name"] for row in csv.DictReader(file)}

    # The published list leaves out the three that have country codes of their own.
    apart = {"71": "台湾省", "81": "香港特别行政区", "82": "澳门特别行政区"}
    assert {p.gbt2260: p.name_zh for p in places.PROVINCES} == published | apart
