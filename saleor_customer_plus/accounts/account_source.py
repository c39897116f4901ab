"""What the records read of Saleor's accounts, as one query: what `ledger.order_source` is for orders."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from django.db.models import Exists, OuterRef

from ..core import sql
from ..records.addresses import ADDRESS, WHOLE, has_lines
from ..records.details import FIELDS
from ..records.email import normalize_email
from ..records.identity import Account
from ..records.models import ReleasedAccount
from ..records.saleor_addresses import first_said, of_one_address
from ..saleor_adapter import host

# Where the details of a person are looked for, in this order.
_ADDRESSES = ("default_billing_address", "default_shipping_address")


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
            own_first_name=first_said("first_name", *_ADDRESSES, own="first_name"),
            own_last_name=first_said("last_name", *_ADDRESSES, own="last_name"),
            company_name=first_said("company_name", *_ADDRESSES),
            phone=first_said("phone", *_ADDRESSES),
            **of_one_address(*_ADDRESSES),
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
                **{name: row[name] for name in FIELDS if name in row and name not in ADDRESS},
                **_address(row),
            },
        )


def _address(row: Mapping[str, Any]) -> dict[str, Any]:
    """The address as one value, so that one time says of when all of it is; or the country, if it is all there is."""
    if has_lines(row):
        return {WHOLE: [row[name] for name in ADDRESS], "country_code": ""}
    return {WHOLE: "", "country_code": row["country_code"]}
