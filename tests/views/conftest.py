from collections.abc import Callable

import pytest
from django.test import Client

from projects.models import Sector, User
from tests.factories import make_sector, make_user
from tests.helpers.page_parser import Element, read


@pytest.fixture
def ask(client: Client) -> Callable[..., Element]:
    """`ask("/projects/", area="kashi")`: the page there, which must answer with `status`."""

    def get(address: str, status: int = 200, **parameters: object) -> Element:
        response = client.get(address, parameters)
        assert response.status_code == status
        return read(response.content.decode())

    return get


@pytest.fixture
def office(client: Client) -> User:
    """A user with all permissions, who is signed in."""
    user = make_user("superuser")
    client.force_login(user)
    return user


@pytest.fixture
def clerk() -> User:
    return make_user("clerk")


@pytest.fixture
def reviewer() -> User:
    return make_user("reviewer")


@pytest.fixture
def trade() -> Sector:
    return make_sector(code="trade", name="Trade")
