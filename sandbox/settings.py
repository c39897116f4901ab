"""Django's settings for the stand-in host, as far as Saleor's own would matter to a plugin."""

from __future__ import annotations

import importlib.metadata
import os
import sys
from datetime import timedelta
from pathlib import Path

from . import postgres

HERE = Path(__file__).resolve().parent
if str(HERE) not in sys.path:
    sys.path.append(str(HERE))  # here is the package named `saleor`

SECRET_KEY = os.environ.get("SECRET_KEY", "sandbox-of-customer-plus-not-for-production")
DEBUG = os.environ.get("DEBUG", "") == "1"
PUBLIC_URL = os.environ.get("PUBLIC_URL", "http://localhost:8000")
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
ROOT_URLCONF = "saleor.urls"
APPEND_SLASH = False
WSGI_APPLICATION = None
MIDDLEWARE = [
    "saleor.core.db.connection.restrict_writer_middleware",
    "django.middleware.common.CommonMiddleware",
]

DATABASE_CONNECTION_DEFAULT_NAME = "default"
DATABASE_CONNECTION_REPLICA_NAME = "replica"
_database = postgres.django_database(postgres.url())
DATABASES = {
    DATABASE_CONNECTION_DEFAULT_NAME: _database,
    # Saleor reads from a replica. Here it is the same database, over a connection of its own.
    DATABASE_CONNECTION_REPLICA_NAME: {**_database, "TEST": {"MIRROR": DATABASE_CONNECTION_DEFAULT_NAME}},
}
DATABASE_ROUTERS = ["saleor.core.db_routers.PrimaryReplicaRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"

AUTH_USER_MODEL = "account.User"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "saleor.permission",
    "saleor.account",
    "saleor.attribute",
    "saleor.channel",
    "saleor.app",
    "saleor.plugins",
    "saleor.product",
    "saleor.order",
    "saleor.payment",
]

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
COUNTRIES_OVERRIDE = {"EU": "European Union", "XK": "Kosovo"}
DEFAULT_MAX_DIGITS = 20
DEFAULT_DECIMAL_PLACES = 3
DEFAULT_CURRENCY_CODE_LENGTH = 3

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "TIMEOUT": 604800}}
MEDIA_ROOT = str(HERE.parent / ".cache" / "media")
MEDIA_URL = "/media/"
PRIVATE_FILE_STORAGE = "saleor.core._storage.PrivateFileSystemStorage"
PRIVATE_MEDIA_ROOT = str(HERE.parent / ".cache" / "private-media")

CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL", "")
CELERY_TASK_ALWAYS_EAGER = not CELERY_BROKER_URL
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_BEAT_SCHEDULE: dict[str, dict[str, object]] = {}

JWT_TTL_ACCESS = timedelta(hours=8)
GRAPHQL_BATCH_MAX_COUNT = 1
GRAPHQL_ALIAS_COUNT_LIMIT = 100
GRAPHQL_MUTATION_COUNT_LIMIT = 4
ALLOW_STOREFRONT_TRAFFIC = True  # in Saleor a setting of the shop

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    # It warns of every task that is run at once for want of a broker.
    "loggers": {"kombu": {"level": "ERROR"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
}

# Plugins that are installed with pip are found by their entry point, whose name is the app's.
PLUGINS: list[str] = []
for _entry_point in importlib.metadata.entry_points(group="saleor.plugins"):
    INSTALLED_APPS.append(_entry_point.name)
    PLUGINS.append(f"{_entry_point.module}.{_entry_point.attr}")
