"""When what somebody holds ends: with their password, their account, or a role that they lose.

Sessions and keys to the API end at once, and it is noted, whether a page, a
command or other code makes the change. Signals, as Django's own models offer
nothing else. `QuerySet.update` sends none: nothing here changes users by it.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib.auth.hashers import is_password_usable
from django.contrib.auth.models import Group, User
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from django.dispatch import receiver

from projects.accounts import audit_log
from projects.models import ApiToken, AreaLimit

from .audit_log import Action
from .sessions import end_sessions

FLAGS = ("is_active", "is_staff", "is_superuser")


def end_all(user: Any, why: str) -> None:
    """End every session and every key to the API of a user."""
    for token in ApiToken.objects.filter(user=user).select_related("user"):
        audit_log.log_token(Action.TOKEN_DELETED, token, why=why)
        token.delete()
    if count := end_sessions(user):
        audit_log.log(Action.SESSIONS_ENDED, subject=subject_of(user), count=count, why=why)


def note_roles(user: Any, **changes: Collection[str] | str) -> None:
    audit_log.log(Action.ROLE_CHANGED, subject=subject_of(user), **changes)


def subject_of(user: Any) -> str:
    return f"users/{user.get_username()}"


# --- What stands in the user's own row -----------------------------------------


@receiver(pre_save, sender=User)
def look_before(instance: Any, raw: bool, update_fields: Any = None, **_: Any) -> None:
    """Keep what the row said; one query where it matters, so none when somebody signs in."""
    watched = {"password", *FLAGS}
    instance._was = None
    if raw or not instance.pk or (update_fields is not None and not watched & set(update_fields)):
        return
    instance._was = User._base_manager.filter(pk=instance.pk).values(*watched).first()
    if instance._was and update_fields is not None:
        # What is not written does not change.
        instance._was |= {
            name: getattr(instance, name) for name in watched.difference(update_fields)
        }
    if instance._was and _is_rehash(instance, update_fields):
        instance._was["password"] = instance.password


def _is_rehash(user: Any, update_fields: Any) -> bool:
    """Whether the same password is only kept in a newer way, as Django does at a sign-in."""
    return (
        update_fields is not None
        and set(update_fields) == {"password"}
        and user._password is None
        and is_password_usable(user.password)
    )


@receiver(post_save, sender=User)
def compare_after(instance: Any, created: bool, raw: bool, **_: Any) -> None:
    if raw:
        return
    if created:
        note_roles(instance, made_as=[name for name in FLAGS if getattr(instance, name)])
        return
    was, instance._was = instance._was, None
    if was is None:
        return
    gained = [name for name in FLAGS if getattr(instance, name) and not was[name]]
    lost = [name for name in FLAGS if was[name] and not getattr(instance, name)]
    if gained or lost:
        note_roles(instance, gained=gained, lost=lost)
    if was["password"] != instance.password:
        audit_log.log(Action.PASSWORD_CHANGED, subject=subject_of(instance))
        end_all(instance, "password")
    elif lost:
        end_all(instance, ", ".join(lost))


@receiver(pre_delete, sender=User)
def end_before_deletion(instance: Any, **_: Any) -> None:
    end_all(instance, "deleted")
    note_roles(instance, lost=["account"])


# --- Groups and permissions ----------------------------------------------------


@receiver(m2m_changed, sender=User.groups.through)
def follow_groups(instance: Any, action: str, reverse: bool, pk_set: Any, **_: Any) -> None:
    if action == "pre_clear":
        instance._cleared = list(instance.user_set.all() if reverse else instance.groups.all())
        return
    if action == "post_clear":
        others = instance.__dict__.pop("_cleared", [])
    elif action in ("post_add", "post_remove"):
        others = list((User if reverse else Group)._base_manager.filter(pk__in=pk_set))
    else:
        return
    pairs = [(one, [instance]) for one in others] if reverse else [(instance, others)]
    for user, groups in pairs:
        names = [group.name for group in groups]
        if action == "post_add" and names:
            note_roles(user, joined=names)
        elif names:
            _left(user, names)


def _left(user: Any, names: list[str]) -> None:
    note_roles(user, left=names)
    end_all(user, "left " + ", ".join(names))


@receiver(pre_delete, sender=Group)
def look_before_deletion(instance: Any, **_: Any) -> None:
    instance._members = list(instance.user_set.all())


@receiver(post_delete, sender=Group)
def follow_deletion(instance: Any, **_: Any) -> None:
    for user in instance.__dict__.pop("_members", []):
        _left(user, [instance.name])


@receiver(m2m_changed, sender=User.user_permissions.through)
@receiver(m2m_changed, sender=Group.permissions.through)
def follow_permissions(instance: Any, action: str, pk_set: Any, model: Any, **_: Any) -> None:
    """Note them only: what somebody may do is asked anew at every request."""
    if action not in ("post_add", "post_remove", "post_clear"):
        return
    subject = f"{instance._meta.model_name}s/{_name_of(instance)}"
    changed = [_name_of(one) for one in model._base_manager.filter(pk__in=pk_set or ())]
    audit_log.log(Action.ROLE_CHANGED, subject=subject, **{action.removeprefix("post_"): changed})


def _name_of(record: Any) -> str:
    """A permission's code, or the name of a user or group."""
    return getattr(record, "codename", str(record))


# --- Areas ---------------------------------------------------------------------


@receiver(post_save, sender=AreaLimit)
def follow_limit(instance: Any, created: bool, raw: bool, **_: Any) -> None:
    """Note it only, as with permissions; a limit that is changed to another area as a new one."""
    if not raw:
        note_roles(instance.user, limited_to=instance.area.code)


@receiver(post_delete, sender=AreaLimit)
def follow_end_of_limit(instance: Any, **_: Any) -> None:
    note_roles(instance.user, no_longer_limited_to=instance.area.code)
