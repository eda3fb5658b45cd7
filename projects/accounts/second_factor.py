"""The second factor: a code from somebody's own device, or one of ten on paper."""

from __future__ import annotations

import io
import re
import unicodedata
from base64 import b32encode
from enum import StrEnum
from typing import Any

import segno
from django.conf import settings
from django.db import transaction
from django_otp.plugins.otp_totp.models import TOTPDevice

from projects.accounts import audit_log
from projects.models import RecoveryCode

from .audit_log import Action, subject_of


class Required(StrEnum):
    """Who must have a second factor; the setting `REQUIRE_SECOND_FACTOR`."""

    NONE = "none"
    SUPERUSERS = "superusers"
    STAFF = "staff"


def is_required(user: Any) -> bool:
    """Whether the site wants a second factor of this user."""
    match settings.REQUIRE_SECOND_FACTOR:
        case Required.STAFF:
            return user.is_staff or user.is_superuser
        case Required.SUPERUSERS:
            return user.is_superuser
    return False


def is_lacking(user: Any) -> bool:
    """Whether this user must set one up before anything else. At most one query."""
    return is_required(user) and not is_set_up(user)


def is_set_up(user: Any) -> bool:
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


# --- Setting up ----------------------------------------------------------------


@transaction.atomic
def begin(user: Any) -> None:
    """A new secret, which holds nothing before it is confirmed by a code."""
    TOTPDevice.objects.filter(user=user, confirmed=False).delete()
    TOTPDevice.objects.create(user=user, name="authenticator", confirmed=False)


def begun(user: Any) -> TOTPDevice | None:
    """What was begun and waits for its first code."""
    return TOTPDevice.objects.filter(user=user, confirmed=False).first()


def secret_of(device: TOTPDevice) -> str:
    """The secret as people type it into a device: in groups of four."""
    text = b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(re.findall(".{1,4}", text))


def picture_of(device: TOTPDevice) -> bytes:
    """The secret as a QR code, in SVG; dark on white whatever the page's colours."""
    file = io.BytesIO()
    segno.make(device.config_url, error="m").save(file, kind="svg", scale=5, border=4, light="#fff")
    return file.getvalue()


@transaction.atomic
def confirm(user: Any, code: str) -> list[str] | None:
    """Take the device whose first code this is; returns the recovery codes, told only here.

    None where the code does not hold. Ends every session: they were begun without it.
    """
    device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=False).first()
    if device is None or not _holds(device, code):
        return None
    TOTPDevice.objects.filter(user=user).exclude(pk=device.pk).delete()
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    codes = RecoveryCode.objects.make_anew(user)
    audit_log.log(Action.SECOND_FACTOR_SET_UP, subject=subject_of(user))
    user.end_sessions()
    return codes


# --- Using and removing it -----------------------------------------------------


@transaction.atomic
def verify(user: Any, code: str) -> str | None:
    """Which kind of code this is, or None. No code holds twice, nor for two at once."""
    device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=True).first()
    if device is None:
        return None
    if _holds(device, code):
        return "code"
    if RecoveryCode.objects.use_up(user, code):
        audit_log.log(Action.RECOVERY_CODE_USED, user=user, subject=subject_of(user))
        return "recovery code"
    return None


def _holds(device: TOTPDevice, code: str) -> bool:
    digits = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", code))
    return bool(re.fullmatch("[0-9]{6}", digits)) and device.verify_token(digits)


def make_codes(user: Any) -> list[str]:
    """Ten new recovery codes, told only here; the old ones hold no more."""
    codes = RecoveryCode.objects.make_anew(user)
    audit_log.log(Action.RECOVERY_CODES_MADE, subject=subject_of(user))
    return codes


@transaction.atomic
def remove(user: Any) -> bool:
    """Take the second factor away; whether there was one."""
    found = TOTPDevice.objects.filter(user=user, confirmed=True).exists()
    TOTPDevice.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    if found:
        audit_log.log(Action.SECOND_FACTOR_REMOVED, subject=subject_of(user))
    return found
