import secrets

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand

from projects.models import (
    AttemptCount,
    AuditEntry,
    RecentWrite,
    RecoveryCode,
    ResetRequest,
    SignedInSession,
)

# What is kept of who came and when, and not of the register.
BESIDE_THE_REGISTER = frozenset(
    {AttemptCount, AuditEntry, RecentWrite, RecoveryCode, ResetRequest, SignedInSession}
)


class Command(BaseCommand):
    help = (
        "Make a database ready for its first visitor: migrate, load the sample into an "
        "empty register, make the user admin where there is no user. Twice changes nothing."
    )

    def handle(self, *args, **options) -> None:
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


def is_register_empty() -> bool:
    """No record of any kind, nor the history of one that somebody removed."""
    return not any(
        model._default_manager.exists()
        for model in apps.get_app_config("projects").get_models()
        if model not in BESIDE_THE_REGISTER
    )
