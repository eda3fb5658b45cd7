"""A small register with a project for each way in which one can differ from the others."""

from datetime import date
from decimal import Decimal

from tests.factories import make_project, make_receipt
from tests.helpers.strategies import make_surroundings

# By filter, basis and combinations of them.
QUERIES = [
    "",
    "area=a1",
    "area=a1&area=none",
    "sector=s1",
    "sector=s1&sector=s2",
    "sector=s3&sector=none",
    "sector=s1&sector_also=s2",
    "stage=signed&stage=terminated",
    "stage=intended",
    "enterprise=e1",
    "enterprise=none",
    "lead=e2&lead=none",
    "origin=KZ",
    "origin=none",
    "currency=USD",
    "currency=EUR",
    "source=press",
    "source=none",
    "disclosed=true",
    "disclosed=false",
    "amount_min=100&amount_max=5000万",
    "amount_max=0",
    "signed_after=2023-01-01",
    "signed_before=2023-01-15",
    "year=2022",
    "year=none",
    "month=2023-01&month=2023-11",
    "updated_after=2000-01-01",
    "updated_before=2000-01-01T00:00:00Z",
    "received_after=2023-01-01",
    "received_after=2023-01-01&received_before=2023-01-31",
    "search=棉纱",
    "search=mian&area=a1",
    "basis=contracted",
    "basis=contracted&sector=s2&disclosed=true",
    "basis=intended&year=2023",
    "basis=received",
    "basis=received&year=2023",
    "basis=received&month=2023-02&month=2022-12",
    "basis=received&received_before=2022-12-31&sector=s1",
    "area=a2&sector=s1&stage=operating&currency=CNY&disclosed=true",
]


def make_varied_register() -> None:
    around = make_surroundings()
    s1, s2, s3 = around.sectors
    _none, a1, a2 = around.areas
    _none, e1, e2 = around.leads
    press, office = around.sources
    make_project(code="plain", name="Cotton yarn", name_zh="喀什棉纱", area=a1, sectors=[s1])
    make_project(
        code="shared",
        area=a1,
        enterprise=e1,
        sectors=[(s1, Decimal("33.33")), (s2, Decimal("66.67"))],
        amount=Decimal("99999999999999.99"),
        sources=[press, office],
    )
    assumed = make_project(
        code="assumed",
        area=a2,
        enterprise=e2,
        partners=[e1],
        sectors=[s1, s2, s3],
        amount=Decimal("100.00"),
        stage="operating",
        signed_on=date(2022, 12, 31),
        qualifier="at_least",
    )
    make_project(code="silent", area=a1, sectors=[s3, s1], amount=None, sources=[press])
    dollars = make_project(
        code="dollars",
        enterprise=e2,
        sectors=[s2],
        amount=Decimal("1000000.01"),
        currency="USD",
        signed_on=date(2023, 1, 15),
        qualifier="about",
    )
    make_project(code="no-rate", amount=Decimal("5.00"), currency="EUR", sectors=[s2, s3])
    make_project(
        code="too-large",
        amount=Decimal("99999999999999.99"),
        currency="USD",
        signed_on=date(2023, 1, 15),
        enterprise=e1,
    )
    make_project(code="undated", signed_on=None, amount=Decimal("0.00"), area=a2, sectors=[s3])
    make_project(
        code="wish",
        stage="intended",
        signed_on=None,
        intended_on=date(2023, 1, 20),
        amount=Decimal("33.34"),
        currency="USD",
        area=a1,
        sectors=[s1, s2],
    )
    make_project(code="vague", stage="intended", signed_on=None, amount=None, sectors=[s3])
    gone = make_project(code="gone", stage="terminated", amount=Decimal("8.00"), sectors=[s1])
    make_receipt(assumed, Decimal("10.01"), received_on=date(2022, 12, 31))
    make_receipt(assumed, Decimal("-4.00"), received_on=date(2023, 1, 1))
    make_receipt(dollars, Decimal("0.07"), currency="USD", received_on=date(2023, 2, 1))
    make_receipt(dollars, Decimal("9.99"), currency="EUR", received_on=date(2023, 2, 1))
    make_receipt(gone, Decimal("2.00"), received_on=date(2023, 2, 28))
