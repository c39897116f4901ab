"""What a list changes of the fields of the shop's own: decided for a preview as for the writing itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ...fields import services
from ...fields.models import FieldDefinition
from ...fields.queries import HeldValues, held
from ...fields.values import BLANK, Value
from ...records.editing import Writer
from ...records.writing import Row
from ...saleor_adapter import saleor_api
from ..columns import FIELD
from .person import Person, Reason
from .row_keys import key_of as key_of_row
from .row_keys import unique_value

# Of a unique value: the id of the record that has it, or the address of the person of this chunk who gets it.
_Holder = int | str
_STALE = "The field was changed or deleted meanwhile."


@dataclass(slots=True)
class OwnFields:
    """The fields that a file has columns of, for one chunk: what records have in them, and who has unique values.

    Who gets a unique value in a chunk is remembered from one batch of it to the next.
    """

    definitions: Sequence[FieldDefinition] = ()
    is_strict: bool = False
    erases_blanks: bool = False
    _by_id: dict[int, FieldDefinition] = field(default_factory=dict)
    _held: HeldValues = field(default_factory=dict)
    _holders: dict[tuple[int, str], _Holder] = field(default_factory=dict)
    _missing: set[tuple[int, str]] = field(default_factory=set)
    _deleted: Collection[int] = ()

    def __post_init__(self) -> None:
        self._by_id = {one.pk: one for one in self.definitions}

    def hold(self) -> None:
        """Before any record is locked: see `fields.services.hold`."""
        now = services.hold(self._by_id)
        self._by_id = {id: now.get(id, one) for id, one in self._by_id.items()}
        self._deleted = self._by_id.keys() - now.keys()

    def read(self, people: Sequence[Person], rows: Mapping[str, Row]) -> None:
        """Read what deciding about these people needs. At most three statements, none without such columns."""
        if not self._by_id:
            return
        self._held |= held([row.id for row in rows.values()], self._by_id)
        unique = {
            (id, key)
            for person in people
            for id, value in person.fields.items()
            if id in self._by_id and self._by_id[id].is_unique and (key := value.unique_key) is not None
        }
        self._holders = {**services.holders(unique - self._holders.keys()), **self._holders}
        self._missing |= services.missing_references_of([person.fields for person in people], self.definitions)

    def decide(self, person: Person, row: Row | None, by: Writer) -> tuple[dict[str, Value], list[Reason]]:
        """What is to be written, by the names of the columns, and why something is left out. Call `read` before."""
        reasons = []
        if not person.fields.keys() <= self._by_id.keys():  # it was read ahead
            reasons.append(Reason("STALE", _STALE, is_warning=not self.is_strict))
        if not self._by_id:
            return {}, reasons
        before = self._held.get(row.id, {}) if row is not None else {}
        changes = services.decide(self._said(person, is_known=row is not None), before, by)
        for id, value in list(changes.items()):
            if reason := self._wrong(self._by_id[id], value, person, row):
                reasons.append(reason)
                del changes[id]
        reasons += self._lacking(person, {**{id: one.json for id, one in before.items()}, **changes})
        return {key_of(self._by_id[id]): value for id, value in changes.items()}, reasons

    def write(self, changes: Mapping[int, Mapping[str, Value]], by: Writer) -> None:
        """Write what was decided, to records that are locked or new."""
        if changes:
            ids = {key_of(one): one.pk for one in self.definitions}
            by_id = {record_id: {ids[key]: value for key, value in own.items()} for record_id, own in changes.items()}
            services.write(by_id, by=by, definitions=self._by_id)

    def _said(self, person: Person, *, is_known: bool) -> dict[int, Value]:
        said = {id: value for id, value in person.fields.items() if id in self._by_id}
        if self.erases_blanks and is_known:
            blanks = set(person.blanks)
            said |= {one.pk: BLANK for one in self.definitions if key_of(one) in blanks and not one.is_required}
        return said

    def _wrong(self, definition: FieldDefinition, value: Value, person: Person, row: Row | None) -> Reason | None:
        if definition.pk in self._deleted or not services.fits(definition, value):
            return self._reason(definition, "STALE", _STALE)
        if value.text is not None and (definition.pk, value.text) in self._missing:
            return self._reason(definition, "NOT_FOUND", "This order does not exist.")
        if not definition.is_unique or (key := value.unique_key) is None:
            return None
        compared = key_of_row(unique_value(definition.pk, key))
        held_by = person.held.get(compared)
        if held_by is not None and (row is None or held_by != row.id):
            id = saleor_api.global_id("CustomerRecord", held_by)
            return self._reason(definition, "UNIQUE", "Another record has this value.", id)
        if other := person.taken.get(compared):
            return self._reason(definition, "UNIQUE", f"Row {other} has this value.")
        holder = self._holders.setdefault((definition.pk, key), person.email)
        if holder == person.email or (row is not None and holder == row.id):
            return None
        if isinstance(holder, int):
            id = saleor_api.global_id("CustomerRecord", holder)
            return self._reason(definition, "UNIQUE", "Another record has this value.", id)
        return self._reason(definition, "UNIQUE", "Another row has this value.")

    def _lacking(self, person: Person, after: Mapping[int, object]) -> Iterator[Reason]:
        """The required fields that stay blank though the file has a column for them."""
        blanks = set(person.blanks)
        for one in self.definitions:
            if one.is_required and key_of(one) in blanks and after.get(one.pk) is None:
                rest = "" if self.is_strict else " The row is taken without it."
                yield self._reason(one, "REQUIRED", f"This field is required.{rest}")

    def _reason(self, definition: FieldDefinition, code: str, message: str, id: str | None = None) -> Reason:
        return Reason(code, message, key_of(definition), id, is_warning=not self.is_strict)


def key_of(definition: FieldDefinition) -> str:
    """What the column of a field is called."""
    return f"{FIELD}{definition.key}"
