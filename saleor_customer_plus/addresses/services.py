"""The one writer of the further addresses of a person. Call each function in a transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.utils import timezone

from ..activity.models import ActivityType
from ..activity.services import Actor, Cause, Entry, append
from ..core import sql
from ..errors import CustomerPlusError, ErrorCode, SeveralErrors
from ..records.addresses import ADDRESS, has_lines
from ..records.labels import fold
from ..records.models import Source
from ..records.validation import clean
from ..records.writing import lock_rows
from ..saleor_adapter import saleor_api
from .models import AddressKind, CustomerAddress

# More addresses of one person were made by mistake.
MAX_ADDRESSES = 50
MAX_LABEL_LENGTH = 64

# Who receives what is sent there, and where that is.
FIELDS = ("first_name", "last_name", "company_name", "phone", *ADDRESS)
_ALL = ("kind", "label", *FIELDS)
# The fields of an address by the model's names, as `cleaned` gives them.
Values = Mapping[str, Any]


def cleaned(given: Values, *, region: str) -> dict[str, Any]:
    """Check the fields of an address that are given, by the model's names. Raises all that is wrong.

    `region` is the country of a phone number without a prefix where the address names none.
    """
    raw = {name: value for name, value in given.items() if name in FIELDS}
    checked = clean(raw, region=region)
    values, errors = dict(checked.values), list(checked.errors)
    if "kind" in given:
        values["kind"] = AddressKind(given["kind"] or AddressKind.OTHER)
    if "label" in given:
        try:
            values["label"] = clean({"first_name": given["label"]}).or_raise()["first_name"]
            if len(values["label"]) > MAX_LABEL_LENGTH:
                raise CustomerPlusError(f"This may have at most {MAX_LABEL_LENGTH} characters.")
        except (CustomerPlusError, SeveralErrors) as error:
            message = error.errors[0].message if isinstance(error, SeveralErrors) else error.message
            errors.append(CustomerPlusError(message, field="label"))
    if errors:
        raise SeveralErrors(errors)
    return values


def add(
    record_id: int,
    values: Values,
    *,
    actor: Actor,
    source: Source = Source.STAFF,
    source_id: str = "",
) -> CustomerAddress:
    """Keep an address, as `cleaned` gives it, for a person.

    Raises REQUIRED where it is no more than a country, UNIQUE with the id of the address that is the same already,
    LIMIT_REACHED beyond 50, and NOT_FOUND where there is no such record.
    """
    if not lock_rows([record_id]):
        raise CustomerPlusError("No record has this id.", code=ErrorCode.NOT_FOUND, field="record_id")
    address = CustomerAddress(record_id=record_id, source=source, source_id=source_id, **values)
    others = list(CustomerAddress.objects.filter(record_id=record_id).order_by("pk"))
    if len(others) >= MAX_ADDRESSES:
        raise CustomerPlusError(
            f"A person may have at most {MAX_ADDRESSES} addresses. Remove one that is out of date.",
            code=ErrorCode.LIMIT_REACHED,
            field="record_id",
        )
    _check(address, others)
    address.save()
    _log(address, ActivityType.ADDRESS_ADDED, actor, after=as_logged(address))
    return address


def unknown_among(wanted: Iterable[Values], known: Iterable[Values]) -> list[Values]:
    """Those of the wanted addresses that somebody who has the known ones has not: each once for each kind."""
    held = {(one["kind"], _compared(one)) for one in known}
    found: dict[Any, Values] = {}
    for one in wanted:
        key = one["kind"], _compared(one)
        if key not in held:
            found.setdefault(key, one)
    return list(found.values())


def address_books(record_ids: Collection[int]) -> dict[int, list[Values]]:
    """What these people have, as `add_each` takes it, oldest first. One statement."""
    books: dict[int, list[Values]] = {}
    kept = CustomerAddress.objects.filter(sql.is_any("record_id", record_ids)).order_by("pk")
    for record_id, *values in kept.values_list("record_id", *_ALL):
        books.setdefault(record_id, []).append(dict(zip(_ALL, values, strict=True)))
    return books


def add_each(
    wanted: Mapping[int, Sequence[Values]], *, actor: Actor, cause: Cause, source: Source, source_id: str
) -> None:
    """Keep these addresses for people who are locked or new, and have not got them: see `unknown_among`.

    The caller minds the limit. Two statements for any number of them.
    """
    rows = [
        CustomerAddress(record_id=record_id, source=source, source_id=source_id, **values)
        for record_id, some in sorted(wanted.items())
        for values in some
    ]
    if rows:
        CustomerAddress.objects.bulk_create(rows)
        append(_entry(one, ActivityType.ADDRESS_ADDED, actor, cause, after=as_logged(one)) for one in rows)


def remove_each(addresses: Collection[CustomerAddress], *, actor: Actor, cause: Cause) -> None:
    """Delete addresses of people who are locked. Two statements."""
    if addresses:
        CustomerAddress.objects.filter(sql.is_any("pk", [one.pk for one in addresses])).delete()
        append(_entry(one, ActivityType.ADDRESS_REMOVED, actor, cause, before=as_logged(one)) for one in addresses)


def update(address: CustomerAddress, values: Values, *, actor: Actor) -> CustomerAddress:
    """Change the fields that are given. What staff change is theirs: it no longer names its source."""
    before = as_logged(address, _ALL)
    for name, value in values.items():
        setattr(address, name, value)
    changed = [name for name in _ALL if before[name] != getattr(address, name)]
    if not changed:
        return address
    _check(address, CustomerAddress.objects.filter(record_id=address.record_id).exclude(pk=address.pk))
    if set(changed) & set(FIELDS):
        address.source, address.source_id = Source.STAFF, ""
    address.modified_at = timezone.now()
    address.save()
    _log(
        address,
        ActivityType.ADDRESS_CHANGED,
        actor,
        before={name: before[name] for name in changed},
        after=as_logged(address, changed),
    )
    return address


def remove(address: CustomerAddress, *, actor: Actor) -> None:
    """Delete an address. The log keeps what it was, as long as the record is there."""
    _log(address, ActivityType.ADDRESS_REMOVED, actor, before=as_logged(address))
    address.delete()


def existing(address_id: int, *, field: str = "id") -> CustomerAddress:
    """The address, with its record held against other changes. Raise NOT_FOUND if there is none."""
    held = None
    while address := CustomerAddress.objects.filter(pk=address_id).first():
        if address.record_id == held:
            return address
        # Read again once it is held: it may have moved to another record, or have been edited, while we waited.
        held = address.record_id
        lock_rows([held])
    raise CustomerPlusError("No address has this id.", code=ErrorCode.NOT_FOUND, field=field)


def is_same(one: Values, other: Values) -> bool:
    """Whether two addresses are the same place and recipient, whatever their case and spaces."""
    return _compared(one) == _compared(other)


def _compared(values: Values) -> tuple[str, ...]:
    return tuple(_folded(values.get(name)) for name in FIELDS)


def fields_of(address: CustomerAddress) -> dict[str, Any]:
    return {name: getattr(address, name) for name in FIELDS}


def one_line(values: Values) -> str:
    """An address as people read it in a list: its label, whom it is of, and where."""
    name = " ".join(filter(None, (values.get("first_name"), values.get("last_name"))))
    town = " ".join(filter(None, (values.get("postal_code"), values.get("city"))))
    parts = [values.get(key) for key in ("label", "company_name")] + [name]
    parts += [values.get(key) for key in ("street_address_1", "street_address_2")] + [town]
    parts += [values.get(key) for key in ("country_area", "country_code", "phone")]
    return ", ".join(filter(None, parts))


def _folded(value: Any) -> str:
    return fold(" ".join(str(value or "").split()))


def _check(address: CustomerAddress, others: Any) -> None:
    if not has_lines(fields_of(address)):
        raise CustomerPlusError(
            "An address needs a street, a postal code, a city or a state.",
            code=ErrorCode.REQUIRED,
            field="street_address_1",
        )
    for other in others:
        if other.kind == address.kind and is_same(fields_of(other), fields_of(address)):
            raise CustomerPlusError(
                "The person has this address already.",
                code=ErrorCode.UNIQUE,
                field="street_address_1",
                id=saleor_api.global_id("CustomerAddress", other.pk),
            )


def as_logged(address: CustomerAddress, names: Any = None) -> dict[str, Any]:
    """The address as the log has it: what is not blank or, with names, these fields."""
    if names is not None:
        return {name: str(getattr(address, name)) for name in names}
    return {name: str(getattr(address, name)) for name in _ALL if getattr(address, name)}


def _log(address: CustomerAddress, type: ActivityType, actor: Actor, *, before: Any = None, after: Any = None) -> None:
    append([_entry(address, type, actor, before=before, after=after)])


def _entry(
    address: CustomerAddress,
    type: ActivityType,
    actor: Actor,
    cause: Cause | None = None,
    *,
    before: Any = None,
    after: Any = None,
) -> Entry:
    of_cause = cause.of_entry if cause is not None else {}
    return Entry(address.record_id, type, before=before or {}, after=after or {}, **actor.of_entry, **of_cause)
