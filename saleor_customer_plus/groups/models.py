"""Groups: labels whose names customers may see, mirrored into Saleor so that storefronts and promotions know them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone


class Group(models.Model):
    """A group of customers. Whoever is in no group counts as in the default one, without a row of their own.

    Written by `groups.services` only.
    """

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=255)
    key = models.TextField()  # the name as `records.labels.fold` writes it
    description = models.TextField(blank=True, default="", db_default="")  # for staff
    is_default = models.BooleanField(default=False, db_default=False)
    # The code of a voucher of Saleor's that is applied to its members' checkouts by itself, or blank.
    voucher_code = models.CharField(max_length=255, blank=True, default="", db_default="")
    # Whether a segment keeps its members: see `segments.models.Segment.group`.
    is_kept = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], name="customer_plus_group_unique"),
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="customer_plus_group_one_default"
            ),
        ]

    def __str__(self) -> str:
        return f"Group {self.pk}"


class GroupMembership(models.Model):
    """That a person belongs to a group other than the default one. Written by `groups.services` only."""

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(
        "saleor_customer_plus.CustomerRecord",
        on_delete=models.CASCADE,
        related_name="group_memberships",
        db_index=False,  # the unique constraint begins with it
    )
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="memberships", db_index=False)
    joined_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "group"], name="customer_plus_member_once")]
        indexes = [models.Index(F("group"), F("record"), name="customer_plus_member")]

    def __str__(self) -> str:
        return f"GroupMembership {self.pk}"


class VoucherUse(models.Model):
    """That a group's voucher was put into a checkout, so that it is done once and can be undone.

    Written by `groups.vouchers` only. The checkout is Saleor's, kept by its UUID.
    """

    id = models.BigAutoField(primary_key=True)
    checkout_id = models.UUIDField(unique=True)
    record = models.ForeignKey(
        "saleor_customer_plus.CustomerRecord", on_delete=models.CASCADE, related_name="voucher_uses"
    )
    group = models.ForeignKey(Group, on_delete=models.SET_NULL, related_name="+", null=True, db_index=False)
    voucher_code = models.CharField(max_length=255)
    used_at = models.DateTimeField(default=timezone.now, db_default=Now())

    def __str__(self) -> str:
        return f"VoucherUse {self.pk}"
