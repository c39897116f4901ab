"""The distribution: how Saleor finds it, what is in it, and that it works where there is nothing but it."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

import saleor_customer_plus
from saleor_customer_plus.plugin import CustomerPlusPlugin

from .hosts import ROOT


def load_script(name: str) -> ModuleType:
    """A script of `scripts/`, which is no package."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


release_check = load_script("release_check")

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
VERSION = saleor_customer_plus.__version__
MIGRATIONS = {
    str(file.relative_to(ROOT / "migrations")): file.read_bytes() for file in (ROOT / "migrations").rglob("*.py")
}


# How Saleor finds it.


def our_entry_point() -> EntryPoint:
    (found,) = [
        entry for entry in entry_points(group="saleor.plugins") if entry.value.startswith("saleor_customer_plus")
    ]
    return found


def test_the_entry_point_is_named_like_the_app_and_gives_the_plugin() -> None:
    entry = our_entry_point()
    # Saleor appends the name to INSTALLED_APPS, and module and attribute to PLUGINS.
    assert entry.name == apps.get_app_config("saleor_customer_plus").name
    assert entry.load() is CustomerPlusPlugin
    assert entry.name in settings.INSTALLED_APPS
    assert f"{entry.module}.{entry.attr}" in settings.PLUGINS


def test_the_plugin_is_one_for_all_channels_and_active_by_default() -> None:
    assert CustomerPlusPlugin.PLUGIN_ID == "customer-plus"
    assert CustomerPlusPlugin.PLUGIN_NAME
    assert CustomerPlusPlugin.PLUGIN_DESCRIPTION
    # Plugins with a configuration for each channel get no hook of a person: no channel is given with those.
    assert CustomerPlusPlugin.CONFIGURATION_PER_CHANNEL is False
    assert CustomerPlusPlugin.DEFAULT_ACTIVE is True


def test_it_depends_on_nothing_that_could_move_what_saleor_pins() -> None:
    names = {requirement.partition(">")[0] for requirement in PROJECT["dependencies"]}
    assert names == {"django-htmx", "openpyxl", "tqdm"}
    assert PROJECT["requires-python"] == ">=3.11"


def test_the_version_is_written_in_one_place() -> None:
    assert "version" not in PROJECT
    assert PROJECT["dynamic"] == ["version"]
    assert release_check.version() == VERSION
    assert f"## {VERSION}" in (ROOT / "CHANGELOG.md").read_text()


# What is in it.


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """Run a command and return what it printed; fail with all that it said."""
    done = subprocess.run(command, cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def build(kind: str, *, source: Path, into: Path) -> Path:
    run(sys.executable, "-m", "hatchling", "build", "--target", kind, "--directory", into, cwd=source)
    (built,) = into.iterdir()
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("hatchling", reason="the environment of a real Saleor has no build backend")
    return build("wheel", source=ROOT, into=tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("hatchling", reason="the environment of a real Saleor has no build backend")
    return build("sdist", source=ROOT, into=tmp_path_factory.mktemp("sdist"))


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_wheel_has_the_package_and_nothing_else(wheel: Path) -> None:
    package = ROOT / "saleor_customer_plus"
    files = {str(file.relative_to(ROOT)) for file in package.rglob("*") if file.is_file() and file.suffix != ".pyc"}
    expected = files | {f"saleor_customer_plus/migrations/{name}" for name in MIGRATIONS}
    shipped = {name for name in contents(wheel) if ".dist-info/" not in name}
    assert shipped == expected
    assert "saleor_customer_plus/api/schema.graphql" in shipped


def test_the_wheel_has_the_migrations_of_the_tree_in_place_of_the_pointer_to_them(wheel: Path) -> None:
    prefix = "saleor_customer_plus/migrations/"
    shipped = {name.removeprefix(prefix): data for name, data in contents(wheel).items() if name.startswith(prefix)}
    assert shipped == MIGRATIONS
    assert {"0001_initial.py", "initial/records.py"} <= shipped.keys()


def test_the_wheel_says_what_it_is(wheel: Path) -> None:
    about = f"saleor_customer_plus-{VERSION}.dist-info"
    files = contents(wheel)
    metadata = files[f"{about}/METADATA"].decode()
    requirements = [line for line in metadata.splitlines() if line.startswith("Requires-Dist")]
    assert requirements == [
        "Requires-Dist: django-htmx>=1.27",
        "Requires-Dist: openpyxl>=3.1",
        "Requires-Dist: tqdm>=4.60",
    ]
    assert "Requires-Python: >=3.11" in metadata
    assert "saleor_customer_plus = saleor_customer_plus.plugin:CustomerPlusPlugin" in (
        files[f"{about}/entry_points.txt"].decode()
    )
    assert f"{about}/licenses/LICENSE" in files
    assert "Author: The Customer Plus authors" in metadata
    assert "Project-URL: Documentation, https://" in metadata


def test_the_wheel_says_that_it_has_types(wheel: Path) -> None:
    assert contents(wheel)["saleor_customer_plus/py.typed"] == b""


def test_the_wheel_and_the_source_distribution_pass_the_check_before_a_release(wheel: Path, sdist: Path) -> None:
    names, metadata = release_check.read_wheel(wheel)
    assert release_check.problems_of_wheel(names, metadata, expected=release_check.expected_files()) == []
    assert release_check.problems_of_sdist(release_check.read_sdist(sdist)) == []


@pytest.mark.parametrize(
    ("added", "removed", "problem"),
    [
        ("saleor_customer_plus/tests/test_x.py", None, "saleor_customer_plus/tests/test_x.py is for developers only"),
        ("saleor_customer_plus/left_over.py", None, "saleor_customer_plus/left_over.py does not belong into the wheel"),
        ("tests/conftest.py", None, "tests/conftest.py is for developers only"),
        (
            "saleor_customer_plus/locale/xx/LC_MESSAGES/django.po",
            None,
            "saleor_customer_plus/locale/xx/LC_MESSAGES/django.po is not compiled: run make messages",
        ),
        (None, "saleor_customer_plus/py.typed", "saleor_customer_plus/py.typed is missing"),
        (
            None,
            "saleor_customer_plus/migrations/0001_initial.py",
            "saleor_customer_plus/migrations/0001_initial.py is missing",
        ),
        (None, "saleor_customer_plus/api/schema.graphql", "saleor_customer_plus/api/schema.graphql is missing"),
        (None, "saleor_customer_plus/plugin.py", "saleor_customer_plus/plugin.py is missing"),
        (None, f"saleor_customer_plus-{VERSION}.dist-info/licenses/LICENSE", "the license is missing"),
    ],
)
def test_the_check_before_a_release_finds_what_is_wrong_with_a_wheel(
    wheel: Path, added: str | None, removed: str | None, problem: str
) -> None:
    names, metadata = release_check.read_wheel(wheel)
    assert removed is None or removed in names

    found = release_check.problems_of_wheel(
        (names | {added} if added else names) - {removed}, metadata, expected=release_check.expected_files()
    )

    assert problem in found


@pytest.mark.parametrize("field", ["Version: ", "Author: ", "Project-URL: ", "License-Expression: "])
def test_the_check_before_a_release_misses_a_field_of_the_metadata(wheel: Path, field: str) -> None:
    names, metadata = release_check.read_wheel(wheel)
    without = "\n".join(line for line in metadata.splitlines() if not line.startswith(field))
    (problem,) = release_check.problems_of_wheel(names, without, expected=release_check.expected_files())
    assert field.strip() in problem


# What checks it: `make lint`, the hooks of git and the hosted CI call the same.


def prerequisites_of_lint() -> set[str]:
    (line,) = re.findall(r"^lint: (.*?) ##", (ROOT / "Makefile").read_text(), re.MULTILINE)
    return set(line.split())


def read_yaml(path: str) -> Any:
    yaml = pytest.importorskip("yaml", reason="the environment of a real Saleor need not have it")
    return yaml.safe_load((ROOT / path).read_text())


def test_the_hooks_of_git_call_what_lint_calls() -> None:
    (repository,) = read_yaml(".pre-commit-config.yaml")["repos"]
    for hook in repository["hooks"]:
        command, target = hook["entry"].split()
        assert command == "make"
        assert target in {"lint", *prerequisites_of_lint()}


def test_the_hosted_ci_calls_the_commands_of_the_makefile_on_every_supported_python() -> None:
    jobs = read_yaml(".github/workflows/ci.yml")["jobs"]
    commands = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    targets = {command.split()[1] for command in commands if command.startswith("make ")}
    assert targets == {"lint", "docs", "test", "coverage", "release-check"}
    assert targets <= set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    pythons = jobs["test"]["strategy"]["matrix"]["python"]
    classified = [line.rpartition(" ")[2] for line in PROJECT["classifiers"] if "Python :: 3." in line]
    assert pythons == classified

    # The real Saleors: only where somebody has put them, and by the command that a developer uses.
    saleor = jobs["saleor"]
    assert "self-hosted" in saleor["runs-on"]
    assert ".ci/run" in saleor["steps"][-1]["run"]
    (supported,) = re.findall(r"^\| Saleor \| (.*?) \|", (ROOT / "COMPATIBILITY.md").read_text(), re.MULTILINE)[:1]
    assert saleor["strategy"]["matrix"]["saleor"] == [*re.findall(r"3\.\d+", supported), "main"]


def test_the_templates_and_the_policy_of_security_are_there() -> None:
    assert "vulnerability" in (ROOT / "SECURITY.md").read_text()
    assert (ROOT / ".github" / "PULL_REQUEST_TEMPLATE.md").read_text()
    for form in ("bug", "feature"):
        template = read_yaml(f".github/ISSUE_TEMPLATE/{form}.yml")
        assert {field["id"] for field in template["body"] if field["type"] != "markdown"}


def test_the_source_distribution_makes_the_same_wheel(wheel: Path, sdist: Path, tmp_path: Path) -> None:
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    tops = {path.name for path in source.iterdir()}
    assert tops.isdisjoint({"tests", "sandbox", "bench", "scripts", "Makefile"})
    assert contents(build("wheel", source=source, into=tmp_path / "built")).keys() == contents(wheel).keys()


# That it works where there is nothing but it.


@pytest.fixture
def elsewhere(wheel: Path, tmp_path: Path) -> Path:
    """A folder far from the tree, with an environment in it to which pip installed the wheel."""
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=False)
    python = environment / "bin" / "python"
    run(
        *(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--disable-pip-version-check"),
        *("--no-index", "--no-deps", wheel),
        cwd=tmp_path,
    )
    # What Saleor's environment brings, which pip may not fetch here: after what was installed, so never before it.
    (site_packages,) = environment.glob("lib/python*/site-packages")
    (site_packages / "zz-the-host-s.pth").write_text(sysconfig.get_path("purelib") + "\n")
    (tmp_path / "sandbox").symlink_to(ROOT / "sandbox")
    return tmp_path


@pytest.fixture
def empty_database(db: None) -> Iterator[str]:
    """The address of a database with nothing in it, beside the test's own."""
    name = f"{connection.settings_dict['NAME']}_wheel"
    of = connection.settings_dict
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
        try:
            login = f"{quote(of['USER'])}:{quote(of['PASSWORD'])}"
            yield f"postgresql://{login}@:{of['PORT']}/{name}?{urlencode({'host': of['HOST']})}"
        finally:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.standin
@pytest.mark.slow
def test_installed_elsewhere_it_migrates_and_there_is_nothing_left_to_make(
    elsewhere: Path, empty_database: str
) -> None:
    def manage(*arguments: str) -> str:
        python = elsewhere / "environment" / "bin" / "python"
        ours = {"DATABASE_URL": empty_database, "DJANGO_SETTINGS_MODULE": "sandbox.settings", "PYTHONPATH": ""}
        return run(python, "-m", "sandbox.manage", *arguments, cwd=elsewhere, **ours)

    where = manage("shell", "--no-imports", "-c", "import saleor_customer_plus as us; print(us.__file__)")
    assert Path(where.strip()).is_relative_to(elsewhere / "environment")

    manage("migrate", "--verbosity", "0")
    applied = manage("showmigrations", "saleor_customer_plus")
    names = [line.split()[-1] for line in applied.splitlines() if "[X]" in line]
    assert names == sorted(name.removesuffix(".py") for name in MIGRATIONS if name[0].isdecimal())
    assert manage("makemigrations", "saleor_customer_plus", "--check", "--dry-run").startswith("No changes detected")
