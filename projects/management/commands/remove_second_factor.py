from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from projects.accounts import second_factor


class Command(BaseCommand):
    help = (
        "Remove the second factor of a user who has lost the device and the recovery codes, if "
        "no administrator can do so in the admin."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("user", help="the user's name")

    def handle(self, *args: Any, **options: Any) -> None:
        users = get_user_model()
        try:
            user = users.objects.get_by_natural_key(options["user"])
        except users.DoesNotExist:
            raise CommandError(
                _("There is no user “%(name)s”.") % {"name": options["user"]}
            ) from None
        if not second_factor.remove(user):
            raise CommandError(
                _("The user “%(name)s” has no second factor.") % {"name": options["user"]}
            )
        self.stdout.write(
            _("The second factor was removed: the password alone is enough to sign in.")
        )
