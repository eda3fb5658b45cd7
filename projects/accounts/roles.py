"""The roles of an office, each a group with its permissions: who may do what.

`docs/access.md` says it as a table. The groups are made once, by a migration:
what an office gives them or takes from them afterwards stays.
"""

from __future__ import annotations

from typing import Any

from projects.models.registry import register_models, reviewed_models

REVIEWED = tuple(model._meta.model_name for model in reviewed_models())
# Not reviewed: for reviewers and administrators alone.
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
    """Make the groups that are missing, with their permissions; `apps` as in a migration.

    Django makes permissions after all migrations have run: those that are not
    there yet are made here, as it would make them.
    """
    for name, granted in ROLES.items():
        group, is_new = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        if is_new:
            group.permissions.set(
                _permission(apps, action, model)
                for model, actions in granted.items()
                for action in actions
            )


def _permission(apps: Any, action: str, model: str) -> Any:
    app = "auth" if model == "group" else "projects"
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
