"""Imported files are read-only in the admin."""

import pytest

from projects.imports import batches
from projects.models import ImportBatch
from tests.factories import make_user

pytestmark = pytest.mark.django_db

LIST = "/admin/projects/importbatch/"


def brought(user=None):
    return batches.receive(b"code,name\na,A\n", "list.csv", "projects", user=user)


def test_the_administrator_sees_who_imported_what_and_the_outcome(administrator):
    batch = brought(make_user("superuser"))
    ImportBatch.objects.update(counts={"new": 1, "refused": 2, "made": 0})

    (row,) = administrator.get(LIST).context["cl"].result_list
    page = administrator.get(f"{LIST}{batch.pk}/change/").content.decode()

    assert row == batch
    assert "1 new, 2 refused" in page
    assert f'href="/import/{batch.pk}/"' in page
    assert batch.sha256 in page


def test_nobody_adds_changes_or_deletes_one(administrator):
    batch = brought()
    address = f"{LIST}{batch.pk}/change/"

    assert administrator.get(f"{LIST}add/").status_code == 403
    assert administrator.post(address, {"file_name": "other.csv"}).status_code == 403
    assert administrator.post(f"{LIST}{batch.pk}/delete/", {"post": "yes"}).status_code == 403
    assert "_save" not in administrator.get(address).content.decode()
    assert ImportBatch.objects.get().file_name == "list.csv"


def test_others_see_their_own(client):
    mine, other = (brought(make_user("administrator")) for _ in range(2))
    client.force_login(mine.user)

    assert list(client.get(LIST).context["cl"].result_list) == [mine]
    assert client.get(f"{LIST}{other.pk}/change/").status_code == 302
