"""Print, as arguments for pip, what a Saleor's environment lacks for the project's tests.

Run by that environment's Python. Versions that are there are left alone, whatever they are: Saleor pins them.
"""

import importlib.metadata
import json
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent
TEST_TOOLS = ["hypothesis", "pytest", "pytest-django", "pytest-xdist"]


def is_installed(name: str) -> bool:
    try:
        importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def is_ours() -> bool:
    """Whether the project is installed from this very folder, as editable, with all that it asks for."""
    if not is_installed("saleor-customer-plus"):
        return False
    distribution = importlib.metadata.distribution("saleor-customer-plus")
    origin = json.loads(distribution.read_text("direct_url.json") or "{}")
    return (
        origin.get("dir_info", {}).get("editable", False)
        and Path(unquote(urlsplit(origin["url"]).path)) == ROOT
        and all(is_installed(need.split(">")[0].split("=")[0].strip()) for need in distribution.requires or ())
    )


missing = [name for name in TEST_TOOLS if not is_installed(name)]
if not is_ours():
    missing += ["--editable", str(ROOT)]
print(*missing)
