"""Hostile requests of any address are answered in time and without a server error."""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from urllib.parse import quote

import pytest
from django.core.management import call_command
from django.test import Client

from tests.helpers.hostile_queries import RAW, TEXTS, queries
from tests.helpers.query_parameters import parameters_of
from tests.helpers.selection import CHAOS
from tests.helpers.site_urls import addresses, filled, make_register, routes
from tests.sweeps.test_escaping import PARTS

pytestmark = pytest.mark.django_db

# Seconds: the longest that a response takes in a register of a thousand projects.
SLOWEST = 2


@pytest.fixture(scope="module")
def built_register(module_db):
    if CHAOS:
        call_command("fill", 1000, verbosity=0)
    return make_register()


@pytest.fixture
def clients(office):
    """A visitor and a superuser."""
    return [Client(), office]


def ask(client, address):
    """The status of a response and the seconds until it was read."""
    begun = time.perf_counter()
    try:
        answer = client.get(address, follow=True)
        _body = answer.getvalue() if answer.streaming else answer.content
    except Exception as error:
        error.add_note(address[:2000])
        raise
    return answer.status_code, time.perf_counter() - begun


def check(clients, requests, rounds, figure):
    took, statuses = {}, Counter()
    for number, address in enumerate(requests):
        status, seconds = ask(clients[number % 2], address)
        assert status < 500, address[:2000]
        took[address] = seconds
        statuses[status] += 1
    slowest = max(took, key=took.__getitem__)
    figure("answers", dict(statuses))
    figure("slowest answer", f"{took[slowest]:.2f} s, {slowest[:120]}")
    # Timed under CHAOS=1 only: the machine may be busy.
    most = rounds(0, SLOWEST)
    assert not most or took[slowest] < most, slowest[:2000]


@pytest.mark.parametrize("part", PARTS)
def test_no_query_string_is_a_server_error(register, clients, rounds, figure, part):
    chance = random.Random(part)
    found = sorted(one for one in addresses(register).values() if re.match(part, one))
    many = rounds(40, 400)
    paths = [*found * (many // len(found)), *chance.sample(found, many % len(found))]
    chance.shuffle(paths)
    requests = [f"{path}?{next(queries(chance, parameters_of(path)))}" for path in paths]

    check(clients, requests, rounds, figure)


def test_no_code_or_key_in_an_address_is_a_server_error(clients, rounds, figure):
    chance = random.Random("paths")
    parted = sorted(route for route in routes() if "<" in route)
    values = [*RAW, *(quote(text, safe="/") for text in TEXTS)]
    requests = [
        filled(chance.choice(parted), lambda _name: chance.choice(values)).partition("?")[0]
        for _ in range(rounds(40, 400))
    ]

    check(clients, requests, rounds, figure)
