"""The migrations as a product: complete, reversible, and without a trace in Saleor's tables."""

from __future__ import annotations

import ast
import hashlib
import importlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.core.management import call_command
from django.db import connection, models
from django.db.migrations import AddIndex, CreateModel, Migration, RunPython, RunSQL
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from saleor_customer_plus import migrations
from saleor_customer_plus.leads.models import LeadTerms
from saleor_customer_plus.mail.models import MailTerms
from saleor_customer_plus.records.email import NormalEmail
from saleor_customer_plus.records.search import FoldedText, SearchTerms, SortName

from .factories import make_account, make_consent, make_ledger_entry, make_order, make_record
from .hosts import ROOT

LABEL = "saleor_customer_plus"


@pytest.fixture(scope="module", autouse=True)
def _front_door() -> None:
    """Some of Saleor's migrations import its GraphQL modules, which must be entered by their front door."""
    importlib.import_module(settings.ROOT_URLCONF)


def our_models() -> list[type[models.Model]]:
    return list(apps.get_app_config(LABEL).get_models())


def query(sql: str, params: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


# What a table consists of. Each is asked of our tables, or of everybody else's.
CATALOG = {
    "columns": """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attgenerated,
            pg_get_expr(d.adbin, d.adrelid)
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE c.relkind = 'r' AND {whose} ORDER BY 1, 2
        """,
    "constraints": """
        SELECT c.relname, o.conname, pg_get_constraintdef(o.oid)
        FROM pg_class c JOIN pg_constraint o ON o.conrelid = c.oid WHERE {whose} ORDER BY 1, 2
        """,
    "indexes": """
        SELECT c.relname, pg_get_indexdef(i.indexrelid)
        FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid WHERE {whose} ORDER BY 1, 2
        """,
    "triggers": """
        SELECT c.relname, pg_get_triggerdef(t.oid)
        FROM pg_class c JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal WHERE {whose} ORDER BY 1, 2
        """,
}
WHOSE = "c.relnamespace = 'public'::regnamespace AND starts_with(c.relname, 'saleor_customer_plus_') = %s"


def catalog(*, ours: bool) -> dict[str, list[tuple[Any, ...]]]:
    return {kind: query(sql.format(whose=WHOSE), [ours]) for kind, sql in CATALOG.items()}


def around_the_tables(*, ours: bool) -> list[tuple[Any, ...]]:
    """What a schema has besides tables, ours or everybody else's: extensions, functions, types of its own."""
    return query(
        """
        SELECT * FROM (
        SELECT 'extension', extname FROM pg_extension
        UNION ALL SELECT 'function', p.oid::regprocedure::text FROM pg_proc p
            WHERE p.pronamespace = 'public'::regnamespace
        UNION ALL SELECT 'type', t.typname FROM pg_type t
            WHERE t.typnamespace = 'public'::regnamespace AND t.typrelid = 0 AND t.typelem = 0
        UNION ALL SELECT 'collation', c.collname FROM pg_collation c WHERE c.collnamespace = 'public'::regnamespace
        ) AS around(kind, name) WHERE starts_with(name, 'saleor_customer_plus_') = %s ORDER BY 1, 2
        """,
        [ours],
    )


def test_django_finds_the_migrations_in_the_top_level_folder() -> None:
    assert [Path(path).resolve() for path in migrations.__path__] == [ROOT / "migrations"]
    loader = MigrationLoader(None, ignore_no_migrations=True)
    assert LABEL in loader.migrated_apps
    assert sorted(name for label, name in loader.disk_migrations if label == LABEL) == sorted(
        file.stem for file in (ROOT / "migrations").glob("[0-9]*.py")
    )


def test_no_stray_folder_of_migrations_appeared_in_the_package() -> None:
    inner = ROOT / "saleor_customer_plus" / "migrations"
    assert [path.name for path in inner.iterdir() if path.name != "__pycache__"] == ["__init__.py"]


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", LABEL, check_changes=True, dry_run=True, verbosity=1)


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model.__name__)
def test_ids_are_64_bit(model: type[models.Model]) -> None:
    # Saleor's DEFAULT_AUTO_FIELD is 32-bit: every model has to say so itself.
    assert isinstance(model._meta.pk, models.BigIntegerField)  # or one that counts by itself


@pytest.mark.django_db
def test_ids_are_64_bit_in_the_database_and_so_are_the_references_to_them() -> None:
    tables = [model._meta.db_table for model in our_models()]
    references = {
        (model._meta.db_table, field.column)
        for model in our_models()
        for field in model._meta.fields
        if field.primary_key or (field.remote_field and field.remote_field.model in our_models())
    }
    types = {
        (table, column): type
        for table, column, type in query(
            "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_name = ANY(%s)",
            [tables],
        )
    }
    assert {types[reference] for reference in references} == {"bigint"}


@pytest.mark.django_db
def test_no_constraint_links_our_tables_to_those_of_saleor() -> None:
    tables = {model._meta.db_table for model in our_models()}
    keys = query("SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint WHERE contype = 'f'")
    ours = [(of, to) for of, to in keys if of in tables or to in tables]
    assert ours  # there are some, among our own
    assert {table for key in ours for table in key} <= tables


def test_saleor_s_models_know_nothing_of_ours() -> None:
    ours = our_models()
    for model in apps.get_models():
        if model not in ours:
            seen = [field for field in model._meta.get_fields() if getattr(field, "related_model", None) in ours]
            assert not seen, f"{model} got {seen}"


@pytest.mark.django_db
def test_without_our_package_saleor_s_database_lets_go_of_accounts_and_orders() -> None:
    """As after `pip uninstall` alone: our tables are there, our models are not, so nobody clears up after a user."""
    account = make_account()
    order = make_order(account=account)
    make_ledger_entry(make_record(account.email, account=account), order_id=order.pk, account_id=account.pk)
    for row in (order, account):
        assert query(f'DELETE FROM "{row._meta.db_table}" WHERE id = %s RETURNING id', [row.pk])
    connection.check_constraints()


def migrate(name: str | None) -> None:
    """In the transaction of a test, which has to check before each step what a step of its own would have checked."""
    connection.check_constraints()
    call_command("migrate", LABEL, *([name] if name else []), verbosity=0, interactive=False)


@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.slow
def test_the_migrations_lead_back_to_nothing_and_forth_again_and_saleor_s_tables_stay_as_they_are() -> None:
    """That they lead from nothing to the tables of today is proved by every run, whose database is made by them."""
    theirs, ours = catalog(ours=False), catalog(ours=True)
    around, functions = around_the_tables(ours=False), around_the_tables(ours=True)
    assert all(ours[kind] for kind in ("columns", "constraints", "indexes", "triggers"))
    make_consent(make_record())
    connection.check_constraints()  # as at the end of a transaction

    migrate("zero")
    assert catalog(ours=True) == {"columns": [], "constraints": [], "indexes": [], "triggers": []}
    assert catalog(ours=False) == theirs
    assert (around_the_tables(ours=False), around_the_tables(ours=True)) == (around, [])
    make_account().delete()  # also while the package is still installed

    migrate(None)
    assert (catalog(ours=True), catalog(ours=False)) == (ours, theirs)
    assert (around_the_tables(ours=False), around_the_tables(ours=True)) == (around, functions)


FILES = sorted((ROOT / "migrations").rglob("*.py"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT / "migrations")))
def test_a_migration_imports_nothing_of_the_package(file: Path) -> None:
    """Or a change of the package would change what was migrated before."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            assert {name.name.partition(".")[0] for name in node.names} <= {"django", *sys.stdlib_module_names}
        elif isinstance(node, ast.ImportFrom) and node.level != 1:
            assert str(node.module).partition(".")[0] in {"django", *sys.stdlib_module_names}, ast.unparse(node)


@pytest.mark.parametrize(
    "expression", [SearchTerms, SortName, FoldedText, NormalEmail, LeadTerms, MailTerms], ids=lambda one: one.__name__
)
def test_a_change_of_the_sql_of_a_column_an_index_or_a_check_is_a_missing_migration(
    expression: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    schema = [
        [getattr(field, "expression", None) for model in our_models() for field in model._meta.fields],
        [index.expressions for model in our_models() for index in model._meta.indexes],
        [getattr(one, "condition", None) for model in our_models() for one in model._meta.constraints],
    ]
    found = [part for part in parts(schema) if isinstance(part, expression)]
    assert found
    for part in found:
        monkeypatch.delitem(vars(part), "identity", raising=False)  # computed once
    before = expression.sql
    monkeypatch.setattr(expression, "sql", lambda self, *columns: f"({before(self, *columns)})")
    loader, now = MigrationLoader(None, ignore_no_migrations=True), ProjectState.from_apps(apps)
    changes = MigrationAutodetector(loader.project_state(), now).changes(loader.graph, trim_to_apps={LABEL})
    assert LABEL in changes


def parts(value: Any) -> Iterator[Any]:
    """The expressions of a check, an index or a generated column."""
    if isinstance(value, models.Q | tuple | list):
        for child in value.children if isinstance(value, models.Q) else value:
            yield from parts(child)
    else:
        yield value


# The SHA-256 of each file of migrations that is part of a release, from the first release on.
RELEASED = json.loads((ROOT / "tests" / "released_migrations.json").read_text())


def digests() -> dict[str, str]:
    return {
        str(file.relative_to(ROOT / "migrations")): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in FILES
        if file.stat().st_size
    }


def test_released_migrations_stay_as_they_are() -> None:
    now = digests()
    changed = {name for name, digest in RELEASED.items() if now.get(name) != digest}
    assert not changed, "These migrations are released: add another one instead of changing them."


def test_every_migration_of_a_release_is_held_to_its_hash() -> None:
    released = re.findall(r"^## \S+.*\d{4}-\d\d-\d\d", (ROOT / "CHANGELOG.md").read_text(), re.M)
    held = digests() if released else {}
    assert held.keys() <= RELEASED.keys(), f"Put the digests into tests/released_migrations.json: {json.dumps(held)}"


def faults(migration: Migration) -> list[str]:
    """What is wrong with a migration that runs while the shop is open."""
    wrong = [f"{one.describe()}: cannot be reversed" for one in migration.operations if not one.reversible]
    data = [isinstance(one, RunPython) for one in migration.operations]
    if any(data) and not all(data):
        wrong.append("it changes data and the schema: the tables stay locked meanwhile")
    new = {one.name.lower() for one in migration.operations if isinstance(one, CreateModel)}
    for one in migration.operations:
        is_index = isinstance(one, AddIndex) and not isinstance(one, AddIndexConcurrently)
        if is_index and one.model_name.lower() not in new:
            wrong.append(f"{one.describe()}: nobody can write meanwhile, use AddIndexConcurrently")
    return wrong


def ours_on_disk() -> list[Migration]:
    # Not by Django's loader: it imports Saleor's migrations too, which fails while tests are collected.
    names = sorted(file.stem for path in migrations.__path__ for file in Path(path).glob("[0-9]*.py"))
    return [importlib.import_module(f"{migrations.__name__}.{name}").Migration(name, LABEL) for name in names]


@pytest.mark.parametrize("migration", ours_on_disk(), ids=lambda migration: migration.name)
def test_a_migration_can_be_reversed_and_locks_no_table_for_long(migration: Migration) -> None:
    assert faults(migration) == []


@pytest.mark.parametrize(
    ("operations", "number"),
    [
        ([RunSQL("SELECT 1")], 1),
        ([RunSQL("SELECT 1", RunSQL.noop)], 0),
        ([RunPython(RunPython.noop)], 1),
        ([RunPython(RunPython.noop, RunPython.noop), RunSQL("SELECT 1", RunSQL.noop)], 1),
        ([AddIndex("Tag", models.Index(fields=["name"], name="name"))], 1),
        ([AddIndexConcurrently("Tag", models.Index(fields=["name"], name="name"))], 0),
        ([CreateModel("Tag", []), AddIndex("tag", models.Index(fields=["name"], name="name"))], 0),
    ],
)
def test_such_migrations_are_found(operations: list[Operation], number: int) -> None:
    migration = Migration("0002_example", LABEL)
    migration.operations = operations
    assert len(faults(migration)) == number
