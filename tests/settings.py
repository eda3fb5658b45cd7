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
    "BASE_CURRENCY",
    "TIME_ZONE",
    "API_RATE_ANON",
    "API_RATE_USER",
    "LOG_LEVEL",
    "WEB_CONCURRENCY",
    "PORT",
):
    os.environ.pop(name, None)
os.environ["DEBUG"] = "true"

from ftz_site.settings import *  # noqa: E402, F403

# Real hashing would take most of a test that signs somebody in.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
