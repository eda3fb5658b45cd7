"""The site's settings, the same wherever the suite runs.

Only the database is taken from the environment: any other value in the
developer's shell would change results.
"""

import os

for name in (
    "SECRET_KEY",
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "CACHE_URL",
    "HSTS_PRELOAD",
    "EMAIL_URL",
    "DEFAULT_FROM_EMAIL",
    "REQUIRE_SECOND_FACTOR",
    "DATA_LICENCE",
    "BASE_CURRENCY",
    "TIME_ZONE",
    "LOG_LEVEL",
    "WEB_CONCURRENCY",
    "PORT",
):
    os.environ.pop(name, None)
os.environ["DEBUG"] = "true"
# A sweep asks more in a minute than a visitor may.
os.environ["API_RATE_ANON"] = os.environ["API_RATE_USER"] = "1000000/s"

from ftz_site.settings import *  # noqa: E402, F403

# Limits too are counted in memory, and not where this machine's own register counts.
MEMORY = "django.core.cache.backends.locmem.LocMemCache"
CACHES = {name: {"BACKEND": MEMORY, "LOCATION": name} for name in ("default", "limits", "pages")}
# Real hashing would take most of a test that signs somebody in.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
