"""Requests that meet for real: in threads, each with a connection of its own."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from projects.models import ApiToken
from tests.factories import make_user


@pytest.fixture
def database(transactional_db, tmp_path):
    """The database of the test, where several can write to it.

    That of the suite on SQLite is in memory, where one transaction does not wait
    for another but fails: so the register moves to a file for as long.
    """
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    in_memory, name = connection.connection, connection.settings_dict["NAME"]
    with closing(sqlite3.connect(tmp_path / "register.sqlite3")) as file:
        in_memory.backup(file)
    connection.connection = None
    # Other threads read the same settings.
    connection.settings_dict["NAME"] = str(tmp_path / "register.sqlite3")
    yield
    connection.close()
    connection.settings_dict["NAME"] = name
    connection.connection = in_memory


@pytest.fixture
def together(database) -> Callable[[Sequence[Callable[[], Any]]], list[Any]]:
    """Makes calls at once, and gives what came of each in their order."""

    def run(calls: Sequence[Callable[[], Any]]) -> list[Any]:
        barrier = Barrier(len(calls))
        found: list[Any] = [None] * len(calls)

        def make(index: int, call: Callable[[], Any]) -> None:
            barrier.wait()
            try:
                found[index] = call()
            except Exception as error:
                found[index] = error
            finally:
                connection.close()

        threads = [Thread(target=make, args=pair) for pair in enumerate(calls)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        faults = [one for one in found if isinstance(one, Exception)]
        assert not faults, faults
        return found

    return run


@pytest.fixture
def programs(database) -> Callable[[], APIClient]:
    """Makes programs of one office: each call a client of its own, with the same key."""
    _token, key = ApiToken.objects.issue(make_user("superuser"), "races")

    def make() -> APIClient:
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Token {key}")
        client.default_format = "json"
        return client

    return make


@pytest.fixture
def browsers(database) -> list[Client]:
    """Browsers of two clerks who are signed in."""
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(make_user("superuser"))
    return clients
