import pytest
from django.test import Client

from tests.factories import make_user
from tests.helpers.admin_forms import errors, page_of, sent


@pytest.fixture
def office(client):
    """A client signed in as somebody who may write every noun."""
    client.force_login(make_user("superuser"))
    return client


@pytest.fixture
def administrator(client):
    client.force_login(make_user("superuser"))
    return client


@pytest.fixture
def other():
    """Another office, with a browser of her own."""
    client = Client()
    client.user = make_user("superuser", username="gulnara")
    client.force_login(client.user)
    return client


@pytest.fixture
def save(other):
    """The other office opens the page of a record, types some changes and saves."""

    def write(record, **changes):
        address = page_of(record)
        answer = other.post(address, sent(other.get(address), **changes))
        assert answer.status_code == 302, errors(answer)

    return write
