import pytest
from rest_framework.test import APIClient

from projects.models import ApiToken
from tests.factories import make_user


@pytest.fixture
def client_of():
    """Makes a client that sends a key of `user`."""

    def make(user, **fields):
        _token, key = ApiToken.objects.issue(user, "test", **fields)
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Token {key}")
        client.default_format = "json"
        return client

    return make


@pytest.fixture
def visitor():
    return APIClient()


@pytest.fixture
def clerk(client_of):
    return client_of(make_user("clerk"))
