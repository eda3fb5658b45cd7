"""Concurrent API requests: no lost update, no duplicate, no server error."""

from functools import partial

from projects.models import Area, IdempotentResponse, Project, Receipt
from tests.factories import make_area, make_project, make_receipt

PROJECTS = "/api/v1/projects/"
ANY = {"If-Match": "*"}


def statuses(answers):
    return sorted(answer.status_code for answer in answers)


def test_two_that_change_different_fields_lose_nothing(together, programs, rounds):
    one, other = programs(), programs()
    project = make_project(code="p")

    for number in range(rounds(5, 100)):
        note, description = f"note {number}", f"description {number}"
        answers = together(
            [
                partial(one.patch, f"{PROJECTS}p/", {"note": note}, headers=ANY),
                partial(other.patch, f"{PROJECTS}p/", {"description": description}, headers=ANY),
            ]
        )

        project.refresh_from_db()
        assert statuses(answers) == [200, 200]
        assert (project.note, project.description) == (note, description)
        assert project.version == project.history.count() == 1 + 2 * (number + 1)
        assert len({answer["ETag"] for answer in answers}) == 2


def test_of_two_writes_to_one_version_one_is_refused(together, programs, rounds):
    one, other = programs(), programs()
    project = make_project(code="p")

    for number in range(rounds(5, 100)):
        seen = {"If-Match": one.get(f"{PROJECTS}p/")["ETag"]}
        answers = together(
            [
                partial(client.patch, f"{PROJECTS}p/", {"note": f"{number} {name}"}, headers=seen)
                for client, name in ((one, "one"), (other, "other"))
            ]
        )

        written, told = sorted(answers, key=lambda answer: answer.status_code)
        assert (written.status_code, told.status_code) == (200, 412)
        assert told["ETag"] == written["ETag"] == one.get(f"{PROJECTS}p/")["ETag"]
        project.refresh_from_db()
        assert project.note == written.json()["note"]
        assert project.history.count() == number + 2


def test_what_is_deleted_while_it_is_changed_stays_deleted(together, programs, rounds):
    one, other = programs(), programs()

    for number in range(rounds(10, 500)):
        project = make_project(code=f"p-{number}")
        address = f"{PROJECTS}{project.code}/"
        changed, deleted = together(
            [
                partial(one.patch, address, {"note": "Seen."}, headers=ANY),
                partial(other.delete, address, headers=ANY),
            ]
        )

        assert (changed.status_code in (200, 404), deleted.status_code) == (True, 204)
        assert not Project.objects.exists()
        rows = [row.history_type for row in Project.history.filter(id=project.pk)]
        assert rows == (["-", "~", "+"] if changed.status_code == 200 else ["-", "+"])


def test_of_several_that_are_made_with_one_code_one_is(together, programs, rounds):
    clients = [programs() for _ in range(4)]

    for number in range(rounds(5, 200)):
        body = {"code": f"p-{number}", "name": "P"}
        answers = together([partial(client.post, PROJECTS, body) for client in clients])

        assert statuses(answers) == [201, 409, 409, 409]
        assert [list(one.json()) for one in answers if one.status_code == 409] == [["code"]] * 3
        project = Project.objects.get(code=f"p-{number}")
        assert project.history.count() == 1
    assert Project.objects.count() == rounds(5, 200)


def test_one_key_used_by_many_at_once_makes_one_record_and_one_answer(together, programs, rounds):
    clients = [programs() for _ in range(20)]

    for number in range(rounds(1, 20)):
        code = f"p-{number}"
        headers = {"Idempotency-Key": code}
        body = {"code": code, "name": "P"}
        answers = together(
            [partial(client.post, PROJECTS, body, headers=headers) for client in clients]
        )

        assert statuses(answers) == [201] * 20
        assert len({(one.content, one["ETag"], one["Location"]) for one in answers}) == 1
        assert Project.objects.get(code=code).history.count() == 1
    assert IdempotentResponse.objects.count() == rounds(1, 20)


def test_what_is_deleted_while_something_comes_to_refer_to_it(together, programs, rounds):
    one, other = programs(), programs()

    for number in range(rounds(5, 200)):
        area = make_area(code=f"a-{number}")
        body = {"code": f"p-{number}", "name": "P", "area": area.code}
        made, deleted = together(
            [
                partial(one.post, PROJECTS, body),
                partial(other.delete, f"/api/v1/areas/{area.code}/", headers=ANY),
            ]
        )

        # One of the two, by the unique constraint on the reference.
        is_made = made.status_code == 201
        assert deleted.status_code == (409 if is_made else 204)
        assert made.status_code in (201, 400, 409)
        assert Area.objects.filter(code=area.code).exists() == is_made
        assert Project.objects.filter(code=f"p-{number}").exists() == is_made


def test_receipts_that_change_places_wait_for_each_other(together, programs, rounds):
    one, other = programs(), programs()
    projects = [make_project(code="p"), make_project(code="q")]
    receipts = [make_receipt(project) for project in projects]

    for number in range(rounds(5, 100)):
        places = ["q", "p"] if number % 2 == 0 else ["p", "q"]
        answers = together(
            [
                partial(client.patch, f"/api/v1/receipts/{key}/", {"project": to}, headers=ANY)
                for client, key, to in zip(
                    (one, other), [receipt.pk for receipt in receipts], places, strict=True
                )
            ]
        )

        assert statuses(answers) == [200, 200]
        assert [receipt.project.code for receipt in Receipt.objects.order_by("pk")] == places
