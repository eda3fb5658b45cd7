"""Whatever is asked of any address: it answers, and soon, and no fault is ours."""

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
from tests.helpers.site_urls import addresses, filled, make_register, routes

pytestmark = pytest.mark.django_db

PARTS = [
    "/admin/(?!projects)",
    "/admin/projects/[a-m]",
    "/admin/projects/[n-z]",
    "/api/",
    "/(?!a)",
]
# Seconds, which an answer takes at most in a register of a thousand projects.
SLOWEST = 2


@pytest.fixture
def register(rounds):
    if many := rounds(0, 1000):
        call_command("fill", many, verbosity=0)
    return make_register()


@pytest.fixture
def clients(register):
    """A visitor, and somebody who may do anything."""
    office = Client()
    office.force_login(register.user)
    return [Client(), office]


def ask(client, address):
    """The status of an answer that was read to its end, and the seconds that it took."""
    begun = time.perf_counter()
    try:
        answer = client.get(address, follow=True)
        _body = answer.getvalue() if answer.streaming else answer.content
    except Exception as error:
        error.add_note(address[:2000])
        raise
    return answer.status_code, time.perf_counter() - begun


def check(clients, asked, rounds, figure):
    took, statuses = {}, Counter()
    for number, address in enumerate(asked):
        status, seconds = ask(clients[number % 2], address)
        assert status < 500, address[:2000]
        took[address] = seconds
        statuses[status] += 1
    slowest = max(took, key=took.__getitem__)
    figure("answers", dict(statuses))
    figure("slowest answer", f"{took[slowest]:.2f} s, {slowest[:120]}")
    # In the suite nothing is timed: a machine that has much to do is no fault.
    most = rounds(0, SLOWEST)
    assert not most or took[slowest] < most, slowest[:2000]


@pytest.mark.parametrize("part", PARTS)
def test_no_question_makes_a_fault(register, clients, rounds, figure, part):
    chance = random.Random(part)
    found = sorted(one for one in addresses(register).values() if re.match(part, one))
    many = rounds(40, 400)
    paths = [*found * (many // len(found)), *chance.sample(found, many % len(found))]
    chance.shuffle(paths)
    asked = [f"{path}?{next(queries(chance, parameters_of(path)))}" for path in paths]

    check(clients, asked, rounds, figure)


def test_nothing_in_place_of_a_code_or_a_key_makes_a_fault(clients, rounds, figure):
    chance = random.Random("paths")
    parted = sorted(route for route in routes() if "<" in route)
    values = [*RAW, *(quote(text, safe="/") for text in TEXTS)]
    asked = [
        filled(chance.choice(parted), lambda _name: chance.choice(values)).partition("?")[0]
        for _ in range(rounds(40, 400))
    ]

    check(clients, asked, rounds, figure)
