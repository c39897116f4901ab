"""Vouchers of groups, put into the checkouts of members by Saleor's own API.

Once for each checkout, and never over a code: what the customer entered stays, and what the customer removed is not put
back. Saleor judges whether a voucher holds for a checkout; one that does not is tried again when the checkout changes.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from .. import settings
from ..errors import CustomerPlusError, SeveralErrors
from ..records.models import CustomerRecord
from ..saleor_adapter import host, saleor_api
from .models import Group, GroupMembership, VoucherUse

logger = logging.getLogger(__name__)

_ADD = f"""mutation ($id: ID!, $code: String!) {{
  checkoutAddPromoCode(id: $id, promoCode: $code) {{ {saleor_api.ERRORS} }}
}}"""
_REMOVE = f"""mutation ($id: ID!, $code: String!) {{
  checkoutRemovePromoCode(id: $id, promoCode: $code) {{ {saleor_api.ERRORS} }}
}}"""


class Use(NamedTuple):
    """A checkout, and the code that we put into it."""

    checkout_id: UUID
    code: str


class _Due(NamedTuple):
    """What a member is entitled to."""

    record_id: int
    group_id: int
    code: str


def apply(checkout_id: str) -> bool:
    """Put the voucher of the customer's group into a checkout that has no code. Return whether that was done."""
    chosen, is_active = settings.load()
    if not (is_active and chosen.group_vouchers):
        return False
    try:
        with transaction.atomic():
            return _apply(UUID(checkout_id))
    except (CustomerPlusError, SeveralErrors) as refused:
        logger.info("Saleor took no group's voucher for checkout %s: %s.", checkout_id, _reasons(refused))
        return False


def _apply(checkout_id: UUID) -> bool:
    # Whoever holds it is changing it, and is going to tell us.
    checkout = _locked(checkout_id, skip_locked=True)
    if checkout is None or checkout["user_id"] is None or checkout["voucher_code"]:
        return False
    if VoucherUse.objects.filter(checkout_id=checkout_id).exists():
        return False
    due = _due(checkout["user_id"])
    if due is None:
        return False
    if not host.is_voucher_code(due.code):
        logger.warning("Group %s has a code that is no voucher's.", due.group_id)
        return False
    VoucherUse.objects.create(
        checkout_id=checkout_id, record_id=due.record_id, group_id=due.group_id, voucher_code=due.code
    )
    _run(_ADD, Use(checkout_id, due.code))
    return True


def _due(account_id: int) -> _Due | None:
    """The voucher of the group that the person joined first, of those that have one.

    Whoever is in no group is in the default one.
    """
    memberships = GroupMembership.objects.filter(record__account=account_id).exclude(group__voucher_code="")
    first = memberships.order_by("joined_at", "id").values_list("record_id", "group_id", "group__voucher_code").first()
    if first is not None:
        return _Due(*first)
    default = Group.objects.filter(is_default=True).exclude(voucher_code="").first()
    alone = CustomerRecord.objects.filter(account=account_id, group_memberships=None).values_list("pk", flat=True)
    if default is None or (record_id := alone.first()) is None:
        return None
    return _Due(record_id, default.pk, default.voucher_code)


def end_memberships(record_ids: Collection[int]) -> int:
    """Take out of the checkouts of these people the vouchers of groups that they are no longer in. Return how many."""
    return take_out(_uses(_ended(VoucherUse.objects.filter(record__in=record_ids))))


def end_left_memberships() -> int:
    """The same for everybody, should the task of a change have been lost. Return how many."""
    checkouts = host.checkouts().filter(pk=OuterRef("checkout_id"), voucher_code=OuterRef("voucher_code"))
    return take_out(_uses(_ended(VoucherUse.objects.filter(Exists(checkouts)))))


def _ended(uses: Any) -> Any:
    still = GroupMembership.objects.filter(record=OuterRef("record"), group=OuterRef("group"))
    of_any = GroupMembership.objects.filter(record=OuterRef("record"))
    return uses.filter(~Exists(still) & ~(Q(group__is_default=True) & ~Exists(of_any)))


def uses_of(record_ids: Collection[int]) -> list[Use]:
    """The checkouts of these people into which we put a voucher: to be asked before the records are deleted."""
    return _uses(VoucherUse.objects.filter(record__in=record_ids))


def take_out(uses: Iterable[Use]) -> int:
    """Remove the codes that we put into these checkouts, where they still are. Return how many that was."""
    return sum(_take_out(use) for use in uses)


def forget_gone() -> int:
    """Forget of checkouts that are no more: they became orders, or were given up. Return how many."""
    gone = ~Exists(host.checkouts().filter(pk=OuterRef("checkout_id")))
    return VoucherUse.objects.filter(gone).delete()[0]


def _take_out(use: Use) -> bool:
    try:
        with transaction.atomic():
            checkout = _locked(use.checkout_id)
            # Done with it: should the customer enter the same code later, it stays.
            VoucherUse.objects.filter(checkout_id=use.checkout_id).update(voucher_code="")
            if checkout is None or checkout["voucher_code"] != use.code:
                return False
            _run(_REMOVE, use)
            return True
    except (CustomerPlusError, SeveralErrors) as refused:
        logger.warning("Saleor keeps a group's voucher in checkout %s: %s.", use.checkout_id, _reasons(refused))
        return False


def _uses(rows: Any) -> list[Use]:
    return [
        Use(*row) for row in rows.exclude(voucher_code="").order_by("id").values_list("checkout_id", "voucher_code")
    ]


def _locked(checkout_id: UUID, *, skip_locked: bool = False) -> dict[str, Any] | None:
    """The checkout, locked: a code that the customer enters meanwhile comes after ours."""
    rows = host.checkouts().select_for_update(skip_locked=skip_locked).filter(pk=checkout_id)
    return rows.values("user_id", "voucher_code").first()  # type: ignore[no-any-return]


def _run(document: str, use: Use) -> None:
    variables = {"id": saleor_api.global_id("Checkout", use.checkout_id), "code": use.code}
    saleor_api.run(saleor_api.as_the_shop(), document, variables).or_raise()


def _reasons(refused: CustomerPlusError | SeveralErrors) -> str:
    errors = refused.errors if isinstance(refused, SeveralErrors) else [refused]
    return ", ".join(error.message for error in errors)
