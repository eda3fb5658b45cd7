"""A link to a new password by e-mail.

A request only leaves a wish, whoever it is for; a worker looks whose it is and
sends the mail. So neither the answer nor its time tells who has an account.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.forms import PasswordResetForm
from django.db import transaction
from django.utils import timezone, translation

from projects.accounts import audit_log
from projects.models import AttemptCount, ResetRequest

from . import lockout
from .audit_log import Action, subject_of
from .client_address import client_network

# After so long nobody waits for the mail any more.
WANTED_FOR = timedelta(hours=1)


def ask(request: Any, email: str) -> None:
    """Leave a wish for a link. Raises LockedOut for an address that asks too often.

    An e-mail address that is asked for too often gets no further mail, which
    nobody is told. The same work, whether or not somebody has it.
    """
    lockout.register_attempt(lockout.RESET_FROM_ADDRESS.key(client_network(request)))
    audit_log.log(Action.PASSWORD_RESET_ASKED, request)
    if AttemptCount.objects.register_attempt(
        [lockout.RESET_OF_EMAIL.key(lockout.normalise_name(email))]
    ).is_exceeded:
        return
    ResetRequest.objects.create(
        email=email, site=site_of(request), language=translation.get_language() or "en"
    )


def site_of(request: Any) -> str:
    """The address that the link begins with: a host that the settings name in so many letters.

    Where they allow any host of a domain, one that a visitor made up must not
    receive somebody's link.
    """
    named = [host for host in settings.ALLOWED_HOSTS if not host.startswith(("*", "."))]
    host = request.get_host()
    if named and not settings.DEBUG and host.rpartition(":")[0] not in named and host not in named:
        host = named[0]
    return f"{request.scheme}://{host}"


def send_waiting() -> int:
    """Send the links that are wished for; returns how many wishes were looked into."""
    seen = 0
    while _send_next():
        seen += 1
    return seen


def _send_next() -> bool:
    with transaction.atomic():
        waiting = ResetRequest.objects.select_for_update(skip_locked=True).order_by("pk")
        wish = waiting.first()
        if wish is None:
            return False
        # Gone before the mail is sent: it may be lost, but never goes out twice.
        wish.delete()
    if timezone.now() - wish.asked_at < WANTED_FOR:
        with translation.override(wish.language):
            _send(wish)
    return True


def _send(wish: ResetRequest) -> None:
    site = urlsplit(wish.site)
    form = Mail({"email": wish.email})
    if form.is_valid():
        form.save(
            domain_override=site.netloc,
            use_https=site.scheme == "https",
            email_template_name="registration/password_reset_email.txt",
            subject_template_name="registration/password_reset_subject.txt",
        )


class Mail(PasswordResetForm):
    """Django's mail to each active user with the address and a password."""

    def send_mail(self, *args: Any, **kwargs: Any) -> None:
        context = args[2] if len(args) > 2 else kwargs["context"]
        audit_log.log(Action.PASSWORD_RESET_SENT, subject=subject_of(context["user"]))
        super().send_mail(*args, **kwargs)
