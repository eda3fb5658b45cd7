from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from . import (  # Each registers its models.
    area,
    audit,
    batch,
    enterprise,
    headline,
    project,
    rate,
    receipt,
    sector,
    source,
    token,
    user,
    zone,
)

admin.site.site_header = _("Investment register")
admin.site.site_title = _("Investment register")
admin.site.index_title = _("Data entry")
