"""The stand-in under test."""

import atexit
import shutil
import tempfile

from sandbox.settings import *  # noqa: F403

MEDIA_ROOT = PRIVATE_MEDIA_ROOT = tempfile.mkdtemp(prefix="customer-plus-media-")
atexit.register(shutil.rmtree, MEDIA_ROOT, ignore_errors=True)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick: a test proves nothing by waiting
