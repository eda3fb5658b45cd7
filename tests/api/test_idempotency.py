"""A POST that carries a key is done once, however often it arrives."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from projects.models import IdempotentResponse, Project, Zone
from tests.api.test_read import NOUNS, make_one_of
from tests.factories import make_project, make_user

pytestmark = pytest.mark.django_db

BULK = "/api/v1/projects/bulk/"
ONE = "/api/v1/projects/"
P = {"code": "p", "name": "P"}


def post(client, address, body, key="k", **extra):
    return client.post(address, body, format="json", headers={"Idempotency-Key": key}, **extra)


@pytest.mark.parametrize(("address", "body", "status"), [(BULK, [P], 200), (ONE, P, 201)])
def test_the_same_request_again_gets_the_same_answer_and_writes_nothing(
    office, address, body, status
):
    first = post(office, address, body)
    Project.objects.get().delete()

    again = post(office, address, body)

    assert first.status_code == again.status_code == status
    assert first.content == again.content
    assert first.get("Location") == again.get("Location")
    assert not Project.objects.exists()


@pytest.mark.parametrize("noun", NOUNS)
def test_every_model_honours_the_key(office, noun):
    record = make_one_of(noun)
    address = f"/api/v1/{noun}/"
    body = office.get(f"{address}{getattr(record, 'code', record.pk)}/").json()
    body |= {"code": "another"} if "code" in body else {}
    body |= {"quoted_on": "2023-01-01"} if noun == "rates" else {}
    before = type(record).objects.count()

    first, again = post(office, address, body), post(office, address, body)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert type(record).objects.count() == before + 1


def test_without_a_key_a_request_is_done_each_time(office):
    make_project(code="p")

    for _ in range(2):
        assert office.post(ONE, P, format="json").status_code == 409
    assert not IdempotentResponse.objects.exists()


@pytest.mark.parametrize(
    ("address", "body"),
    [
        (ONE, {"code": "p", "name": "Q"}),
        (ONE, {"name": "P", "code": "p"}),
        (f"{ONE}?format=json", P),
        ("/api/v1/zones/", P),
        (BULK, [P]),
    ],
)
def test_another_request_under_the_same_key_is_refused(office, address, body):
    post(office, ONE, P)

    answer = post(office, address, body)

    assert (answer.status_code, list(answer.json())) == (422, ["detail"])
    assert (Project.objects.get().name, Zone.objects.exists()) == ("P", False)


def test_a_trial_is_another_request_than_the_write(office):
    trial = post(office, f"{BULK}?dry_run=true", [P])

    assert (trial.json()["created"], Project.objects.exists()) == (1, False)
    assert post(office, BULK, [P]).status_code == 422
    assert post(office, BULK, [P], "another").status_code == 200
    assert Project.objects.exists()


@pytest.mark.parametrize(
    ("address", "bad", "good"),
    [(ONE, {**P, "stage": "begun"}, P), (BULK, [{**P, "stage": "begun"}], [P])],
)
def test_a_refused_request_can_be_mended_under_the_same_key(office, address, bad, good):
    refused = post(office, address, bad)

    assert refused.status_code == 400
    assert not IdempotentResponse.objects.exists()
    assert post(office, address, good).status_code in (200, 201)
    assert Project.objects.get().code == "p"


def test_a_key_is_its_users_own(office, client_of):
    other = client_of(make_user("superuser"))

    post(office, ONE, P)

    assert post(other, ONE, {"code": "q", "name": "Q"}).status_code == 201


def test_a_stored_answer_is_for_those_who_may_still_write(client_of):
    user = make_user("clerk")
    client = client_of(user)
    assert post(client, ONE, P).status_code == 201
    user.groups.get().permissions.clear()

    assert post(client, ONE, P).status_code == 403


def test_visitors_claim_no_key(visitor):
    assert post(visitor, ONE, P).status_code == 401
    assert not IdempotentResponse.objects.exists()


@pytest.mark.parametrize("key", ["", " ", "k" * 201, "é", "a\tb", "\x00", "键"])
def test_a_key_that_is_none_is_refused(office, key):
    answer = office.post(ONE, P, format="json", HTTP_IDEMPOTENCY_KEY=key.encode().decode("latin-1"))

    assert (answer.status_code, list(answer.json())) == (400, ["Idempotency-Key"])
    assert not Project.objects.exists()


@pytest.mark.parametrize("key", ["k", "k" * 200, "a b", "8e03978e-40d5-43e8-bc93-6894a57f9324"])
def test_valid_keys(office, key):
    assert [post(office, ONE, P, key).status_code for _ in range(2)] == [201, 201]


def test_a_body_that_cannot_be_read_claims_nothing(office):
    answer = office.post(
        ONE, b"{", content_type="application/json", headers={"Idempotency-Key": "k"}
    )

    assert answer.status_code == 400
    assert not IdempotentResponse.objects.exists()


def test_a_key_is_free_again_after_a_day_and_what_expired_is_cleared(office, client_of):
    post(office, ONE, P)
    post(client_of(make_user("superuser")), ONE, {"code": "other", "name": "O"})
    IdempotentResponse.objects.update(created_at=timezone.now() - timedelta(hours=23, minutes=59))
    assert post(office, ONE, P).status_code == 201
    IdempotentResponse.objects.update(created_at=timezone.now() - timedelta(hours=24, seconds=1))

    answer = post(office, ONE, {"code": "q", "name": "Q"})

    assert answer.status_code == 201
    assert IdempotentResponse.objects.get().headers["Location"].endswith("/projects/q/")


def test_a_stored_response_is_not_set_by_other_headers(office):
    post(office, BULK, [P])

    assert "content-type" not in {name.lower() for name in IdempotentResponse.objects.get().headers}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("address", "body"), [(BULK, [P]), (ONE, P)])
def test_of_two_at_once_one_writes_and_both_get_its_answer(office, address, body):
    if connection.vendor == "sqlite":
        pytest.skip("the database is in memory, which is one connection's own")
    barrier, answers = Barrier(4), []

    def ask():
        barrier.wait()
        try:
            answers.append(post(office, address, body))
        finally:
            connection.close()

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {answer.status_code for answer in answers} == {200 if address == BULK else 201}
    assert len({answer.content for answer in answers}) == 1
    assert Project.objects.get().history.count() == 1
