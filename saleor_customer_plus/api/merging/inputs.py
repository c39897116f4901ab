"""Inputs of merges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import graphene

from ...errors import CustomerPlusError, Problems
from ...merging.preview import Request
from ...merging.values import MAX_RECORDS, Choice, MergeField
from ..core.base import checked_text, key_of
from ..core.types import list_of
from .types import CustomerMergeField

MAX_CHOICES = 500


class CustomerMergeChoiceInput(graphene.InputObjectType):  # type: ignore[misc]
    """Whose value a field keeps."""

    field = CustomerMergeField(required=True, description="Which detail to choose a value for.")
    field_key = graphene.String(description="Key of one of the shop's own fields, with the field FIELD.")
    record_id = graphene.ID(required=True, description="ID of the record whose value is kept, also a blank one.")


class CustomerRecordMergePreviewInput(graphene.InputObjectType):  # type: ignore[misc]
    """Fields to preview a merge."""

    ids = list_of(
        graphene.ID, required=True, description=f"Global IDs of the customer records to merge, 2 to {MAX_RECORDS}."
    )
    winner_id = graphene.ID(
        description="ID of the record to keep. By default one with an account, then the one with the newest order, "
        "then the one created first."
    )
    account_id = graphene.ID(
        description="ID of the Saleor account that stays linked, if the records are linked to several."
    )
    choices = list_of(CustomerMergeChoiceInput, description="Fields with another value than by default.")


class CustomerRecordMergeInput(CustomerRecordMergePreviewInput):
    """Fields to merge records."""

    token = graphene.String(required=True, description="Token from `customerRecordMergePreview`.")


def request_of(given: Mapping[str, Any], problems: Problems) -> Request:
    """The request of an input, without what is no id, which is noted. Records that were merged before are the ones that
    they were merged into.
    """
    ids: list[int] = []
    winner_id = account_id = None
    choices: list[Choice] = []
    with problems.noted():
        ids = _keys(given["ids"])
    with problems.noted():
        if given.get("winner_id") is not None:
            winner_id = key_of(given["winner_id"], "CustomerRecord", field="winner_id")
    with problems.noted():
        if given.get("account_id") is not None:
            account_id = key_of(given["account_id"], "User", field="account_id")
    with problems.noted():
        choices = _choices(given.get("choices") or (), problems)
    return Request(ids, winner_id, account_id, choices).current()


def _keys(global_ids: Sequence[str]) -> list[int]:
    if len(global_ids) > MAX_RECORDS:
        raise CustomerPlusError(f"Name at most {MAX_RECORDS} records.", field="ids")
    return [key_of(global_id, "CustomerRecord", field="ids") for global_id in global_ids]


def _choices(given: Sequence[Mapping[str, Any]], problems: Problems) -> list[Choice]:
    if len(given) > MAX_CHOICES:
        raise CustomerPlusError(f"Make at most {MAX_CHOICES} choices.", field="choices")
    choices = []
    for number, one in enumerate(given):
        where = f"choices.{number}"
        with problems.noted():
            key = checked_text(one.get("field_key") or "", field=f"{where}.field_key", longest=64)
            record_id = key_of(one["record_id"], "CustomerRecord", field=f"{where}.record_id")
            choices.append(Choice(MergeField(one["field"]), record_id, key))
    return choices
