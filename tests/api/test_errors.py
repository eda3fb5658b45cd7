"""What happens when something is wrong that the asker cannot see: always JSON, never silence."""

import pytest
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.http import UnreadablePostError

from projects import history
from projects.serializers.errors import flat

pytestmark = pytest.mark.django_db

ZONE = {"code": "xj", "name": "Xinjiang"}


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OperationalError("database is locked"), 503),
        (InterfaceError("connection already closed"), 503),
        (IntegrityError("overtaken"), 409),
        (DataError("out of range"), 400),
        (RequestDataTooBig(), 413),
        (TooManyFieldsSent(), 400),
        (UnreadablePostError(), 400),
    ],
)
def test_errors_of_the_machinery_have_their_status(office, monkeypatch, error, status):
    def fail(*_args, **_kwargs):
        raise error

    monkeypatch.setattr(history, "save", fail)

    answer = office.post("/api/v1/zones/", ZONE, format="json")

    assert (answer.status_code, list(answer.json())) == (status, ["detail"])
    assert ("Retry-After" in answer) == (status == 503)


def test_a_programming_error_is_not_disguised(office, monkeypatch):
    def fail(*_args, **_kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr(history, "save", fail)

    with pytest.raises(ZeroDivisionError):
        office.post("/api/v1/zones/", ZONE, format="json")


def test_too_many_parameters_are_refused(visitor):
    answer = visitor.get("/api/v1/zones/?" + "a=1&" * 2000)

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/json")


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ({"name": ["Too long."]}, {"name": ["Too long."]}),
        (["Wrong."], {"non_field_errors": ["Wrong."]}),
        (
            {"sectors": [{}, {"share": ["A valid number is required."]}]},
            {"sectors": ["[1].share: A valid number is required."]},
        ),
        ({"sectors": {"non_field_errors": ["No list."]}}, {"sectors": ["No list."]}),
        ({"aliases": {0: ["Too long."]}}, {"aliases": ["[0]: Too long."]}),
    ],
)
def test_messages_are_listed_by_field_with_their_position(detail, said):
    assert flat(detail) == said
