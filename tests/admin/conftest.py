import pytest

from tests.factories import make_user


@pytest.fixture
def office(client):
    """A client signed in as somebody who may write every noun."""
    client.force_login(make_user("superuser"))
    return client


@pytest.fixture
def administrator(client):
    client.force_login(make_user("superuser"))
    return client
