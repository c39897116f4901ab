"""Which host the suite runs in: a real Saleor where one is importable, else the stand-in of the sandbox."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SANDBOX = ROOT / "sandbox"


def _find_host() -> Path:
    """Return the file of the package `saleor` that will be imported, putting the stand-in on the path if need be."""
    spec = importlib.util.find_spec("saleor")
    if spec is None or spec.origin is None:
        sys.path.append(str(SANDBOX))
        importlib.invalidate_caches()
        spec = importlib.util.find_spec("saleor")
    if spec is None or spec.origin is None:
        raise RuntimeError("Neither a Saleor nor the stand-in in sandbox/ is importable.")
    return Path(spec.origin)


ON_SALEOR = SANDBOX not in _find_host().parents

SETTINGS = "tests.settings.on_saleor" if ON_SALEOR else "tests.settings.on_sandbox"


def _keep_bytecode() -> None:
    """Let this process and those that tests start keep bytecode, in `.cache` and never in a checkout of Saleor.

    A run has many processes. Each of them would compile Django, Saleor and the tests again, where the environment says
    PYTHONDONTWRITEBYTECODE.
    """
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.pycache_prefix = os.environ.setdefault("PYTHONPYCACHEPREFIX", str(ROOT / ".cache" / "bytecode"))


def configure() -> None:
    """Set Django up for the host, before pytest imports tests and their helpers, which name its models."""
    _keep_bytecode()
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    import django

    django.setup()
