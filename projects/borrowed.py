"""What libraries say on our pages and have no Chinese for: named here to be collected.

Our catalogue is asked before theirs, so that it fills their gaps.
"""

from projects.wording import gettext_noop

OF_THE_ADMIN = (
    gettext_noop("Model name"),
    gettext_noop("Add link"),
    gettext_noop("Change or view list link"),
    gettext_noop("After you’ve created a user, you’ll be able to edit more user options."),
)
