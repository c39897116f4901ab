"""The decisions of `records.identity`: over any state whatever, carrying out the plan settles it. No database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from saleor_customer_plus.records.identity import Account, Holder, Plan, plan

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
EMAILS = ["a@x", "b@x", "c@x", "d@x", "e@x"]


def account(id: int, email: str, *, is_confirmed: bool = True, is_customer: bool = True) -> Account:
    return Account(id, email, is_confirmed, is_customer, MOMENT, MOMENT)


def decide(accounts: list[Account], holders: list[Holder], *, include_guests: bool = True) -> Plan:
    return plan({one.id: one for one in accounts}, holders, include_guests=include_guests)


def carry_out(todo: Plan, holders: list[Holder]) -> list[Holder]:
    """Do to a list what `accounts.linking` does to the table, with the table's constraints."""
    state = {holder.record_id: holder for holder in holders}
    for holder in todo.unlink:
        state[holder.record_id] = replace(state[holder.record_id], account_id=None)
    for holder, email in todo.rename:
        state[holder.record_id] = replace(state[holder.record_id], email=email)
    for holder, email in todo.promote:
        former = state[holder.record_id]
        assert email in former.others, "an address that is not its own"
        state[holder.record_id] = replace(former, email=email, others=former.emails - {email})
    for holder, to in todo.link:
        assert state[holder.record_id].account_id is None, "linked over an existing link"
        state[holder.record_id] = replace(state[holder.record_id], account_id=to.id)
    for number, new in enumerate(todo.create, start=1000):
        state[number] = Holder(number, new.email, new.id if new.is_confirmed else None)
    emails = [email for holder in state.values() for email in holder.emails]
    links = [holder.account_id for holder in state.values() if holder.account_id is not None]
    assert len(set(emails)) == len(emails), "two records of one e-mail"
    assert len(set(links)) == len(links), "two records of one account"
    return list(state.values())


def test_nothing_to_do_when_all_is_in_line() -> None:
    assert not decide([account(1, "a@x")], [Holder(10, "a@x", 1)])


def test_an_account_without_a_record_gets_one() -> None:
    assert [one.id for one in decide([account(1, "a@x")], []).create] == [1]


def test_the_record_of_the_address_is_linked() -> None:
    todo = decide([account(1, "a@x")], [Holder(10, "a@x", None)])
    assert [(holder.record_id, to.id) for holder, to in todo.link] == [(10, 1)]


def test_the_account_of_another_address_is_linked_and_its_address_becomes_the_primary_one() -> None:
    holder = Holder(10, "a@x", None, others=frozenset({"b@x"}))
    todo = decide([account(1, "b@x")], [holder])
    assert (todo.link, todo.promote) == ([(holder, account(1, "b@x"))], [(holder, "b@x")])


def test_a_second_account_of_the_record_is_not_linked_and_gets_no_record() -> None:
    holders = [Holder(10, "a@x", 1, others=frozenset({"b@x"}))]
    assert not decide([account(1, "a@x"), account(2, "b@x"), account(3, "b@x", is_confirmed=False)], holders)


def test_of_several_accounts_that_of_the_primary_address_is_linked() -> None:
    holder = Holder(10, "b@x", None, others=frozenset({"a@x"}))
    todo = decide([account(1, "a@x"), account(2, "b@x")], [holder])
    assert (todo.link, todo.promote) == ([(holder, account(2, "b@x"))], [])


def test_an_account_that_changes_to_another_address_of_its_record_swaps_the_two() -> None:
    holder = Holder(10, "a@x", 1, others=frozenset({"b@x"}))
    todo = decide([account(1, "b@x")], [holder])
    assert (todo.promote, todo.rename, todo.unlink, todo.link) == ([(holder, "b@x")], [], [], [])


def test_an_account_that_changes_to_another_address_of_somebody_else_goes_over_to_them() -> None:
    free, linked = Holder(20, "b@x", None, others=frozenset({"c@x"})), Holder(20, "b@x", 2, others=frozenset({"c@x"}))
    mover = Holder(10, "a@x", 1)
    after = carry_out(decide([account(1, "c@x")], [mover, free]), [mover, free])
    assert after == [replace(mover, account_id=None), Holder(20, "c@x", 1, others=frozenset({"b@x"}))]
    # Nor does it get anything where that record has an account of its own, even while that one changes its address.
    for moves in ("b@x", "c@x", "d@x"):
        after = carry_out(decide([account(1, "c@x"), account(2, moves)], [mover, linked]), [mover, linked])
        assert {holder.record_id: holder.account_id for holder in after} == {10: None, 20: 2}


def test_three_accounts_pass_their_addresses_round() -> None:
    accounts = [account(1, "b@x"), account(2, "c@x"), account(3, "a@x")]
    holders = [Holder(10, "a@x", 1), Holder(20, "b@x", 2), Holder(30, "c@x", 3)]
    todo = decide(accounts, holders)
    assert sorted((holder.record_id, email) for holder, email in todo.rename) == [(10, "b@x"), (20, "c@x"), (30, "a@x")]
    assert not todo.unlink
    assert not todo.link


def test_a_chain_that_ends_at_a_record_in_use_goes_over_link_by_link() -> None:
    accounts = [account(1, "b@x"), account(2, "c@x")]
    holders = [Holder(10, "a@x", 1), Holder(20, "b@x", 2), Holder(30, "c@x", None)]
    after = carry_out(decide(accounts, holders), holders)
    assert {(holder.record_id, holder.email, holder.account_id) for holder in after} == {
        (10, "a@x", None),
        (20, "b@x", 1),
        (30, "c@x", 2),
    }


def test_staff_without_orders_is_no_customer() -> None:
    assert not decide([account(1, "a@x", is_customer=False)], [])


def test_a_sign_up_without_confirmation_is_known_only_where_guests_are() -> None:
    unconfirmed = [account(1, "a@x", is_confirmed=False)]
    assert decide(unconfirmed, []).create
    assert not decide(unconfirmed, [], include_guests=False)


@st.composite
def states(draw: st.DrawFn) -> tuple[list[Account], list[Holder]]:
    """Any accounts (addresses may collide, as they may in case only) and any records with any addresses and links."""
    accounts = [
        account(id, draw(st.sampled_from(EMAILS)), is_confirmed=draw(st.booleans()), is_customer=draw(st.booleans()))
        for id in range(1, draw(st.integers(0, 5)) + 1)
    ]
    emails = draw(st.lists(st.sampled_from(EMAILS), unique=True))
    links = draw(st.permutations([1, 2, 3, 4, 5, 6]))  # 6 is an account that is gone
    linked = [draw(st.booleans()) for _ in emails]
    others: dict[str, set[str]] = {email: set() for email in emails}
    for email in sorted(set(EMAILS) - set(emails)):
        if emails and draw(st.booleans()):
            others[draw(st.sampled_from(emails))].add(email)
    holders = [
        Holder(
            10 * number,
            email,
            links[number] if linked[number] and links[number] <= 6 else None,
            others=frozenset(others[email]),
        )
        for number, email in enumerate(emails)
    ]
    return accounts, holders


@given(states(), st.booleans())
def test_carrying_out_the_plan_settles_it(state: tuple[list[Account], list[Holder]], include_guests: bool) -> None:
    accounts, holders = state
    after = carry_out(decide(accounts, holders, include_guests=include_guests), holders)

    by_id = {one.id: one for one in accounts}
    for holder in after:
        if holder.account_id is not None:
            assert by_id[holder.account_id].is_confirmed, "linked to an account that is not confirmed, or gone"
            assert by_id[holder.account_id].email == holder.email, "linked under another e-mail"
    linked_emails = {email for holder in after if holder.account_id is not None for email in holder.emails}
    for one in accounts:
        if one.is_confirmed and one.is_customer:
            assert one.email in linked_emails, "a confirmed customer whose address is of no linked record"
    for holder in holders:
        (same,) = [one for one in after if one.record_id == holder.record_id]
        assert holder.others <= same.emails, "an address was lost"
    assert {holder.record_id for holder in holders} <= {holder.record_id for holder in after}, "a record was lost"
    assert not decide(accounts, after, include_guests=include_guests), "a second run has something to do"
