"""Which value each field has after a merge: plain values, without a database. docs/merging.md says the same in words.

A value that staff locked wins; then the newest, as a sync of the one record would have it (`records.details`). A blank
never wins over a value. Of what has no date the record that is kept goes first, then the others in the order of their
ids. The caller may choose a record for each field: what was chosen is locked, as if it had been edited.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from ..records.addresses import ADDRESS, WHOLE, by_field, has_lines, source_of
from ..records.details import FIELDS
from ..records.models import Source, Stage
from ..records.validation import MAX_STORE_NOTE_LENGTH
from .values import DETAILS, Alternative, Choice, Decision, MergeField, Outcome, Party, Rule, agree, is_said


def default_winner(parties: Iterable[Party]) -> int:
    """The record that is kept by default: with an account, then with the newest order, then the oldest."""
    best = max(parties, key=lambda party: (party.account_id is not None, party.row["last_order_at"] or "", -party.id))
    return best.id


def combine(
    parties: Sequence[Party],
    *,
    winner_id: int,
    account_id: int | None,
    choices: Collection[Choice] = (),
    counting: Collection[str] = (),
) -> Outcome:
    """Decide every field. `account_id` is the account that stays linked, `counting` are the orders that count."""
    return _Merging(parties, winner_id, account_id, choices, frozenset(counting)).outcome()


class _Merging:
    """One merge, while it is decided."""

    def __init__(
        self,
        parties: Sequence[Party],
        winner_id: int,
        account_id: int | None,
        choices: Collection[Choice],
        counting: frozenset[str],
    ) -> None:
        # The one that is kept goes first wherever nothing else decides.
        self.parties = sorted(parties, key=lambda party: (party.id != winner_id, party.id))
        self.winner = self.parties[0]
        self.account_id = account_id
        self.chosen = {(choice.field, choice.key): choice.record_id for choice in choices}
        self.counting = counting
        self.speaking = self._speaking()

    def _speaking(self) -> Party | None:
        """Whose account still says something of the person: the one that is linked, or else was last."""
        linked = [party for party in self.parties if self.account_id and party.account_id == self.account_id]
        return next(iter(linked or [party for party in self.parties if party.row["account_details"]]), None)

    def outcome(self) -> Outcome:
        row = dict(self.winner.row)
        decisions = [self._email()]
        row |= {"account_id": self.account_id, "email": decisions[0].value, **self._account_details()}
        decisions += self._details(row)
        for name, decide in _DECIDED.items():
            decisions.append(one := decide(self, name))
            row[name.value] = one.value
        row["number"] = row["number"] or None
        notes_apart = self._join_notes(row, decisions)
        row["additional_phones"] = self._phones(row, decisions)
        self._state(row)
        decisions += self._own()
        shown = [one for one in decisions if any(is_said(other.value) for other in one.alternatives)]
        return Outcome(row, shown, notes_apart)

    # Helpers.

    def _choice(self, name: MergeField, key: str = "") -> Party | None:
        wanted = self.chosen.get((name, key))
        return next((party for party in self.parties if party.id == wanted), None)

    def _of_rows(self, name: MergeField) -> list[Alternative]:
        return [Alternative(party.id, party.row[name.value]) for party in self.parties]

    def _picked(self, name: MergeField, alternatives: Sequence[Alternative], key: str = "") -> Decision:
        """The value of the record that was chosen, or of the first one that has any."""
        if (party := self._choice(name, key)) is not None:
            value = next(one.value for one in alternatives if one.record_id == party.id)
            return Decision(name, value, party.id, Rule.CHOSEN, alternatives, key)
        said = [one for one in alternatives if is_said(one.value)] or list(alternatives)
        rule = Rule.SAME if agree(said) else Rule.KEPT_RECORD
        return Decision(name, said[0].value, said[0].record_id, rule, alternatives, key)

    def first_said(self, name: MergeField) -> Decision:
        return self._picked(name, self._of_rows(name))

    def of_all(self, name: MergeField) -> Decision:
        """True only if it is of all records, unless somebody chose."""
        return self._flag(name, all, Rule.ALL)

    def of_any(self, name: MergeField) -> Decision:
        return self._flag(name, any, Rule.ANY)

    def _flag(self, name: MergeField, judge: Callable[[Iterable[bool]], bool], rule: Rule) -> Decision:
        alternatives = self._of_rows(name)
        if (party := self._choice(name)) is not None:
            return Decision(name, party.row[name.value], party.id, Rule.CHOSEN, alternatives)
        value = judge(one.value for one in alternatives)
        return Decision(name, value, None, Rule.SAME if agree(alternatives) else rule, alternatives)

    def united(self, name: MergeField) -> Decision:
        """All entries. Where two records have another value under one name, the first of them goes before."""
        alternatives, first = self._of_rows(name), self._choice(name)
        ordered = sorted(self.parties, key=lambda party: party is not first)
        value = {entry: said for party in reversed(ordered) for entry, said in party.row[name.value].items()}
        rule = Rule.CHOSEN if first else Rule.SAME if agree(alternatives) else Rule.UNITED
        return Decision(name, value, first.id if first else None, rule, alternatives)

    # Fields with rules of their own.

    def _email(self) -> Decision:
        """The primary address: that of the account, which cannot be chosen; else of the record that is kept."""
        alternatives = self._of_rows(MergeField.EMAIL)
        if self.account_id is not None:
            linked = next(party for party in self.parties if party.account_id == self.account_id)
            return Decision(MergeField.EMAIL, linked.row["email"], linked.id, Rule.ACCOUNT, alternatives)
        return self._picked(MergeField.EMAIL, alternatives)

    def _account_details(self) -> dict[str, Any]:
        details = dict(self.speaking.row["account_details"]) if self.speaking else {}
        joined = [moment for party in self.parties if (moment := party.row["account_details"].get("joined_at"))]
        # Who comes back with a new account has been a customer since the first one.
        return {"account_details": details | ({"joined_at": min(joined)} if details and joined else {})}

    def _details(self, row: dict[str, Any]) -> list[Decision]:
        """What orders and accounts know: values, where they came from, which are locked, what is suggested."""
        decisions: list[Decision] = []
        provenance: dict[str, Any] = {}
        suggestions: dict[str, Any] = {}
        locked: set[str] = set()
        for unit, names in DETAILS.items():
            name = MergeField(unit)
            alternatives = [self._detail(party, unit, names) for party in self.parties]
            decisions.append(one := self._best(name, alternatives))
            kept = next(party.row for party in self.parties if party.id == one.kept_id)
            row |= {column: kept[column] for column in names}
            known = by_field(kept["provenance"])
            provenance |= {column: known[column] for column in names if column in known}
            if one.rule is Rule.CHOSEN:
                locked |= {column for column in names if kept[column]} or set(names)
            else:
                locked |= set(names) & set(kept["locked_fields"])
            suggestions |= {column: kept["suggestions"][column] for column in names if column in kept["suggestions"]}
        row["provenance"] = as_one_address(provenance)
        row["locked_fields"] = [name for name in FIELDS if name in locked]
        row["suggestions"] = {name: one for name, one in suggestions.items() if name in locked}
        return decisions

    def _detail(self, party: Party, unit: str, names: Sequence[str]) -> Alternative:
        values = [party.row[name] for name in names]
        known: Mapping[str, Any] = {}
        for name in names:
            if party.row[name]:
                known = source_of(party.row["provenance"], name) or known
        return Alternative(
            party.id,
            dict(zip(names, values, strict=True)) if unit == WHOLE else values[0],
            known.get("source", ""),
            known.get("origin", ""),
            known.get("at", ""),
            any(name in party.row["locked_fields"] for name in names),
        )

    def _best(self, name: MergeField, alternatives: Sequence[Alternative], key: str = "") -> Decision:
        if self._choice(name, key) is not None:
            return self._picked(name, alternatives, key)
        said = [one for one in alternatives if is_said(one.value)]
        if name is MergeField.ADDRESS:  # a country by itself is no address
            said = [one for one in said if has_lines(one.value)] or said
        if not said:
            return self._picked(name, alternatives, key)
        if locked := [one for one in said if one.is_locked]:
            best = max(locked, key=lambda one: one.at)
            return Decision(name, best.value, best.record_id, Rule.LOCKED, alternatives, key)
        best = self._newest(said)
        rule = Rule.SAME if agree(said) else Rule.NEWEST if best.at else Rule.KEPT_RECORD
        return Decision(name, best.value, best.record_id, rule, alternatives, key)

    def _newest(self, said: Sequence[Alternative]) -> Alternative:
        """As `records.details` has it: the newest of orders and the account, unless staff or a list said it later.

        Of several that are equal the first one.
        """
        synced = [one for one in said if one.source in (Source.ORDER, Source.ACCOUNT) and self._rank(one) >= 0]
        others = [one for one in said if one not in synced]
        best = max(synced, key=lambda one: (self._rank(one), one.at), default=None)
        other = max(others, key=lambda one: one.at if self._rank(one) >= 0 else "", default=None)
        if best is None or other is None:
            found = best or other
            assert found is not None
            return found
        return other if self._rank(other) >= 0 and other.at > best.at else best

    def _rank(self, one: Alternative) -> int:
        """Orders that count, and the account, go before other orders. An account that loses its link says nothing."""
        if one.source == Source.ACCOUNT:
            return 1 if self.speaking and self.speaking.id == one.record_id else -1
        if one.source == Source.ORDER:
            return int(one.origin in self.counting)
        return 0

    def _join_notes(self, row: dict[str, Any], decisions: list[Decision]) -> list[int]:
        """All notes, one after the other; where that is too long, those of the others as notes of staff's."""
        alternatives, party = self._of_rows(MergeField.STORE_NOTE), self._choice(MergeField.STORE_NOTE)
        texts = list(dict.fromkeys(one.value for one in alternatives if one.value))
        joined, apart, rule = "\n\n".join(texts), list[int](), Rule.UNITED
        if party is not None:
            joined, rule = party.row["store_note"], Rule.CHOSEN
        elif len(joined) > MAX_STORE_NOTE_LENGTH:
            joined = texts[0]
            seen = {joined, ""}
            for one in alternatives:
                if one.value not in seen:
                    apart.append(one.record_id)
                    seen.add(one.value)
        elif agree([one for one in alternatives if one.value]):
            rule = Rule.SAME
        decisions.append(Decision(MergeField.STORE_NOTE, joined, party.id if party else None, rule, alternatives))
        row["store_note"] = joined
        return apart

    def _phones(self, row: Mapping[str, Any], decisions: list[Decision]) -> list[str]:
        """All further numbers, and the main numbers that are no longer the main one: no number is lost."""
        name = MergeField.ADDITIONAL_PHONES
        alternatives, party = self._of_rows(name), self._choice(name)
        numbers = [one.row["phone"] for one in self.parties if one.row["phone"]]
        for one in [party] if party else self.parties:
            numbers += one.row["additional_phones"]
        united = [number for number in dict.fromkeys(numbers) if number != row["phone"]]
        rule = Rule.CHOSEN if party else Rule.SAME if agree(alternatives) else Rule.UNITED
        decisions.append(Decision(name, united, party.id if party else None, rule, alternatives))
        return united

    def _state(self, row: dict[str, Any]) -> None:
        rows = [party.row for party in self.parties]
        is_customer = any(one["stage"] == Stage.CUSTOMER for one in rows)
        row["stage"] = (Stage.CUSTOMER if is_customer else Stage.LEAD).value
        row["sources"] = list(dict.fromkeys(source for one in rows for source in one["sources"]))
        row["created_at"] = min(one["created_at"] for one in rows)
        row["customer_since"] = min((one["customer_since"] for one in rows if one["customer_since"]), default=None)
        inactive = [one["deactivation_reason"] for one in rows if not one["is_active"] and one["deactivation_reason"]]
        row["deactivation_reason"] = "" if row["is_active"] else next(iter(inactive), "")

    def _own(self) -> list[Decision]:
        decisions = []
        for key in dict.fromkeys(key for party in self.parties for key in party.own):
            alternatives = [
                Alternative(party.id, own.value, own.source, own.origin, own.at, own.is_locked)
                for party in self.parties
                if (own := party.own.get(key)) is not None
            ]
            if (MergeField.FIELD, key) in self.chosen and self._choice(MergeField.FIELD, key) not in [
                party for party in self.parties if key in party.own
            ]:
                # The record that was chosen has nothing there.
                blank = Alternative(self.chosen[MergeField.FIELD, key], None)
                alternatives.append(blank)
            decisions.append(self._best_own(key, alternatives))
        return decisions

    def _best_own(self, key: str, alternatives: Sequence[Alternative]) -> Decision:
        if self._choice(MergeField.FIELD, key) is not None:
            return self._picked(MergeField.FIELD, alternatives, key)
        said = [one for one in alternatives if is_said(one.value)] or list(alternatives)
        locked = [one for one in said if one.is_locked]
        best = max(locked or said, key=lambda one: one.at)
        rule = Rule.SAME if agree(said) else Rule.LOCKED if locked else Rule.NEWEST
        return Decision(MergeField.FIELD, best.value, best.record_id, rule, alternatives, key)


_DECIDED: dict[MergeField, Callable[[_Merging, MergeField], Decision]] = {
    MergeField.NUMBER: _Merging.first_said,
    MergeField.IMAGE: _Merging.first_said,
    MergeField.LAWFUL_BASIS: _Merging.first_said,
    MergeField.IS_TAX_EXEMPT: _Merging.of_all,
    MergeField.IS_APPROVED_BUYER: _Merging.of_all,
    MergeField.IS_ACTIVE: _Merging.of_any,
    MergeField.SOCIAL_PROFILES: _Merging.united,
    MergeField.ATTRIBUTES: _Merging.united,
}


def as_one_address(provenance: Mapping[str, Any]) -> dict[str, Any]:
    """A provenance as it is kept: once for the address, where all of it came from one place."""
    of_address = [provenance.get(name) for name in ADDRESS]
    if of_address[0] is not None and all(known == of_address[0] for known in of_address):
        return {name: known for name, known in provenance.items() if name not in ADDRESS} | {WHOLE: of_address[0]}
    return dict(provenance)
