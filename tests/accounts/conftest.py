"""A user with a password, and the pages for signing in."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from projects.models import AuditEntry
from tests.factories import make_user

LOGIN, CODE, FACTOR = "/accounts/login/", "/accounts/login/code/", "/accounts/second-factor/"
PASSWORD = "correct horse battery"


@pytest.fixture
def user(db) -> Any:
    return somebody("wang")


def somebody(name: str, role: str = "viewer", **changes: Any) -> Any:
    """A user with a password; the audit log is emptied afterwards."""
    made = make_user(role, username=name, password=PASSWORD, **changes)
    AuditEntry.objects.all().delete()
    return made


@pytest.fixture
def behind_a_proxy(settings) -> None:
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"NUM_PROXIES": 1}


@pytest.fixture
def coming_from(behind_a_proxy) -> Callable[[str], Client]:
    """Creates a client at an IP address, as the proxy reports it."""
    return lambda address: Client(HTTP_X_FORWARDED_FOR=f"203.0.113.1, {address}")


def sign_in(client: Client, name: str = "wang", password: str = PASSWORD, **more: Any) -> Any:
    return client.post(LOGIN, {"username": name, "password": password, **more})


def is_signed_in(client: Client) -> bool:
    return client.get("/accounts/").status_code == 200


def noted() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


class Authenticator:
    """An authenticator; each call of `next` is half a minute later."""

    def __init__(self, device: TOTPDevice) -> None:
        self.totp = TOTP(device.bin_key)
        self.now = time.time()

    def code(self) -> str:
        self.totp.time = self.now
        return f"{self.totp.token():06}"

    def next(self, monkeypatch) -> str:
        self.now += 30
        monkeypatch.setattr("django_otp.plugins.otp_totp.models.time.time", lambda: self.now)
        return self.code()


def wrong(code: str) -> str:
    """A wrong code of as many digits, not valid at any nearby time."""
    return f"{(int(code) + 500_000) % 1_000_000:06}"


def set_up(client: Client) -> tuple[Authenticator, list[str]]:
    """Set up a second factor on the pages; returns the authenticator and the recovery codes."""
    client.post(FACTOR, {"step": "begin"})
    user = client.get(FACTOR).wsgi_request.user
    shown = Authenticator(TOTPDevice.objects.get(user=user, confirmed=False))
    answer = client.post(FACTOR, {"step": "confirm", "password": PASSWORD, "code": shown.code()})
    assert answer.status_code == 200
    return shown, answer.context["codes"]
