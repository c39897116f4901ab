"""The stand-in, on the database that the benchmark made for this run."""

from sandbox.settings import *  # noqa: F403

from .database import use_scratch

use_scratch(DATABASES)  # noqa: F405

# Saleor remembers which tokens it has checked; the stand-in checks each again, for half a second.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
