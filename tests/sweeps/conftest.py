"""Registers of the sweeps: each is built once per module and worker, and copied for each test."""

from copy import deepcopy

import pytest
from django.test import Client

from tests.helpers.site_urls import make_register
from tests.helpers.varied_register import make_varied_register


@pytest.fixture(scope="module")
def built_register(module_db):
    return make_register()


@pytest.fixture
def register(db, built_register):
    """One record of everything, as `site_urls.Register`."""
    return deepcopy(built_register)


@pytest.fixture
def office(register):
    """A client signed in as a superuser."""
    client = Client()
    client.force_login(register.user)
    return client


@pytest.fixture(scope="module")
def built_varied_register(module_db):
    make_varied_register()


@pytest.fixture
def varied_register(db, built_varied_register):
    """The records of `make_varied_register`."""
