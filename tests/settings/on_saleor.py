"""A real Saleor under test: its own test settings, with our plugin put back.

They stay as strict as they are for Saleor itself: a query on the writer outside `allow_writer` raises, both in a
request and in a Celery task. Nothing is written into the checkout.
"""

import atexit
import shutil
import tempfile

from saleor import settings as production  # noqa: TID251
from saleor.tests.settings import *  # noqa: F403, TID251

# Saleor's tests run without plugins. Ours must have been found by its entry point, as in a merchant's shop.
PLUGINS = [path for path in production.PLUGINS if path.startswith("saleor_customer_plus.")]
if not PLUGINS:
    raise RuntimeError(
        "Saleor did not find the plugin: install the project into this environment (uv pip install --editable .)."
    )

MEDIA_ROOT = PRIVATE_MEDIA_ROOT = tempfile.mkdtemp(prefix="customer-plus-media-")
atexit.register(shutil.rmtree, MEDIA_ROOT, ignore_errors=True)

# A cache of the process: workers of the suite must not read each other's.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "customer-plus"}}
