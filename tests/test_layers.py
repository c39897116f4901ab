"""That what `make lint` enforces about imports is enforced: the checks bite."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from .hosts import ROOT

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]

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
def test_only_the_adapter_imports_saleor(code: str) -> None:
    assert "TID251" in ruff_on(code, file="saleor_customer_plus/customers/queries.py")
    assert "TID251" not in ruff_on(code, file="saleor_customer_plus/saleor_adapter/host.py")


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
        ("activity/services.py", "from ..records import models", "Imports run downhill"),
        ("records/email.py", "from .. import tasks", "Imports run downhill"),
        ("records/sources.py", "from ..ledger import models", "Imports run downhill"),
        ("plugin.py", "import graphene", "Only the API speaks GraphQL"),
    ],
)
def test_an_import_uphill_is_told(copy: Path, file: str, line: str, broken: str) -> None:
    with (copy / "saleor_customer_plus" / file).open("a") as module:
        module.write(f"\n{line}\n")
    done = imports_linted(copy)
    assert done.returncode == 1
    assert f"{broken} BROKEN" in done.stdout


def test_a_new_package_has_to_be_given_its_place(copy: Path) -> None:
    (copy / "saleor_customer_plus" / "new_package.py").touch()
    done = imports_linted(copy)
    assert done.returncode == 1
    assert "new_package" in done.stdout


def test_all_but_the_api_and_the_adapter_are_kept_from_graphql() -> None:
    contract = next(one for one in CONTRACTS if one["type"] == "forbidden")
    listed = {module.rpartition(".")[2] for module in contract["source_modules"]}
    package = ROOT / "saleor_customer_plus"
    there = {path.stem for path in package.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert there - listed == {"__init__", "api", "migrations", "saleor_adapter"}


API = sorted((ROOT / "saleor_customer_plus" / "api").rglob("*.py"))


@pytest.mark.parametrize("file", API, ids=lambda file: str(file.relative_to(API[0].parent)))
def test_no_module_of_the_api_hides_an_import(file: Path) -> None:
    """Neither within a function nor as a text: `api.core.back_references` is for types that refer to one another."""
    tree = ast.parse(file.read_text())
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    late = [node.lineno for one in functions for node in ast.walk(one) if isinstance(node, ast.Import | ast.ImportFrom)]
    dotted = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and str(node.value).startswith("saleor_customer_plus.api.")
    ]
    assert (late, dotted) == ([], [])
