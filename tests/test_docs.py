"""The documents name what there is: settings, commands, hooks, names of Saleor, tests, and files that exist."""

from __future__ import annotations

import argparse
import ast
import doctest
import functools
import importlib
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from saleor_customer_plus import hooks, settings
from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.management.commands.customer_plus import Command
from saleor_customer_plus.plugin import CustomerPlusPlugin

from .client import Api
from .factories import make_record
from .hosts import ROOT

PACKAGE = ROOT / "saleor_customer_plus"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
README = (ROOT / "README.md").read_text()
SETTINGS = (ROOT / "docs" / "settings.md").read_text()
COMMANDS = (ROOT / "docs" / "cli.md").read_text()
OPERATING = (ROOT / "docs" / "operating.md").read_text()
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()
COMPATIBILITY = (ROOT / "COMPATIBILITY.md").read_text()
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def section(text: str, heading: str) -> str:
    """What stands under a heading, up to the next one of its level."""
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    assert found, f"there is no heading {heading!r}"
    return found.group(1)


def rows(text: str) -> list[list[str]]:
    """The cells of the tables in a text, without the heads."""
    lines = re.findall(r"^\|(.+)\|$", text, re.MULTILINE)
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)] for line in lines]
    heads = {index - 1 for index, row in enumerate(cells) if set(row[0]) == {"-"}}
    return [row for index, row in enumerate(cells) if index not in heads and set(row[0]) != {"-"}]


def code(text: str) -> list[str]:
    return re.findall(r"`([^`\n]+)`", text)


# The README, for the merchant's engineer.


def test_the_commands_to_install_and_to_try_it_are_there() -> None:
    assert "pip install saleor-customer-plus" in section(README, "Install")
    assert "python manage.py migrate" in section(README, "Install")
    assert {"$ make demo", "$ make test"} <= {
        line.partition("#")[0].strip() for line in section(README, "Try it without Saleor").splitlines()
    }


def test_nothing_was_left_of_a_merge_of_branches() -> None:
    marks = re.compile(r"^(<{7} |>{7} |={7}$)", re.MULTILINE)
    assert [path.name for path in DOCUMENTS if marks.search(path.read_text())] == []


def test_the_pictures_of_the_readme_exist() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert len(pictures) == 2
    for picture in pictures:
        assert (ROOT / picture).exists()


def test_every_setting_is_in_the_table_with_its_default() -> None:
    table = rows(SETTINGS.partition("\n## ")[0])
    documented = {name.strip("`"): default.strip("`") for name, default, _ in table}
    values = {item["name"]: item["value"] for item in settings.DEFAULT_CONFIGURATION}
    assert documented == {
        name: (value if isinstance(value, str) else str(value).lower()) or "blank" for name, value in values.items()
    }


def test_the_table_of_settings_tells_their_ranges() -> None:
    described = {name.strip("`"): text for name, _, text in rows(SETTINGS.partition("\n## ")[0])}
    for name, shown in settings.SETTINGS.items():
        told = set(re.findall(r"\d+", described[name]))
        assert {str(bound) for bound in (shown.lowest, shown.highest) if bound is not None} <= told, name
        assert set(re.findall(r"\d+", shown.help_text)) <= told | {str(getattr(settings.DEFAULTS, name))}, name


def test_every_environment_variable_is_told() -> None:
    read = set()
    for file in PACKAGE.rglob("*.py"):
        read |= set(re.findall(r"\"(CUSTOMER_PLUS_\w+)\"", file.read_text()))
    assert read == {name.strip("`") for name, *_ in rows(section(SETTINGS, "Environment variables"))}


def subcommands() -> dict[str, argparse.ArgumentParser]:
    parser = Command().create_parser("manage.py", "customer_plus")
    (found,) = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return dict(found.choices)


def test_every_command_and_option_is_told_and_no_other() -> None:
    assert set(re.findall(r"`manage\.py customer_plus ([\w-]+)", COMMANDS)) == set(subcommands())
    options = {
        option
        for parser in subcommands().values()
        for action in parser._actions
        for option in action.option_strings
        if option not in ("-h", "--help")
    }
    assert {name.split()[0] for row in rows(COMMANDS) for name in code(row[0])} - {
        "export",
        "import",
        "jobs",
    } == options


def test_every_dependency_has_its_reason() -> None:
    declared = {re.split(r"[<>=~ ]", requirement)[0] for requirement in PYPROJECT["project"]["dependencies"]}
    reasons = {name.strip("`"): reason for name, reason in rows(section(OPERATING, "Dependencies"))}
    assert reasons.keys() == declared
    assert all(reasons.values())


def test_what_is_left_in_celery_s_schedule_is_called_by_its_name() -> None:
    entries = {
        name: entry["task"]
        for name, entry in django_settings.CELERY_BEAT_SCHEDULE.items()
        if str(entry["task"]).startswith("saleor_customer_plus.")
    }
    assert entries
    for name in entries:
        assert f"name='{name}'" in section(OPERATING, "Uninstall")


EXAMPLES = re.findall(r"```graphql\n(.*?)```", README, re.DOTALL)


@pytest.mark.django_db
@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_the_examples_of_the_api_work(number: int, api: Api) -> None:
    known = {
        "record": to_global_id("CustomerRecord", make_record().pk),
        "version": None,
        "wording": "Yes, write to me.",
    }

    answer = api(
        EXAMPLES[number], **{name: known[name] for name in re.findall(r"\$(\w+): \w+!?[,)]", EXAMPLES[number])}
    )

    assert answer
    assert [payload for payload in answer.values() if isinstance(payload, dict) and payload.get("errors")] == []


def test_there_are_examples_of_the_api() -> None:
    assert len(EXAMPLES) >= 3


@pytest.mark.django_db
def test_the_line_of_curl_asks_something_that_works(api: Api) -> None:
    (query,) = re.findall(r"""-d '\{"query": "(.*customerRecords.*)"\}'""", README)
    assert api(query) == {"customerRecords": {"totalCount": 0, "edges": []}}


# COMPATIBILITY.md, for who upgrades Saleor.


def test_every_hook_is_listed_and_no_other() -> None:
    answered = {
        name for name, value in vars(CustomerPlusPlugin).items() if getattr(value, "__module__", "") == hooks.__name__
    }
    listed = [
        name for _, names in rows(section(COMPATIBILITY, "Which hooks the plugin answers")) for name in code(names)
    ]
    assert len(listed) == len(set(listed))
    assert set(listed) == answered


def test_every_name_of_saleor_is_listed_and_no_other() -> None:
    tree = ast.parse((PACKAGE / "saleor_adapter/host.py").read_text())
    used = {
        (node.module, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "saleor"
        for alias in node.names
    }
    listed = {
        (module.strip("`"), name)
        for module, names in rows(section(COMPATIBILITY, "What the plugin uses of Saleor"))
        for name in code(names)
    }
    assert listed == used


def test_the_versions_agree_with_what_pip_is_told() -> None:
    (python,) = [row for row in rows(COMPATIBILITY) if row[0] == "Python"]
    assert python[1].split()[0] == PYPROJECT["project"]["requires-python"].removeprefix(">=")


# CONTRIBUTING.md, for who changes the plugin.


def makefile_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*?## ", (ROOT / "Makefile").read_text(), re.MULTILINE)) - {"help"}


def test_every_command_of_the_makefile_is_told_and_no_other() -> None:
    assert {name.strip("`").split()[1] for name, _ in rows(section(CONTRIBUTING, "Commands"))} == makefile_targets()


def test_every_make_in_any_document_is_a_command() -> None:
    for document in DOCUMENTS:
        for piece in re.findall(r"(?:`|^\$ )make ((?:[a-z-]+ ?)+)", document.read_text(), re.MULTILINE):
            assert set(piece.split()) <= makefile_targets(), f"{document.name}: make {piece}"


def test_every_package_is_in_the_plan() -> None:
    modules = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    packages = modules - {"__init__", "migrations"}
    plan = section(ARCHITECTURE, "Layers").split("```")[1]
    assert {name for name in packages if not re.search(rf"\b{name}(\.py|/)", plan)} == set()


def test_the_plan_is_the_one_that_is_enforced() -> None:
    layers = next(c for c in PYPROJECT["tool"]["importlinter"]["contracts"] if "containers" in c)["layers"]
    enforced = [set(re.findall(r"\w+", layer)) for layer in layers]
    plan = section(ARCHITECTURE, "Layers").split("```")[1]
    drawn = [set(re.findall(r"(\w+)(?:\.py|/)", line)) for line in plan.splitlines()]
    assert [names for names in drawn if names] == enforced


# docs/architecture.md, for who looks for something.


@functools.cache
def names_in(file: Path) -> set[str]:
    """What a module defines: functions, classes, their methods and attributes, as `name` and as `Class.name`."""
    found: set[str] = set()

    def collect(body: list[ast.stmt], prefix: str) -> None:
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                found.update((node.name, prefix + node.name))
                if isinstance(node, ast.ClassDef):
                    collect(node.body, f"{node.name}.")
            elif isinstance(node, ast.Assign):
                found.update(target.id for target in node.targets if isinstance(target, ast.Name))

    collect(ast.parse(file.read_text()).body, "")
    return found


STOPS = [row for row in rows(ARCHITECTURE) if row[1].endswith(".py`")]


@pytest.mark.parametrize(("file", "names"), [(row[1], row[2]) for row in STOPS])
def test_the_files_and_functions_of_the_walks_exist(file: str, names: str) -> None:
    path = PACKAGE / file.strip("`")
    assert path.exists()
    assert set(code(names)) <= names_in(path)
    assert code(names)


WALKS = ["An order is paid", "A row of a CSV file", "A page of the list"]


@pytest.mark.parametrize("walk", WALKS)
def test_the_files_and_hops_of_a_walk_are_counted(walk: str) -> None:
    text = section(ARCHITECTURE, walk)
    files = [row[1] for row in rows(text)]
    assert [row[0] for row in rows(text)] == [str(number) for number in range(1, len(files) + 1)]
    assert f"Files: {len(set(files))}. Hops: {len(files) - 1}." in text


# All of them.


@functools.cache
def functions_by_file() -> dict[str, set[str]]:
    return {
        str(file.relative_to(ROOT)): {
            node.name for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.FunctionDef)
        }
        for file in (ROOT / "tests").rglob("test_*.py")
    }


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_tests_that_are_named_exist(document: Path) -> None:
    known = functions_by_file()
    everywhere = set().union(*known.values())
    for name in code(document.read_text()):
        file, _, test = name.rpartition("::")
        if file:
            assert test in known[file], name
        elif re.fullmatch(r"test_\w+", name):
            assert name in everywhere or f"tests/{name}.py" in known, name


def test_every_case_of_identity_is_in_the_table() -> None:
    cases = {name for name in functions_by_file()["tests/sync/test_identity_table.py"] if name.startswith("test_")}
    assert cases <= set(code((ROOT / "docs" / "identity.md").read_text()))


def anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(document: Path) -> list[str]:
    return re.findall(r"\]\(([^)\s]+)\)", document.read_text())


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    for link in links(document):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path) if path else document
        assert target.exists(), link
        assert not anchor or anchor in anchors(target.read_text()), link


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_that_are_named_exist(document: Path) -> None:
    """Paths in code font that begin with a folder of ours."""
    folders = ("bench/", "docs/", "migrations/", "saleor_customer_plus/", "sandbox/", "scripts/", "tests/")
    for name in code(document.read_text()):
        path: Any = name.partition("::")[0]
        if path.startswith(folders):
            assert (ROOT / path).exists(), name


def test_every_page_of_the_documentation_is_in_the_site() -> None:
    index = (ROOT / "docs" / "index.md").read_text()
    listed = set(
        re.findall(r"^(?:.*<)?([\w./-]+)>?$", "\n".join(re.findall(r"```{toctree}\n(.*?)```", index, re.DOTALL)), re.M)
    )
    for document in DOCUMENTS:
        path = document.relative_to(ROOT)
        name = str(path.with_suffix("")).removeprefix("docs/") if path.parts[0] == "docs" else f"../{path.stem}"
        assert name == "index" or name in listed or name.startswith("decisions/0"), name


def test_decisions_are_all_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    assert set(links(folder / "README.md")) == {file.name for file in folder.glob("[0-9]*.md")}


WITH_EXAMPLES = [path for path in sorted(PACKAGE.rglob("*.py")) if ">>> " in path.read_text()]


@pytest.mark.parametrize("path", WITH_EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_of_docstrings_hold(path: Path) -> None:
    module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    failed, tried = doctest.testmod(module)
    assert tried > 0
    assert failed == 0
