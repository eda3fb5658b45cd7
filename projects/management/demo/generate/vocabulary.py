"""The material of generated records: words, dates and frequencies."""

from __future__ import annotations

from datetime import date

from projects.models import Qualifier, Stage

NOTE = "Made up for a benchmark; it says nothing about anybody."
FIRST_SIGNING, LAST_SIGNING = date(2020, 1, 1), date(2024, 6, 30)
# The latest date, so that nothing generated is in the future.
LAST_DAY = date(2025, 12, 31)

AREAS = (
    ("Kashi", "喀什片区"),
    ("Urumqi", "乌鲁木齐片区"),
    ("Khorgos", "霍尔果斯片区"),
    ("Lingang", "临港片区"),
    ("Yangpu", "洋浦片区"),
    ("Qianhai", "前海片区"),
    ("Nansha", "南沙片区"),
    ("Dongjiang", "东疆片区"),
    ("Qianwan", "前湾片区"),
    ("Lujiang", "鹭江片区"),
    ("Wolong", "卧龙片区"),
    ("Guangu", "光谷片区"),
)
SECTORS = (
    ("trade", "Trade", "贸易", "F 51–52", "G 46–47"),
    ("logistics", "Logistics", "物流", "G 53–60", "H 49–53"),
    ("electronics", "Electronics", "电子信息", "C 39", "C 26"),
    ("it", "Information technology", "信息技术", "I 63–65", "J 61–63"),
    ("car-parts", "Automobile parts", "汽车零部件", "C 367", "C 2930"),
    ("textiles", "Textiles and garments", "纺织服装", "C 17, 18", "C 13, 14"),
    ("materials", "New materials", "新材料", "", ""),
    ("batteries", "Batteries", "动力电池", "C 38", "C 27"),
    ("food", "Food processing", "农产品加工", "C 13", "C 10"),
    ("medicine", "Medicine", "生物医药", "C 27", "C 21"),
    ("machinery", "Machinery", "装备制造", "C 34", "C 28"),
    ("energy", "Energy", "新能源", "D 44", "D 35"),
)
WORKS = (
    ("industrial park", "产业园"),
    ("logistics port", "物流港"),
    ("factory", "工厂"),
    ("processing base", "加工基地"),
    ("cold chain base", "冷链基地"),
    ("headquarters", "总部"),
    ("research centre", "研发中心"),
    ("trading platform", "交易平台"),
)
SYLLABLES = (
    ("Xing", "兴"),
    ("Da", "达"),
    ("Hua", "华"),
    ("Tai", "泰"),
    ("Rui", "瑞"),
    ("Feng", "丰"),
    ("Yuan", "源"),
    ("Heng", "恒"),
    ("Shun", "顺"),
    ("Jia", "嘉"),
    ("Bo", "博"),
    ("Ming", "明"),
    ("Xin", "鑫"),
    ("Tong", "通"),
    ("An", "安"),
    ("Kai", "凯"),
)
ORIGINS = ("CN-XJ", "CN-ZJ", "CN-JS", "CN-GD", "CN-SH", "CN-SD", "CN-BJ", "KZ", "KG", "UZ", "DE")
# The approximate value of each currency in yuan, and how often projects use it. The tenge
# only has a rate against the dollar, and the yen has none.
CURRENCIES = {
    "CNY": (1.0, 82),
    "USD": (7.0, 8),
    "EUR": (7.7, 4),
    "HKD": (0.9, 3),
    "KZT": (0.0155, 2),
    "JPY": (0.05, 1),
}
QUOTED = (("USD", "CNY"), ("EUR", "CNY"), ("HKD", "CNY"), ("USD", "KZT"))
STAGES = {
    Stage.INTENDED: 15,
    Stage.SIGNED: 25,
    Stage.REGISTERED: 20,
    Stage.CONSTRUCTION: 18,
    Stage.OPERATING: 17,
    Stage.TERMINATED: 5,
}
QUALIFIERS = {
    Qualifier.EXACT: ("", 70),
    Qualifier.AT_LEAST: ("超过", 15),
    Qualifier.ABOUT: ("约", 12),
    Qualifier.AT_MOST: ("不超过", 3),
}
