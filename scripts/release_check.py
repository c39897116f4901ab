"""Prove that the package can be released: `make release-check`.

Builds sdist and wheel into dist/, checks what is in them, installs the wheel into an empty environment outside the
tree, with what Saleor's environment would provide, and plays the demo from it. Publishes nothing.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import venv
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "saleor_customer_plus"
# What only developers need, wherever it lies.
FORBIDDEN = {"tests", "sandbox", "bench", "scripts", "docs", "__pycache__", ".github"}


def version() -> str:
    """The version, which is written in one place only."""
    (found,) = re.findall(r'^__version__ = "(.+)"$', (ROOT / PACKAGE / "__init__.py").read_text(), re.MULTILINE)
    return str(found)


def expected_files(root: Path = ROOT) -> set[str]:
    """Every file of the package in the tree, as the wheel names it; the migrations come from the top level."""
    package = root / PACKAGE
    found = {
        str(file.relative_to(root))
        for file in package.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and file.suffix != ".pyc"
    }
    return found | {f"{PACKAGE}/{file.relative_to(root)}" for file in (root / "migrations").rglob("*.py")}


def problems_of_wheel(names: set[str], metadata: str, *, expected: set[str]) -> list[str]:
    """What is wrong with a wheel that holds files of these names; nothing if it can be released."""
    shipped = {name for name in names if ".dist-info/" not in name}
    problems = [f"{name} is missing" for name in sorted(expected - shipped)]
    problems += [f"{name} does not belong into the wheel" for name in sorted(shipped - expected)]
    problems += [
        f"{name} is for developers only" for name in sorted(shipped) if FORBIDDEN & set(PurePosixPath(name).parts)
    ]
    for needed in (f"{PACKAGE}/py.typed", f"{PACKAGE}/api/schema.graphql", f"{PACKAGE}/migrations/0001_initial.py"):
        if needed not in shipped:
            problems.append(f"{needed} is missing")
    # Translations are of use only compiled.
    problems += [
        f"{name} is not compiled: run make messages"
        for name in sorted(shipped)
        if name.endswith(".po") and f"{name.removesuffix('.po')}.mo" not in shipped
    ]
    if not any(name.endswith(".dist-info/licenses/LICENSE") for name in names):
        problems.append("the license is missing")
    fields = set(metadata.splitlines())
    for field in ("Name: saleor-customer-plus", f"Version: {version()}"):
        if field not in fields:
            problems.append(f"the metadata does not say {field!r}")
    for field in ("Project-URL: ", "Author: ", "Requires-Python: ", "License-Expression: "):
        if not any(line.startswith(field) for line in fields):
            problems.append(f"the metadata has no {field.strip()!r}")
    return list(dict.fromkeys(problems))


def problems_of_sdist(names: set[str]) -> list[str]:
    """What is wrong with a source distribution that holds files of these names, without their common first folder."""
    problems = [f"{name} is for developers only" for name in sorted(names) if PurePosixPath(name).parts[0] in FORBIDDEN]
    for needed in ("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "migrations/0001_initial.py"):
        if needed not in names:
            problems.append(f"{needed} is missing")
    return problems


def read_wheel(wheel: Path) -> tuple[set[str], str]:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
        (metadata,) = [name for name in names if name.endswith(".dist-info/METADATA")]
        return names, archive.read(metadata).decode()


def read_sdist(sdist: Path) -> set[str]:
    with tarfile.open(sdist) as archive:
        return {member.name.partition("/")[2] for member in archive.getmembers() if member.isfile()}


def run(*command: str | Path, cwd: Path, **environment: str) -> None:
    subprocess.run(command, cwd=cwd, env={**os.environ, **environment}, check=True)


def build(into: Path) -> tuple[Path, Path]:
    """Build the source distribution and the wheel; return their paths."""
    shutil.rmtree(into, ignore_errors=True)
    for target in ("sdist", "wheel"):
        run(sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", into, cwd=ROOT)
    (sdist,) = into.glob("*.tar.gz")
    (wheel,) = into.glob("*.whl")
    return sdist, wheel


def host_requirements() -> list[str]:
    """What Saleor's environment provides, and what the sandbox needs to play Saleor's part."""
    groups: dict[str, list[Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    return [*groups["host"], *groups["sandbox"]]


def try_elsewhere(wheel: Path, folder: Path) -> None:
    """Install the wheel into an empty environment in the folder, and play the demo with nothing else of ours but it."""
    environment = folder / "environment"
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    run(
        *(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
        *("--constraint", ROOT / "requirements-dev.txt", wheel, *host_requirements()),
        cwd=folder,
    )
    shutil.copytree(ROOT / "sandbox", folder / "sandbox", ignore=shutil.ignore_patterns("__pycache__"))
    origin = (
        f"import {PACKAGE}, pathlib, sys; sys.exit(not pathlib.Path({PACKAGE}.__file__).is_relative_to(sys.prefix))"
    )
    run(python, "-c", origin, cwd=folder, PYTHONPATH="")
    run(python, "-m", "sandbox.demo", cwd=folder, PYTHONPATH="", SERVE="0")


def main() -> int:
    sdist, wheel = build(ROOT / "dist")
    problems = [f"{wheel.name}: {each}" for each in problems_of_wheel(*read_wheel(wheel), expected=expected_files())]
    problems += [f"{sdist.name}: {each}" for each in problems_of_sdist(read_sdist(sdist))]
    if f"\n## {version()}" not in (ROOT / "CHANGELOG.md").read_text():
        problems.append(f"CHANGELOG.md has no heading for {version()}")
    if problems:
        print(*problems, sep="\n", file=sys.stderr)
        return 1
    print(f"{wheel.name} and {sdist.name} hold what they should. Installing the wheel elsewhere ...", flush=True)
    with tempfile.TemporaryDirectory(prefix="customer-plus-release-") as folder:
        try_elsewhere(wheel, Path(folder))
    print(f"\n{wheel.name} can be released.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
