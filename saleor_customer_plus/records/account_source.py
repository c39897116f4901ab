"""What the records read of Saleor's accounts, as one query: what `ledger.source` is for orders."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, Value
from django.db.models.functions import Coalesce, NullIf

from .. import host, sql
from .details import FIELDS
from .email import normalize_email
from .identity import Account
from .models import ReleasedAccount


def read_accounts(ids: Collection[int]) -> Iterator[Account]:
    """Those of these accounts that there are. One statement."""
    has_orders = Exists(host.Order.objects.filter(user_id=OuterRef("pk")).order_by())
    rows: Iterable[Mapping[str, Any]] = (
        host.User.objects.filter(sql.is_any("pk", ids))
        .order_by()
        .values(
            "id",
            "email",
            "is_staff",
            "is_confirmed",
            "date_joined",
            "updated_at",
            "language_code",
            has_orders=has_orders,
            is_released=Exists(ReleasedAccount.objects.filter(account_id=OuterRef("pk"))),
            own_first_name=_first_said("first_name"),
            own_last_name=_first_said("last_name"),
            company_name=_first_said("company_name", of_user=False),
            phone=_first_said("phone", of_user=False),
            country_code=_first_said("country", of_user=False),
        )
    )
    for row in rows:
        yield Account(
            id=row["id"],
            email=normalize_email(row["email"]),
            is_confirmed=row["is_confirmed"],
            is_customer=not row["is_staff"] or row["has_orders"],
            joined_at=row["date_joined"],
            updated_at=row["updated_at"],
            is_released=row["is_released"],
            details={
                "first_name": row["own_first_name"],
                "last_name": row["own_last_name"],
                **{name: row[name] for name in FIELDS if name in row},
            },
        )


def _first_said(name: str, *, of_user: bool = True) -> Coalesce:
    """The account's own value, or its default billing address's, or its default shipping address's, or blank."""
    said = [name] if of_user else []
    said += [f"default_billing_address__{name}", f"default_shipping_address__{name}"]
    return Coalesce(*(NullIf(F(path), Value("")) for path in said), Value(""), output_field=CharField())
