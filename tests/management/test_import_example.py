"""The example of docs/import.md that shows warnings on the command line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from saleor_customer_plus.jobs.models import BulkJob
from saleor_customer_plus.records.models import CustomerRecord

from .test_commands import call

pytestmark = pytest.mark.django_db
SECTION = (
    (Path(__file__).parents[2] / "docs" / "import.md")
    .read_text()
    .partition("## Warnings and rejected rows\n")[2]
    .partition("\n## ")[0]
)


def test_the_command_prints_what_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (content,) = re.findall(r"```csv\n(.*?)```", SECTION, re.DOTALL)
    (console,) = re.findall(r"```console\n\$ manage.py customer_plus (.*?)```", SECTION, re.DOTALL)
    command, _, printed = console.partition("\n")
    (tmp_path / "people.csv").write_text(content)
    monkeypatch.chdir(tmp_path)
    said = call(*command.split(), code=3)
    assert said.replace(f"Job {BulkJob.objects.get().pk}:", "Job 1:") == printed
    found = CustomerRecord.objects.order_by("email").values_list("email", "country_code", "phone")
    assert list(found) == [("anna@example.com", "", "+49301234567"), ("clara@example.com", "DE", "")]


def test_the_command_exits_with_4_if_there_are_warnings_only(tmp_path: Path) -> None:
    file, warned, errors = tmp_path / "people.csv", tmp_path / "warned.csv", tmp_path / "errors.csv"
    file.write_text("Email,Country\nanna@example.com,Atlantis\nbo@example.com,DE\n")
    said = call("import", file, "--yes", "--warnings", warned, "--errors", errors, code=4)
    assert said.endswith("Done. 2 read, 2 created, 1 with warnings.\n")
    assert "Atlantis" not in said  # it is in the file
    assert warned.read_text("utf-8-sig").startswith('Email,Country,Reason\nanna@example.com,Atlantis,"Country: ')
    assert not errors.exists()
    assert "1     with warnings" in call("import", file, "--dry-run")
    call("import", file, "--yes", "--strict", "--errors", errors, code=3)
    assert "anna@example.com" in errors.read_text()


@pytest.mark.parametrize("content", ["", "\n \n", "Email,Country\n", "Email,Country\n,\n"])
def test_the_command_says_that_a_file_is_empty(
    tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "people.csv"
    file.write_text(content)
    for option in ("--yes", "--dry-run"):
        assert "The file is empty" in call("import", file, option, code=1)
