from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.accounts import audit_log
from projects.filters.fields import read_day
from projects.models import ApiToken


class Command(BaseCommand):
    help = (
        "Makes a key to the API with a user's rights and prints it, once: only its digest is kept."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("user", help="the user's name")
        parser.add_argument("--name", required=True, help="what the key is for")
        parser.add_argument("--read-only", action="store_true", help="a key that cannot write")
        parser.add_argument(
            "--expires", metavar="DATE", help="the last day on which it holds, such as 2027-12-31"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        users = get_user_model()
        try:
            user = users.objects.get_by_natural_key(options["user"])
        except users.DoesNotExist:
            raise CommandError(
                _("There is no user “%(name)s”.") % {"name": options["user"]}
            ) from None
        if not user.is_active:
            raise CommandError(
                _("The user “%(name)s” is not active, so that no key of theirs would hold.")
                % {"name": options["user"]}
            )
        expires_on = None
        if options["expires"]:
            expires_on = read_day(options["expires"])
            if expires_on is None:
                raise CommandError(
                    _("“%(value)s” is not a date: write 2027-12-31.")
                    % {"value": options["expires"]}
                )
            if expires_on < timezone.localdate():
                raise CommandError(
                    _("%(day)s is past: the key would never hold.") % {"day": expires_on}
                )
        try:
            token, key = ApiToken.objects.issue(
                user, options["name"], read_only=options["read_only"], expires_on=expires_on
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        audit_log.log_token(audit_log.Action.TOKEN_MADE, token)
        self.stdout.write(key)
