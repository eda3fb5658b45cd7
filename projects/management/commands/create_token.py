from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.accounts import audit_log
from projects.filters.fields import parse_iso_date
from projects.models import ApiToken


class Command(BaseCommand):
    help = "Create an API key for a user and print it once: only its digest is stored."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("user", help="the user's name")
        parser.add_argument("--name", required=True, help="what the key is for")
        parser.add_argument("--read-only", action="store_true", help="a key that cannot write")
        parser.add_argument(
            "--expires", metavar="DATE", help="the last day it is valid, such as 2027-12-31"
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
                _("The user “%(name)s” is inactive, so a key would not work.")
                % {"name": options["user"]}
            )
        expires_on = None
        if options["expires"]:
            expires_on = parse_iso_date(options["expires"])
            if expires_on is None:
                raise CommandError(
                    _("“%(value)s” is not a date: write 2027-12-31.")
                    % {"value": options["expires"]}
                )
            if expires_on < timezone.localdate():
                raise CommandError(
                    _("%(day)s is in the past: the key would never be valid.") % {"day": expires_on}
                )
        try:
            token, key = ApiToken.objects.issue(
                user, options["name"], read_only=options["read_only"], expires_on=expires_on
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        audit_log.log_token(audit_log.Action.TOKEN_MADE, token)
        self.stdout.write(key)
