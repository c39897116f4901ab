"""Setting an account's customer type, attributes and metadata: by Saleor's own mutations, as whoever asks for it.

What an account has already is not set again, so that a list that is imported twice asks Saleor once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from math import isfinite
from typing import Any

from ..activity.models import ActivityType, CauseType
from ..activity.services import Actor, Cause, Entry, append
from ..errors import CustomerPlusError, ErrorCode, Problems
from ..records.models import CustomerRecord
from ..saleor_adapter import saleor_api, staff
from .account_data import (
    AssignedAttribute,
    Kind,
    attributes,
    check_attributes,
    check_customer_types,
    metadata_of,
    type_id_of,
)
from .services import update_account

# Not by `customerUpdate`, which takes metadata too: that of 3.21 answers as if all were well, and saves none of it.
_METADATA_UPDATE = f"""
mutation ($id: ID!, $input: [MetadataInput!]!) {{
  updateMetadata(id: $id, input: $input) {{ item {{ metadata {{ key }} }} {saleor_api.ERRORS} }}
}}
"""
_METADATA_DELETE = f"""
mutation ($id: ID!, $keys: [String!]!) {{
  deleteMetadata(id: $id, keys: $keys) {{ item {{ metadata {{ key }} }} {saleor_api.ERRORS} }}
}}
"""

_YES, _NO = ("yes", "true", "1"), ("no", "false", "0")
# What a text can say. Files, references and rich text are set in Saleor.
_OF_CHOICES = (Kind.DROPDOWN, Kind.SWATCH, Kind.MULTISELECT)


@dataclass(frozen=True, slots=True)
class AccountChanges:
    """What an account is to get.

    `customer_type` is the key of one, None to leave it. Attributes are by slug, each with all its values as texts, none
    to clear it. Metadata is by key, None to delete one; keys that are not named stay.
    """

    customer_type: int | None = None
    attributes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    metadata: Mapping[str, str | None] = field(default_factory=dict)
    private_metadata: Mapping[str, str | None] = field(default_factory=dict)


def change_account(
    record: CustomerRecord,
    account: Any,
    changes: AccountChanges,
    *,
    context: Any,
    actor: Actor,
    cause: Cause | None = None,
) -> bool:
    """Have Saleor set what differs, as whoever sent the request `context`. Return whether anything did.

    Raises `CustomerPlusError` or `SeveralErrors`: UNSUPPORTED where this Saleor has no such thing, NOT_FOUND for an
    attribute, a choice or a customer type that does not exist, OUT_OF_SCOPE for accounts of staff, and what Saleor
    refuses.
    """
    problems, asked, log = Problems(), dict[str, Any](), _Log()
    with problems.noted():
        asked |= _customer_type(account, changes.customer_type, log)
    if not problems.errors:  # which attributes there are depends on the type
        with problems.noted():
            asked |= _attributes(account, changes, log)
    problems.raise_any()
    calls = [*_metadata(account, changes.metadata, log), *_metadata(account, changes.private_metadata, log, "Private")]
    if not asked and not calls:
        return False
    if asked:
        update_account(context, account, field="record_id", **asked)
    else:
        staff.refuse_change_of_staff(account, context.app or context.user, field="record_id")
    for document, variables in calls:
        saleor_api.run(context, document, variables).or_raise()
    caused = cause or Cause(CauseType.ACCOUNT, str(account.pk))
    details = {"before": log.before, "after": log.after, **actor.of_entry, **caused.of_entry}
    append([Entry(record.pk, ActivityType.ACCOUNT_CHANGED, **details)])
    return True


class _Log:
    """The entry of a change in the activity log."""

    def __init__(self) -> None:
        self.before: dict[str, Any] = {}
        self.after: dict[str, Any] = {}

    def add(self, name: str, before: Any, after: Any) -> None:
        if before != after:
            self.before[name], self.after[name] = before, after


def _customer_type(account: Any, wanted: int | None, log: _Log) -> dict[str, Any]:
    if wanted is None:
        return {}
    model = check_customer_types("customer_type")
    names = dict(model.objects.filter(pk__in=[wanted, type_id_of(account) or wanted]).values_list("pk", "slug"))
    if wanted not in names:
        raise CustomerPlusError("No customer type has this id.", code=ErrorCode.NOT_FOUND, field="customer_type")
    if wanted == type_id_of(account):
        return {}
    log.add("customer_type", names.get(type_id_of(account)), names[wanted])
    return {"customerType": saleor_api.global_id("CustomerType", wanted)}


def _attributes(account: Any, changes: AccountChanges, log: _Log) -> dict[str, Any]:
    if not changes.attributes:
        return {}
    check_attributes("attributes")
    key = (account.pk, changes.customer_type or type_id_of(account))
    known = {one.slug: one for one in attributes([key])[key]}
    problems, asked = Problems(), []
    before, after = dict[str, Any](), dict[str, Any]()
    choices = _choices([known[slug] for slug in changes.attributes if slug in known])
    for slug, texts in changes.attributes.items():
        with problems.noted():
            if slug not in known:
                raise CustomerPlusError(
                    f"The customer type of the account has no attribute {slug!r}. Assign it to the type in Saleor.",
                    code=ErrorCode.NOT_FOUND,
                    field="attributes",
                )
            attribute = known[slug]
            value, said = _READERS.get(attribute.input_type, _refuse)(attribute, list(texts), choices)
            if not has_texts(attribute, said):
                asked.append({"id": saleor_api.global_id("Attribute", attribute.id), **value})
                before[slug], after[slug] = [one.text for one in attribute.values], said
    problems.raise_any()
    if not asked:
        return {}
    log.add("attributes", before, after)
    return {"attributes": asked}


def has_texts(attribute: AssignedAttribute, texts: list[str]) -> bool:
    """Whether the attribute has these values already, in any order, and however a number is written."""
    if attribute.input_type == Kind.NUMERIC:
        return [float(text) for text in texts] == [one.numeric for one in attribute.values]
    return sorted(texts) == sorted(one.text for one in attribute.values)


def _metadata(
    account: Any, wanted: Mapping[str, str | None], log: _Log, kind: str = ""
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The operations, each with its variables, that set and delete what differs. `kind` is Private, or blank."""
    known = metadata_of(account, is_private=bool(kind))
    differ = {key: value for key, value in wanted.items() if known.get(key) != value}
    if kind and differ:  # not the values: whoever reads the log may not see those of every account
        log.add("private_metadata_keys", [], sorted(differ))
    elif differ:
        log.add("metadata", {key: known.get(key) for key in differ}, differ)
    id = saleor_api.global_id("User", account.pk)
    if given := [{"key": key, "value": value} for key, value in differ.items() if value is not None]:
        yield _METADATA_UPDATE.replace("updateMetadata", f"update{kind}Metadata"), {"id": id, "input": given}
    if gone := [key for key, value in differ.items() if value is None]:
        yield _METADATA_DELETE.replace("deleteMetadata", f"delete{kind}Metadata"), {"id": id, "keys": gone}


# The key and the name of each choice, by the attribute and what it may be called, in lower case.
_Choices = Mapping[tuple[int, str], tuple[int, str]]
# What Saleor is given, and the texts that the attribute has then.
_Read = tuple[dict[str, Any], list[str]]


def _choices(wanted: Iterable[AssignedAttribute]) -> _Choices:
    """The choices of these attributes. One statement, or none."""
    ids = [one.id for one in wanted if one.input_type in _OF_CHOICES]
    if not ids:
        return {}
    found = check_attributes().attribute._meta.get_field("values").related_model.objects.filter(attribute__in=ids)
    rows = list(found.order_by("pk").values_list("attribute_id", "pk", "name", "slug"))
    by_slug = {(attribute, slug.lower()): (pk, name) for attribute, pk, name, slug in reversed(rows)}
    return by_slug | {(attribute, name.lower()): (pk, name) for attribute, pk, name, slug in reversed(rows)}


def _selected(attribute: AssignedAttribute, texts: list[str], choices: _Choices) -> _Read:
    chosen = []
    for text in dict.fromkeys(texts):
        if (choice := choices.get((attribute.id, text.strip().lower()))) is None:
            raise _invalid(attribute, "has no such choice. Add it in Saleor", ErrorCode.NOT_FOUND)
        chosen.append(choice)
    ids = [{"id": saleor_api.global_id("AttributeValue", pk)} for pk, _ in chosen]
    names = [name for _, name in chosen]
    if attribute.input_type == Kind.MULTISELECT:
        return {"multiselect": ids}, names
    _one(attribute, texts)
    return {attribute.input_type: ids[0] if ids else None}, names


def _written(
    name: str, read: Callable[[str], tuple[Any, str]], attribute: AssignedAttribute, texts: list[str], _: _Choices
) -> _Read:
    """An attribute whose only value is written out."""
    text = _one(attribute, texts)
    if text is None:
        return {name: None}, []
    try:
        value, said = read(text.strip())
    except ValueError:
        raise _invalid(attribute, f"cannot be read: it is of the kind {attribute.input_type}") from None
    return {name: value}, [said]


def _refuse(attribute: AssignedAttribute, _texts: list[str], _choices: _Choices) -> _Read:
    raise _invalid(attribute, f"is of the kind {attribute.input_type}, which is set in Saleor only")


def _one(attribute: AssignedAttribute, texts: list[str]) -> str | None:
    if len(texts) > 1:
        raise _invalid(attribute, "takes one value")
    return texts[0] if texts and texts[0].strip() else None


def _flag(text: str) -> tuple[bool, str]:
    if text.lower() not in (*_YES, *_NO):
        raise ValueError(text)
    is_yes = text.lower() in _YES
    return is_yes, "yes" if is_yes else "no"


def _number(text: str) -> tuple[str, str]:
    if not isfinite(float(text)):
        raise ValueError(text)
    return text, text


def _day(text: str) -> tuple[str, str]:
    day = date.fromisoformat(text).isoformat()
    return day, day


def _moment(text: str) -> tuple[str, str]:
    moment = datetime.fromisoformat(text)
    said = (moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)).isoformat()
    return said, said


def _invalid(attribute: AssignedAttribute, message: str, code: ErrorCode = ErrorCode.INVALID) -> CustomerPlusError:
    return CustomerPlusError(f"The attribute {attribute.slug!r} {message}.", code=code, field="attributes")


_READERS: Mapping[str, Callable[[AssignedAttribute, list[str], _Choices], _Read]] = {
    **dict.fromkeys(_OF_CHOICES, _selected),
    Kind.BOOLEAN: partial(_written, "boolean", _flag),
    Kind.NUMERIC: partial(_written, "numeric", _number),
    Kind.PLAIN_TEXT: partial(_written, "plainText", lambda text: (text, text)),
    Kind.DATE: partial(_written, "date", _day),
    Kind.DATE_TIME: partial(_written, "dateTime", _moment),
}
