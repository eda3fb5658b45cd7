import secrets

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils.translation import gettext as _

from projects.models import (
    AttemptCount,
    AuditEntry,
    RecentWrite,
    RecoveryCode,
    ResetRequest,
    User,
)

# Users of development versions before the first release, whose migrations no longer exist.
FORMER_TABLE_OF_USERS = "auth_user"
# Records of sign-ins and writes, which do not belong to the register.
OUTSIDE_THE_REGISTER = frozenset(
    {AttemptCount, AuditEntry, RecentWrite, RecoveryCode, ResetRequest, User}
)


class Command(BaseCommand):
    help = (
        "Prepare a database for first use: migrate it, load the sample into an empty register, "
        "and add the user admin if there is no user. A second run changes nothing."
    )

    def handle(self, *args, **options) -> None:
        refuse_former_database()
        call_command("migrate", interactive=False, verbosity=0, stdout=self.stdout)
        if is_register_empty():
            call_command("load_sample", stdout=self.stdout)
        users = get_user_model().objects
        if not users.exists():
            password = secrets.token_urlsafe(15)
            users.create_superuser(username="admin", password=password)
            self.stdout.write(
                f"\nUser: admin   Password: {password}\n"
                "It is shown this once. Change it at /accounts/password/, or with\n"
                "  DEBUG=true .venv/bin/python manage.py changepassword admin\n"
            )


def refuse_former_database() -> None:
    """Raise CommandError for a database that no migration leads to this version; changes nothing.

    `migrate` would not notice: the first migration has the name of the former one.
    """
    if FORMER_TABLE_OF_USERS in connection.introspection.table_names():
        raise CommandError(
            _(
                "%(database)s was made by a development version before the first release and "
                "cannot be migrated: back it up, move it away, and run this again."
            )
            % {"database": connection.settings_dict["NAME"]}
        )


def is_register_empty() -> bool:
    """Whether there is no record of any kind, nor the history of a deleted one."""
    return not any(
        model._default_manager.exists()
        for model in apps.get_app_config("projects").get_models()
        if model not in OUTSIDE_THE_REGISTER
    )
