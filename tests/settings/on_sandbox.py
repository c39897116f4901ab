"""The stand-in under test."""

import atexit
import shutil
import tempfile

from sandbox import postgres

# A server of the tests' own, which may lose everything: see `tests.databases`.
postgres.DATA = postgres.ROOT / ".cache" / "postgres-of-tests"

from sandbox.settings import *  # noqa: E402, F403

MEDIA_ROOT = PRIVATE_MEDIA_ROOT = tempfile.mkdtemp(prefix="customer-plus-media-")
atexit.register(shutil.rmtree, MEDIA_ROOT, ignore_errors=True)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick: a test proves nothing by waiting
