from collections.abc import Callable

import pytest
from django.test import Client

from tests.helpers.page_parser import Element, read


@pytest.fixture
def ask(client: Client) -> Callable[..., Element]:
    """`ask("/projects/", area="kashi")`: the page there, which must answer with `status`."""

    def get(address: str, status: int = 200, **parameters: object) -> Element:
        response = client.get(address, parameters)
        assert response.status_code == status
        return read(response.content.decode())

    return get
