"""What tags and groups have in common: names, and which records have them, written for any number of records at once.

Every function is a constant number of statements and logs what it changes. Call them in a transaction.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model

from ..activity.models import ActivityType
from ..activity.services import Actor, Cause, insertion_for
from ..core import sql
from ..errors import CustomerPlusError, ErrorCode
from .models import CustomerRecord

MAX_NAME_LENGTH = 255

# Invisible, but parts of emoji and of words in Persian and in Indian languages.
_JOINERS = "\u200c\u200d"

# A record and a label.
Pair = tuple[int, int]


def clean_name(text: str, *, field: str = "name") -> str:
    """The name as it is kept: composed, trimmed, with single spaces. Raise an error that says what is wrong with it.

    Lists of names are written with commas between them, so there is none in a name.
    """
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    if not name:
        raise CustomerPlusError("Enter a name.", code=ErrorCode.REQUIRED, field=field)
    if len(name) > MAX_NAME_LENGTH:
        raise CustomerPlusError(f"A name may have at most {MAX_NAME_LENGTH} characters.", field=field)
    if "," in name:
        raise CustomerPlusError("A name may not have a comma: commas separate names.", field=field)
    if any(unicodedata.category(char) in ("Cc", "Cf", "Cs") and char not in _JOINERS for char in name):
        raise CustomerPlusError("A name may not have characters that are invisible.", field=field)
    return name


def clean_text(text: str, *, field: str, longest: int, lines: bool = False) -> str:
    """A text of staff's as it is kept: trimmed. It may have several lines if the caller allows it."""
    text = text.strip()
    if len(text) > longest:
        raise CustomerPlusError(f"At most {longest} characters are allowed.", field=field)
    if any(unicodedata.category(char) in ("Cc", "Cs") and not (lines and char in "\r\n\t") for char in text):
        raise CustomerPlusError("There is a character that is not allowed.", field=field)
    return text


def fold(name: str) -> str:
    """What all spellings of a name that differ in case only have in common."""
    return unicodedata.normalize("NFC", name.casefold())


Label = TypeVar("Label", bound=Model)


@dataclass(frozen=True, slots=True)
class Labels(Generic[Label]):
    """One kind of label, tags or groups, and where it is written which records have it.

    A row of `link` says that a record has a label. `word` ("tag" or "group") is the name of its foreign key to the
    label, beside the one that is called `record`; entries of the log name the label by the same word. The last three
    are the types under which is logged that a record got a label, lost it, or has one whose name changed.
    """

    label: type[Label]
    link: type[Model]
    word: str
    added: ActivityType
    removed: ActivityType
    renamed: ActivityType

    def lock_names(self) -> None:
        """Be alone in giving names to labels of this kind until the end of the transaction."""
        sql.rows(sql.fill("SELECT pg_advisory_xact_lock(hashtextextended({name}, 0))", name=self.label._meta.label))

    def ids_by_key(self, keys: Collection[str]) -> dict[str, int]:
        """The labels that there are, by their folded names."""
        found = self.label._default_manager.filter(key__in=keys).values_list("key", "pk")
        return dict(found)

    def refuse_if_taken(self, name: str, *, but: int | None = None) -> None:
        """Raise an error if another label has the name. Its `id` is the other's key. Call `lock_names` before."""
        taken = self.ids_by_key([fold(name)]).get(fold(name))
        if taken is not None and taken != but:
            raise CustomerPlusError(
                f"Another {self.word} has this name.", code=ErrorCode.UNIQUE, field="name", id=str(taken)
            )

    def check_known(self, label_ids: Collection[int], *, field: str) -> None:
        """Raise an error unless there are all of these labels."""
        if set(label_ids) - set(self.label._default_manager.filter(pk__in=label_ids).values_list("pk", flat=True)):
            raise CustomerPlusError(f"No {self.word} has this id.", code=ErrorCode.NOT_FOUND, field=field)

    def get_locked(self, label_id: int, *, field: str = "id") -> Label:
        """The label, which nobody else changes, gives or deletes until the end of the transaction."""
        found = self.label._default_manager.select_for_update().filter(pk=label_id).first()
        if found is None:
            raise CustomerPlusError(f"No {self.word} has this id.", code=ErrorCode.NOT_FOUND, field=field)
        return found

    def give(self, pairs: Iterable[Pair], *, actor: Actor, cause: Cause | None = None) -> set[int]:
        """Give labels to records that have them not. Return which records changed. What is gone is passed over."""
        record_ids, label_ids = _columns(pairs)
        if not record_ids:
            return set()
        given = self._fill(
            """
            INSERT INTO {links} (record_id, {label_id})
            SELECT r.id, l.id
            FROM unnest({record_ids}::bigint[], {label_ids}::bigint[]) AS v(record_id, label_id)
            JOIN {records} r ON r.id = v.record_id
            JOIN {labels} l ON l.id = v.label_id
            ORDER BY r.id, l.id  -- in one order everywhere, so that two batches cannot wait for each other
            FOR KEY SHARE OF r, l
            ON CONFLICT DO NOTHING
            RETURNING record_id, {label_id} AS label_id
            """,
            records=sql.table(CustomerRecord),
            record_ids=record_ids,
            label_ids=label_ids,
        )
        return self._log(given, self.added, actor, cause)

    def take(self, pairs: Iterable[Pair], *, actor: Actor, cause: Cause | None = None) -> set[int]:
        """Take labels from records that have them. Return which records changed."""
        record_ids, label_ids = _columns(pairs)
        if not record_ids:
            return set()
        taken = self._fill(
            """
            DELETE FROM {links} k
            USING (
                SELECT v.* FROM unnest({record_ids}::bigint[], {label_ids}::bigint[]) AS v(record_id, label_id)
                JOIN {records} r ON r.id = v.record_id
                ORDER BY r.id
                FOR KEY SHARE OF r  -- first, as everywhere: a deletion of the record waits, and not in a circle
            ) v
            WHERE k.record_id = v.record_id AND k.{label_id} = v.label_id
            RETURNING k.record_id, k.{label_id} AS label_id
            """,
            records=sql.table(CustomerRecord),
            record_ids=record_ids,
            label_ids=label_ids,
        )
        return self._log(taken, self.removed, actor, cause)

    def take_others(
        self, record_ids: Collection[int], keep: Iterable[Pair], *, actor: Actor, cause: Cause | None = None
    ) -> set[int]:
        """Take all labels from these records but those that are to be kept. Return which records changed."""
        if not record_ids:
            return set()
        kept_records, kept_labels = _columns(keep)
        taken = self._fill(
            """
            DELETE FROM {links} k
            WHERE k.record_id = ANY({record_ids}) AND (k.record_id, k.{label_id}) NOT IN (
                SELECT * FROM unnest({kept_records}::bigint[], {kept_labels}::bigint[])
            )
            RETURNING k.record_id, k.{label_id} AS label_id
            """,
            record_ids=sorted(record_ids),
            kept_records=kept_records,
            kept_labels=kept_labels,
        )
        return self._log(taken, self.removed, actor, cause)

    def _log(self, changed: sql.Sql, type: ActivityType, actor: Actor, cause: Cause | None) -> set[int]:
        """Execute the statement, log what it returns, and return which records that were."""
        named = self._named(sql.Sql("l.name"))
        rows = self._fill(
            """
            SELECT k.record_id, {before} AS before, {after} AS after
            FROM changed k JOIN {labels} l ON l.id = k.label_id
            ORDER BY k.record_id, l.key
            """,
            before=_NOTHING if type is self.added else named,
            after=named if type is self.added else _NOTHING,
        )
        found = sql.rows(
            sql.fill(
                "WITH changed AS ({changed}), logged AS ({logged}) SELECT DISTINCT record_id FROM changed",
                changed=changed,
                logged=insertion_for(rows, type=type, actor=actor, cause=cause),
            )
        )
        return {row.record_id for row in found}

    # What concerns everybody who has a label never comes to us: it may be the whole shop.

    def take_from_all(self, label_ids: Collection[int], *, actor: Actor) -> None:
        """Take labels from everybody who has them."""
        changed = self._fill(
            """
            DELETE FROM {links} k USING {labels} l
            WHERE k.{label_id} = l.id AND l.id = ANY({ids})
            RETURNING k.record_id, l.name
            """,
            ids=sorted(label_ids),
        )
        self._log_of_all(changed, self.removed, actor, before=self._named(sql.Sql("k.name")))

    def give_to_all(self, label: Model, name: str, *, of: Collection[int], actor: Actor) -> None:
        """Give a label, with its name, to everybody who has one of these others and not this one."""
        changed = self._fill(
            """
            INSERT INTO {links} (record_id, {label_id})
            SELECT DISTINCT record_id, {id}::bigint FROM {links} WHERE {label_id} = ANY({others}) ORDER BY record_id
            ON CONFLICT DO NOTHING
            RETURNING record_id
            """,
            id=label.pk,
            others=sorted(of),
        )
        self._log_of_all(changed, self.added, actor, after=self._named(name))

    def delete_unused(self, label_ids: Collection[int]) -> None:
        """Delete labels that nobody has, without looking for whoever might: Django would read all that it finds."""
        sql.run(self._fill("DELETE FROM {labels} WHERE id = ANY({ids})", ids=sorted(label_ids)))

    def log_renaming(self, label: Model, old: str, new: str, *, actor: Actor) -> None:
        """Log at everybody who has the label that its name changed."""
        changed = self._fill("SELECT record_id FROM {links} WHERE {label_id} = {id}", id=label.pk)
        self._log_of_all(changed, self.renamed, actor, before=self._named(old), after=self._named(new))

    def _log_of_all(
        self,
        changed: sql.Sql,
        type: ActivityType,
        actor: Actor,
        *,
        before: sql.Sql | None = None,
        after: sql.Sql | None = None,
    ) -> None:
        rows = sql.fill(
            "SELECT k.record_id, {before} AS before, {after} AS after FROM changed k ORDER BY k.record_id",
            before=before or _NOTHING,
            after=after or _NOTHING,
        )
        sql.run(
            sql.fill(
                "WITH changed AS ({changed}) {logged}",
                changed=changed,
                logged=insertion_for(rows, type=type, actor=actor),
            )
        )

    def _named(self, name: sql.Sql | str) -> sql.Sql:
        """How the log names a label."""
        return sql.fill("jsonb_build_object({word}::text, {name}::text)", word=self.word, name=name)

    def _fill(self, template: str, **parts: Any) -> sql.Sql:
        return sql.fill(
            template,
            links=sql.table(self.link),
            labels=sql.table(self.label),
            label_id=sql.Sql(f"{self.word}_id"),
            **parts,
        )


_NOTHING = sql.Sql("'{}'::jsonb")


def _columns(pairs: Iterable[Pair]) -> tuple[list[int], list[int]]:
    listed = sorted(set(pairs))
    return [record_id for record_id, _ in listed], [label_id for _, label_id in listed]
