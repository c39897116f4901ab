"""System checks: what would go wrong later is said before tables are made, or before the shop is opened."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.db import DatabaseError, connections
from django.utils.module_loading import import_string

from . import settings as plugin_settings
from .core import environment
from .errors import CustomerPlusError
from .mail.outbox import check_ready


@register(Tags.database)
def check_database(*, databases: Sequence[str] | None = None, **_kwargs: Any) -> list[Error]:
    """The plugin needs PostgreSQL in UTF-8: `normalize` and the generated columns that use it.

    Django runs it with `migrate` and `check --database`, and refuses versions that are too old by itself.
    """
    if "default" not in (databases or []):
        return []
    connection = connections["default"]
    if connection.vendor != "postgresql":
        return [
            Error(
                "Customer Plus needs PostgreSQL.",
                hint="Saleor needs it too: set DATABASE_URL.",
                id="saleor_customer_plus.E001",
            )
        ]
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_encoding")
        (encoding,) = cursor.fetchone()
    if encoding != "UTF8":
        return [
            Error(
                f"Customer Plus needs a database in UTF-8, and this one is in {encoding}.",
                hint="Create the database with ENCODING 'UTF8' and restore it there.",
                id="saleor_customer_plus.E002",
            )
        ]
    return []


@register(Tags.security, deploy=True)
def check_storage(**_kwargs: Any) -> list[Warning]:
    """Lists and files of notes must not lie where everybody can fetch them. Django runs it with `check --deploy`."""
    from .saleor_adapter.host import private_storage

    try:
        folder = Path(private_storage.path(""))
    except NotImplementedError:  # a storage elsewhere, which Saleor keeps apart from that of its public files
        return []
    if not folder.resolve().is_relative_to(Path(settings.MEDIA_ROOT).resolve()):
        return []
    return [
        Warning(
            "Lists of customers and files of notes lie in the folder of Saleor's public files.",
            hint="Name a private bucket, see docs/operating.md, or let no web server serve media/customer-plus/.",
            id="saleor_customer_plus.W001",
        )
    ]


@register()
def check_mail(**_kwargs: Any) -> list[Warning]:
    """Saleor has no mail backend at all where `EMAIL_URL` is unset or of an unknown scheme."""
    try:
        import_string(settings.EMAIL_BACKEND)
    except ImportError:
        return [
            Warning(
                "Customer Plus cannot send mail, so its setting `notify_email` does nothing.",
                hint="Set EMAIL_URL, such as smtp://user:password@mail.example.com:587/?tls=True, for web processes "
                "and workers. Or let a plugin or an app tell staff: it gets the same news by Saleor's `notify`.",
                id="saleor_customer_plus.W002",
            )
        ]
    return []


@register(Tags.database)
def check_newsletter(*, databases: Sequence[str] | None = None, **_kwargs: Any) -> list[Warning]:
    """Nobody can confirm a sign-up where no mail can be sent. Django runs it with `check --database`."""
    if "default" not in (databases or []):
        return []
    try:
        chosen, is_active = plugin_settings.load()
        if is_active and chosen.newsletter:
            check_ready(chosen)
    except DatabaseError:  # before the tables are made
        return []
    except CustomerPlusError as error:
        return [
            Warning(
                f"The newsletter is on, and sign-ups wait until Customer Plus can send mail. {error.message}",
                hint="Set EMAIL_URL for web processes and workers, or let an app send by the setting `mail_transport`.",
                id="saleor_customer_plus.W003",
            )
        ]
    return []


@register(Tags.security)
def check_proxies(**_kwargs: Any) -> list[Error]:
    """A number of proxies that makes no sense counts as none; then all visitors share one limit."""
    try:
        environment.proxies()
    except environment.NoNumber as error:
        return [
            Error(
                str(error),
                hint="Set it to the number of your own proxies before Saleor, or take it away. Until then "
                "X-Forwarded-For is not believed.",
                id="saleor_customer_plus.E003",
            )
        ]
    return []


@register()
def check_statement_timeout(**_kwargs: Any) -> list[Error]:
    """A time that makes no sense counts as the default."""
    try:
        environment.statement_timeout()
    except environment.NoNumber as error:
        return [
            Error(
                str(error),
                hint="Correct it, or take it away: without it a statement may take 10 seconds, and until then, too.",
                id="saleor_customer_plus.E004",
            )
        ]
    return []
