"""That what `make lint` enforces about imports is enforced: the checks bite."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .hosts import ROOT

pytest.importorskip("ruff", reason="the environment of a real Saleor has other tools")
pytest.importorskip("importlinter", reason="the environment of a real Saleor has other tools")


def ruff_on(code: str, *, file: str) -> str:
    """What ruff says of a file with this text, were it there."""
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format", "concise"]
    done = subprocess.run(
        [*command, "--stdin-filename", file, "-"], cwd=ROOT, input=code, capture_output=True, text=True, check=False
    )
    return done.stdout


@pytest.mark.parametrize(
    "code",
    [
        "from saleor.order.models import Order\n\nprint(Order)\n",
        "import saleor.order\n\nprint(saleor)\n",
        "def late() -> None:\n    from saleor import settings\n\n    print(settings)\n",
    ],
)
def test_nobody_but_the_door_imports_saleor(code: str) -> None:
    assert "TID251" in ruff_on(code, file="saleor_customer_plus/records/queries.py")
    assert "TID251" not in ruff_on(code, file="saleor_customer_plus/host.py")


def imports_linted(tree: Path) -> subprocess.CompletedProcess[str]:
    script = "from importlinter.cli import lint_imports; import sys; sys.exit(lint_imports(no_cache=True))"
    return subprocess.run(
        [sys.executable, "-c", script], cwd=tree, capture_output=True, text=True, check=False, env={"PYTHONPATH": "."}
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The package alone, to be spoilt."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(
        ROOT / "saleor_customer_plus",
        tmp_path / "saleor_customer_plus",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    return tmp_path


def test_imports_run_downhill(copy: Path) -> None:
    done = imports_linted(copy)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("file", "line", "broken"),
    [
        ("activity/actions.py", "from ..records import models", "Imports run downhill"),
        ("records/email.py", "from .. import tasks", "Imports run downhill"),
        ("records/actions.py", "from ..ledger import models", "Lists over the ledger over records"),
        ("plugin.py", "import graphene", "Only the API speaks GraphQL"),
    ],
)
def test_an_import_uphill_is_told(copy: Path, file: str, line: str, broken: str) -> None:
    with (copy / "saleor_customer_plus" / file).open("a") as module:
        module.write(f"\n{line}\n")
    done = imports_linted(copy)
    assert done.returncode == 1
    assert f"{broken} BROKEN" in done.stdout


def test_a_new_room_has_to_be_given_its_place(copy: Path) -> None:
    (copy / "saleor_customer_plus" / "new_room.py").touch()
    done = imports_linted(copy)
    assert done.returncode == 1
    assert "new_room" in done.stdout
