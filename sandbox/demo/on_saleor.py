"""`make demo SALEOR=<checkout>`: the same demo on a real Saleor, whose files and environment are left as they are.

The plugin is installed into a folder of ours that is put on the path of Saleor's own interpreter, which so finds its
entry point. The database is a new one, on the server of DATABASE_URL or on a PostgreSQL of the system.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from . import database, system_postgres

ROOT = Path(__file__).resolve().parents[2]
# What the demo imports besides Saleor's environment.
NEEDED = ("django-htmx", "rich", "markdown-it-py", "mdurl", "pygments", "tqdm")
# Saleor's settings read these: they would lead to services that the demo must not touch.
SERVICES = ("CELERY_BROKER_URL", "CLOUDAMQP_URL", "CACHE_URL", "REDIS_URL", "DATABASE_URL_REPLICA", "EMAIL_URL")


def main(checkout: Path) -> int:
    python = checkout / ".venv" / "bin" / "python"
    if not (checkout / "saleor").is_dir() or not python.exists():
        print(f"{checkout} is no checkout of Saleor with its environment in .venv.", file=sys.stderr)
        return 2
    overlay = _install()

    def run(address: str, *arguments: str) -> int:
        environment = _environment(checkout, overlay, address)
        return subprocess.run([str(python), *arguments], cwd=ROOT, env=environment, check=False).returncode

    def migrate(address: str) -> None:
        print("Saleor's migrations take some minutes. They are run once, and copied the next time.", flush=True)
        for target in ([], ["saleor_customer_plus", "zero"]):
            if run(address, "-m", "django", "migrate", "--verbosity=0", *target):
                sys.exit("Saleor could not be migrated.")

    with system_postgres.address() as server:
        template = database.template_for(server, checkout, migrate)
        return run(database.fresh(server, template=template), "-m", "sandbox.demo")


def _install() -> Path:
    overlay = ROOT / ".cache" / "demo-on-saleor"
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--no-deps", "--upgrade"]
    locked = ["--constraint", str(ROOT / "requirements-dev.txt")]
    subprocess.run([*pip, *locked, "--target", str(overlay), *NEEDED, str(ROOT)], check=True)
    return overlay


def _environment(checkout: Path, overlay: Path, address: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in SERVICES}
    return {
        "SECRET_KEY": "of-no-use-but-here",
        **kept,
        "DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "saleor.settings",
        "JWT_TTL_ACCESS": "8 hours",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join((str(overlay), str(checkout))),
    }


if __name__ == "__main__":
    # Ctrl-C is for the program that runs on Saleor; when it has ended, PostgreSQL is to be stopped as well.
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main(Path(sys.argv[1]).expanduser().resolve()))
