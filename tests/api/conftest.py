import pytest
from rest_framework.test import APIClient

from projects.models import ApiToken
from tests.factories import make_user


class Client(APIClient):
    """A client that sends `If-Match: *` with each write, unless a test gives another value.

    `headers={"If-Match": None}` sends no such header.
    """

    def request(self, **environ):
        if environ.get("REQUEST_METHOD") in ("PUT", "PATCH", "DELETE"):
            environ.setdefault("HTTP_IF_MATCH", "*")
        return super().request(**{name: one for name, one in environ.items() if one is not None})


@pytest.fixture
def client_of():
    """Makes a client that sends a key of `user`."""

    def make(user, **fields):
        _token, key = ApiToken.objects.issue(user, "test", **fields)
        client = Client()
        client.credentials(HTTP_AUTHORIZATION=f"Token {key}")
        client.default_format = "json"
        return client

    return make


@pytest.fixture
def visitor():
    return APIClient()


@pytest.fixture
def office(client_of):
    return client_of(make_user("superuser"))
