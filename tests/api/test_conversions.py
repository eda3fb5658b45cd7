from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_project, make_rate, make_receipt

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("noun", ["projects", "receipts"])
def test_queries_do_not_grow_with_converted_records(client, noun):
    make_rate("USD", "CNY", "7.2", date(2023, 11, 1))
    make_rate("USD", "EUR", "0.9", date(2023, 11, 1))

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/api/v1/{noun}/").status_code == 200
        return len(captured)

    for currency in ("USD", "EUR"):
        make_receipt(make_project(currency=currency), currency=currency)
    few = queries()
    for currency in ("USD", "EUR"):
        make_receipt(make_project(currency=currency), currency=currency)

    assert queries() == few
