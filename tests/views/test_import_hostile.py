"""Files that somebody made up to break the pages: refused in a sentence, no error of ours."""

import pytest

from tests.factories import make_user
from tests.helpers.import_pages import bring, mapping_form, page_of, send_mapping, step

pytestmark = pytest.mark.django_db

FILES = {
    "nul key": b'[{"code":"a","name":"A","a\\u0000":1}]',
    "nul value": b'[{"code":"a","name":"A\\u0000b","area":"x\\u0000"}]',
    "surrogate": b'[{"code":"a","name":"A\\ud800b","area":"x\\udc00"}]',
    "surrogate key": b'[{"code":"a","name":"A","x\\ud800":1}]',
    "control": b"code,name,area\na,A\x01,\x02\n",
    "deep": b'[{"code":"a","name":"A","area":' + b"[" * 3000 + b"]" * 3000 + b"}]",
    "long heading": b"code,name," + b"x" * 5000 + b"\na,A,1\n",
    "long value": b"code,name,stage\na,A," + b"s" * 50000 + b"\n",
    "huge number": b'[{"code":"a","name":"A","amount":1e400}]',
    "huge amount": b"code,name,amount\na,A," + b"9" * 400 + b"\n",
    "list value": b'[{"code":["a"],"name":{"x":1}, "area": 5, "sectors": "x", "amount": true}]',
    "emoji": "code,name\n😀,😀\n".encode(),
    "odd heading": 'code,name,"a\nb, “c” <b>"\na,A,1\n'.encode(),
    "empty heading json": b'[{"": 1, "code":"a","name":"A"}]',
    "nothing json": b"[{}]",
    "json list": b"[]",
    "only headings": b"code,name\n",
    "number": b"[1]",
}


@pytest.mark.parametrize("noun", ["projects", "enterprises", "receipts"])
@pytest.mark.parametrize("name", list(FILES))
def test_no_file_causes_a_server_error(client, name, noun):
    client.force_login(make_user("superuser"))
    batch = bring(client, FILES[name], noun)
    if batch.state == "unreadable":
        assert batch.message
        return

    form = mapping_form(client, batch)
    selects = [select.attributes["name"] for select in form.all("select")]
    unsaid = {
        name.replace("-", "_"): "-"
        for name in selects
        if name.startswith("column-")
        and not form.one("select", name=name).all("option", selected="")
    }
    answers = [
        send_mapping(client, batch, **unsaid),
        client.get(f"/import/{batch.pk}/"),
        client.get(f"/import/{batch.pk}/refused.csv"),
        step(client, batch, "approve", partial="true"),
        client.get(f"/import/{batch.pk}/"),
    ]

    assert {answer.status_code for answer in answers} <= {200, 302, 400, 409}


@pytest.mark.parametrize("name", ["nul key", "nul value", "surrogate", "surrogate key"])
def test_invalid_characters_are_refused_with_their_record(client, name):
    client.force_login(make_user("superuser"))

    page = page_of(client, bring(client, FILES[name]))

    assert "Record 1 contains invalid characters" in page.text
