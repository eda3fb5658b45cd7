"""Pages that are kept while several write: what was committed is on the next page."""

from django.core.cache import caches
from django.test import Client

from projects import history
from tests.factories import make_project

WRITERS, READERS = 3, 2


def test_no_page_outlives_a_write_that_it_lacks(together, rounds):
    projects = [make_project(name=f"Old {number}") for number in range(WRITERS)]

    def write(number):
        def change():
            for turn in range(rounds(5, 30)):
                projects[number].name = f"Mill no. {turn:02} of {number}"
                history.save(projects[number])
                # The writer sees it while others write and read.
                assert projects[number].name in Client().get("/projects/").content.decode()

        return change

    def read():
        for _turn in range(rounds(10, 60)):
            assert Client().get("/projects/").status_code == 200

    together([*(write(number) for number in range(WRITERS)), *[read] * READERS])

    kept = Client().get("/projects/").content
    caches["pages"].clear()
    assert Client().get("/projects/").content == kept
