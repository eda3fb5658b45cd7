import re

import pytest
from django.contrib.auth import get_user_model

from projects.models import ApiToken
from projects.models.api_token import digest_of
from tests.factories import make_user
from tests.helpers.admin_forms import errors, sent

pytestmark = pytest.mark.django_db

LIST = "/admin/projects/apitoken/"
ADD = "/admin/projects/apitoken/add/"


def test_the_key_is_shown_once_and_only_its_digest_kept(administrator):
    owner = make_user("superuser")

    saved = administrator.post(
        ADD,
        sent(administrator.get(ADD), user=owner.pk, name="nightly", read_only="on"),
        follow=True,
    )
    again = administrator.get(LIST)

    [key] = re.findall(r"The key is (\S+)\. Copy", saved.content.decode())
    token = ApiToken.objects.get()
    assert (token.user, token.name, token.read_only) == (owner, "nightly", True)
    assert token.digest == digest_of(key)
    assert key not in again.content.decode()


def test_the_digest_is_never_shown(administrator):
    token, key = ApiToken.objects.issue(make_user("superuser"), "nightly")

    for address in (LIST, f"{LIST}{token.pk}/change/", f"{LIST}{token.pk}/delete/"):
        text = administrator.get(address).content.decode()
        assert "nightly" in text, address
        assert token.digest not in text, address
        assert key not in text, address


def test_a_changed_token_keeps_its_key_and_its_user(administrator):
    token, key = ApiToken.objects.issue(make_user("superuser"), "nightly")
    address = f"{LIST}{token.pk}/change/"

    administrator.post(
        address, sent(administrator.get(address), name="weekly", user=make_user("superuser").pk)
    )

    changed = ApiToken.objects.get()
    assert (changed.name, changed.user, changed.digest) == ("weekly", token.user, digest_of(key))


def test_only_superusers_create_keys_for_others(client):
    boss, me = make_user("superuser"), make_user("clerk")
    ApiToken.objects.issue(boss, "theirs")
    client.force_login(me)

    page = client.get(ADD)
    client.post(ADD, sent(page, name="mine", user=boss.pk))

    assert page.context["adminform"].form.fields["user"].disabled
    assert ApiToken.objects.get(name="mine").user == me
    assert [token.name for token in client.get(LIST).context["cl"].result_list] == ["mine"]


def test_names_of_keys_are_unique_for_each_user(client):
    me = make_user("clerk")
    ApiToken.objects.issue(me, "nightly")
    client.force_login(me)

    refused = client.post(ADD, sent(client.get(ADD), name="nightly"))

    assert errors(refused) == {"name": ["This user has a key of this name."]}
    assert ApiToken.objects.count() == 1


def test_a_key_is_deleted_with_its_user(administrator):
    owner = make_user("superuser")
    ApiToken.objects.issue(owner, "nightly")

    administrator.post(f"/admin/projects/user/{owner.pk}/delete/", {"post": "yes"})

    assert not get_user_model().objects.filter(pk=owner.pk).exists()
    assert not ApiToken.objects.exists()
