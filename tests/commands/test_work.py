import subprocess
import sys

import pytest

from projects.imports import batches
from projects.imports.mapping import mapping_of
from projects.models import BatchState, ImportBatch, Project
from tests.commands.test_imports import run
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def queued(text, name="file.csv"):
    batch = batches.receive(text.encode(), name, "projects", user=make_user("superuser"))
    batches.map_columns(batch, mapping_of(batch.mapping))
    return batch


def test_it_takes_what_waits_in_turn_and_stops_when_nothing_does():
    one, other = queued("code,name\na,A\n"), queued("code,name\nb,B\n")

    out, err, failure = run("work", "--once")

    assert (err, failure) == ("", None)
    assert [line.split(":")[0] for line in out.splitlines()] == [str(one.pk), str(other.pk)]
    assert {batch.state for batch in ImportBatch.objects.all()} == {BatchState.PREVIEWED}


def test_what_was_approved_is_written():
    batch = queued("code,name\na,A\n")
    run("work", "--once")
    batch.refresh_from_db()
    batches.approve(batch)

    run("work", "--once")

    batch.refresh_from_db()
    assert batch.state == BatchState.WRITTEN
    assert Project.objects.get().code == "a"


def test_it_ends_with_the_process_beside_which_it_runs():
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()

    out, _err, failure = run("work", "--while-alive", gone.pid)

    assert (out, failure) == ("", None)
