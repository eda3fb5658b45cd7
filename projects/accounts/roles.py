"""The roles: groups and their permissions, of which `docs/access.md` has the table.

A migration creates the groups once. Permissions that administrators add or remove
afterwards are kept.
"""

from __future__ import annotations

from typing import Any

from projects.models.registry import register_models, reviewed_models

REVIEWED = tuple(model._meta.model_name for model in reviewed_models())
# Not reviewed: only reviewers and administrators write them.
FOUNDATIONS = tuple(
    model._meta.model_name for model in register_models() if model not in reviewed_models()
)
WRITING = ("add", "change", "delete")

_VIEWER = dict.fromkeys((*REVIEWED, *FOUNDATIONS), ("view",))
_CLERK = {
    **_VIEWER,
    **dict.fromkeys(REVIEWED, ("view", *WRITING)),
    # Their own keys only.
    "apitoken": ("view", *WRITING),
}
_REVIEWER = {
    **_CLERK,
    **dict.fromkeys(REVIEWED, ("view", *WRITING, "publish")),
    **dict.fromkeys(FOUNDATIONS, ("view", *WRITING)),
}
_ADMINISTRATOR = {
    **_REVIEWER,
    "user": ("view", *WRITING),
    "group": ("view",),
    "importbatch": ("view",),
    "auditentry": ("view",),
}
# By the name of the group; permissions by model.
ROLES = {
    "viewer": _VIEWER,
    "clerk": _CLERK,
    "reviewer": _REVIEWER,
    "administrator": _ADMINISTRATOR,
}


def make_groups(apps: Any) -> None:
    """Create missing groups with their permissions; `apps` as in a migration.

    Django creates permissions after all migrations have run, so missing ones are
    created here as it would. Models that `apps` does not have yet are left out:
    their migration calls `grant_permissions`.
    """
    for name, granted in ROLES.items():
        group, is_new = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        if is_new:
            for model in granted:
                _grant(apps, group, model)


def grant_permissions(apps: Any, model: str) -> None:
    """Give each role its permissions on a model that is newer than the roles.

    `model` is in lower case, as in ROLES; `apps` as in the migration that
    creates it.
    """
    for group in apps.get_model("auth", "Group").objects.filter(name__in=ROLES):
        _grant(apps, group, model)


def _grant(apps: Any, group: Any, model: str) -> None:
    app = "auth" if model == "group" else "projects"
    if model in apps.all_models[app]:
        actions = ROLES[group.name].get(model, ())
        group.permissions.add(*(_permission(apps, app, action, model) for action in actions))


def _permission(apps: Any, app: str, action: str, model: str) -> Any:
    kind, _new = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label=app, model=model
    )
    verbose = apps.get_model(app, model)._meta.verbose_name_raw
    permission, _new = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=kind,
        codename=f"{action}_{model}",
        defaults={"name": f"Can {action} {verbose}"},
    )
    return permission
