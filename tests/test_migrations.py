"""The migrations as a product: complete, reversible, and without a trace in Saleor's tables."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader

from saleor_customer_plus import migrations
from saleor_customer_plus.consent.models import CurrentConsent
from saleor_customer_plus.consent.queries import current_consents
from saleor_customer_plus.records.models import CustomerRecord

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


# Consents of before there were two purposes: what was recorded of whom, and what it comes to.
NEWS, CLAIM, LEFT = {"purpose": "NEWSLETTER"}, {"source": "IMPORT"}, {"state": "UNSUBSCRIBED"}
HISTORIES: dict[str, tuple[list[dict[str, str]], str]] = {
    "offers": ([{}], "offers"),
    "news": ([NEWS], "news"),
    "both": ([NEWS, {}], "offers news"),
    "left": ([NEWS, {}, LEFT], "news"),
    "claimed": ([CLAIM], "offers"),
    "withdrawn": ([LEFT, {"state": "PENDING"}, CLAIM], ""),
    "sms": ([{"channel": "SMS"}], ""),
    "nobody": ([], ""),
}
# Addresses of before there was a rule, and what becomes of each: the first of two that are one keeps it.
ADDRESSES = {
    "anna@example.com": "anna@example.com",
    "\u3000anna@example.com": "anna@example.com (record {id})",
    "mÜller@example.com": "müller@example.com",
    "mÜLLER@example.com": "müller@example.com (record {id})",
    "\u2028": "(record {id})",
    "İ@x": "İ@x",
}


def flags() -> dict[str, str]:
    rows = query(
        "SELECT email, concat_ws(' ', CASE WHEN accepts_promotional_mail THEN 'offers' END,"
        " CASE WHEN accepts_newsletter THEN 'news' END) FROM saleor_customer_plus_customerrecord"
    )
    return {email: said for email, said in rows if email in HISTORIES}


@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.slow
def test_the_migrations_go_back_and_forth_with_data_and_back_to_nothing_and_saleor_s_tables_stay_as_they_are() -> None:
    """Back to before each migration of data, forward again, and back to zero, in one walk: each step takes a while.

    That they lead from nothing to the tables of today is proved by every run, whose database is made by them.
    """
    theirs, ours = catalog(ours=False), catalog(ours=True)
    around, functions = around_the_tables(ours=False), around_the_tables(ours=True)
    assert all(ours[kind] for kind in ("columns", "constraints", "indexes", "triggers"))
    for email, (events, said) in HISTORIES.items():
        record = make_record(email, accepts_promotional_mail="offers" in said, accepts_newsletter="news" in said)
        for event in events:
            make_consent(record, **event)

    migrate("0008_purposes")
    marketing = query("SELECT email FROM saleor_customer_plus_customerrecord WHERE accepts_marketing ORDER BY email")
    assert [email for (email,) in marketing] == ["both", "claimed", "left", "news", "offers"]

    # From the history, which alone knows which purpose it was.
    migrate("0009_consents_of_purposes")
    assert flags() == {email: said for email, (_, said) in HISTORIES.items()}

    migrate("0018_without_email_check")
    # Not through the model, which has columns that the table does not have yet.
    insert = "INSERT INTO saleor_customer_plus_customerrecord (email) VALUES (%s) RETURNING id"
    ids = {email: query(insert, [email])[0][0] for email in ADDRESSES}

    migrate(None)
    assert (catalog(ours=True), catalog(ours=False)) == (ours, theirs)
    assert (around_the_tables(ours=False), around_the_tables(ours=True)) == (around, functions)
    assert flags() == {email: said for email, (_, said) in HISTORIES.items()}
    assert set(CurrentConsent.objects.values_list("record__email", "channel", "purpose", "state")) == {
        (record.email, event.channel, event.purpose, event.state)
        for record in CustomerRecord.objects.all()
        for event in current_consents([record.pk])[record.pk]
    }
    assert {record.pk: record.email for record in CustomerRecord.objects.filter(pk__in=ids.values())} == {
        ids[before]: after.format(id=ids[before]) for before, after in ADDRESSES.items()
    }

    CustomerRecord.objects.filter(email="İ@x").delete()  # which the rule of before would not have let in
    migrate("zero")
    assert catalog(ours=True) == {"columns": [], "constraints": [], "indexes": [], "triggers": []}
    assert catalog(ours=False) == theirs
    assert (around_the_tables(ours=False), around_the_tables(ours=True)) == (around, [])
    make_account().delete()  # also while the package is still installed
