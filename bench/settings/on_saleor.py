"""A real Saleor as in production, on the database that the benchmark made for this run."""

import os

# Saleor reads these while its settings are imported. DEBUG would keep every statement in memory.
os.environ.setdefault("DEBUG", "False")
os.environ.setdefault("ALLOWED_CLIENT_HOSTS", "localhost")
os.environ.setdefault("ALLOWED_HOSTS", "localhost,127.0.0.1,testserver")
os.environ.setdefault("PUBLIC_URL", "http://localhost:8000")

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from saleor.settings import *  # noqa: F403, TID251

from .database import use_scratch

use_scratch(DATABASES)  # noqa: F405

# A cache of the process, as Saleor has where no other is configured; nothing of a run before.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "TIMEOUT": 604800}}
LOGGING["root"]["level"] = "ERROR"  # type: ignore[name-defined]  # noqa: F405

# Tokens are read in the process that made them: a key for each process will do.
RSA_PRIVATE_KEY = (
    rsa.generate_private_key(public_exponent=65537, key_size=2048)
    .private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    .decode()
)
