"""Deleting a person: all that is ours is gone, Saleor's orders stay, and nobody comes back by themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from saleor_customer_plus.activity.models import ActivityEntry
from saleor_customer_plus.activity.services import SYNC
from saleor_customer_plus.consent.models import ConsentEvent
from saleor_customer_plus.deletion import services as deletion
from saleor_customer_plus.groups.models import Group, GroupMembership
from saleor_customer_plus.leads.models import Lead
from saleor_customer_plus.ledger.models import CustomerFigures, LedgerEntry
from saleor_customer_plus.notes.models import Attachment, Note
from saleor_customer_plus.records.details import FIELDS
from saleor_customer_plus.records.models import CustomerRecord, ReleasedAccount
from saleor_customer_plus.saleor_adapter.host import Order, User, private_storage
from saleor_customer_plus.sync import reactions
from saleor_customer_plus.tags.models import Tag, TagAssignment
from tests.drift import drift, reconcile
from tests.factories import change, make_account, make_address, make_order, make_record

pytestmark = pytest.mark.django_db

ANNA = "anna@example.com"


def order_changed(*orders: Any) -> None:
    reactions.orders_changed([str(order.pk) for order in orders])


def delete(*records: CustomerRecord) -> deletion.Deleted:
    return deletion.delete_records([record.pk for record in records], actor=SYNC)


def record_of(email: str) -> CustomerRecord:
    return CustomerRecord.objects.get(email=email)


def emails() -> list[str]:
    return list(CustomerRecord.objects.order_by("email").values_list("email", flat=True))


def everything_happens_again() -> None:
    """Every task that could still come, and a reconciliation."""
    order_changed(*Order.objects.all())
    for account_id in User.objects.values_list("pk", flat=True):
        reactions.account_changed(account_id)
    reconcile()
    assert drift() == {}


def make_full_record(email: str = ANNA, **fields: Any) -> CustomerRecord:
    """A record with something in every room."""
    record = make_record(email, **fields)
    note = Note.objects.create(record=record, text="Calls on Mondays.", author_type="STAFF")
    note.versions.create(text="Calls.", editor_type="STAFF")
    note.mentions.create(user=make_account(f"{record.pk}@staff.example.com", is_staff=True))
    for name in ("a.pdf", "b.pdf"):
        file = ContentFile(b"%PDF-1.4", name=name)
        Attachment.objects.create(note=note, file=file, name=name, content_type="application/pdf", size=8)
    Lead.objects.create(record=record, message="How much?", origin="EMAIL")
    tag = Tag.objects.create(name=f"Tag {record.pk}", key=f"tag {record.pk}")
    TagAssignment.objects.create(record=record, tag=tag)
    group = Group.objects.create(name=f"Group {record.pk}", key=f"group {record.pk}")
    GroupMembership.objects.create(record=record, group=group)
    ConsentEvent.objects.create(
        at=timezone.now(),
        recorded_at=timezone.now(),
        record=record,
        channel="EMAIL",
        purpose="NEWSLETTER",
        state="SUBSCRIBED",
        source="STAFF",
        actor_type="STAFF",
    )
    ActivityEntry.objects.create(record=record, at=timezone.now(), type="RECORD_CREATED")
    return record


# What is lost, and what is kept.


def test_all_that_is_ours_is_gone_and_what_is_others_stays(on_commit: Callable[[], Any]) -> None:
    anna, bea = make_full_record(), make_full_record("bea@example.com")
    anna.image.save("anna.png", ContentFile(b"png"))
    files = [attachment.file.name for attachment in Attachment.objects.filter(note__record=anna)]
    kept = Attachment.objects.filter(note__record=bea).values_list("file", flat=True)

    with on_commit():
        deleted = delete(anna)

    assert deleted.record_ids == [anna.pk]
    assert emails() == ["bea@example.com"]
    for model in (Note, Lead, TagAssignment, GroupMembership, ConsentEvent, ActivityEntry):
        assert list(model.objects.values_list("record", flat=True)) == [bea.pk], model
    assert (Tag.objects.count(), Group.objects.count()) == (2, 2)
    assert [private_storage.exists(name) for name in [*files, anna.image.name]] == [False] * 3
    assert [private_storage.exists(name) for name in kept] == [True] * 2


def test_files_stay_when_the_transaction_fails() -> None:
    anna = make_full_record()
    (name, _) = Attachment.objects.values_list("file", flat=True)

    delete(anna)  # and no commit

    assert private_storage.exists(name)


def test_a_storage_that_fails_leaves_the_rest_to_be_removed(
    on_commit: Callable[[], Any], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[str] = []

    def fail(name: str) -> None:
        asked.append(name)
        raise OSError(ANNA)

    anna = make_full_record()
    monkeypatch.setattr(private_storage, "delete", fail)
    with on_commit():
        delete(anna)

    assert len(asked) == 2
    assert "OSError" in caplog.text
    assert ANNA not in caplog.text


def test_the_orders_stay_as_marks_that_tell_nothing() -> None:
    address = make_address(company_name="Rossi Srl", phone="+493012345678")
    order = make_order(ANNA, total=10, billing_address=address, language_code="it")
    order_changed(order)

    deleted = delete(record_of(ANNA))

    assert deleted.orders_kept == 1
    assert Order.objects.get().user_email == ANNA
    (mark,) = LedgerEntry.objects.values()
    assert (mark["order_id"], mark["is_released"], mark["record_id"], mark["counts"]) == (order.pk, True, None, False)
    assert {mark[name] for name in ("email", "channel_slug", *FIELDS)} == {""}
    assert (mark["account_id"], mark["total_gross"]) == (None, 0)
    assert CustomerFigures.objects.count() == 0


def test_consents_cannot_be_deleted_afterwards_in_the_same_transaction() -> None:
    from django.db import DatabaseError, transaction

    anna, _ = make_full_record(), make_full_record("bea@example.com")
    delete(anna)

    with pytest.raises(DatabaseError, match="kept as they are"), transaction.atomic():
        ConsentEvent.objects.all().delete()


def test_records_that_are_gone_are_passed_over() -> None:
    deleted = deletion.delete_records([4711], actor=SYNC)

    assert (deleted.record_ids, deleted.orders_kept) == ([], 0)


def test_the_log_of_the_server_tells_ids_only(caplog: pytest.LogCaptureFixture) -> None:
    anna = make_full_record()
    with caplog.at_level("INFO", logger="saleor_customer_plus"):
        delete(anna)

    assert f"[{anna.pk}]" in caplog.text
    assert "anna" not in caplog.text


def test_a_number_of_statements_that_does_not_grow() -> None:
    def statements(number: int) -> int:
        records = [make_full_record(f"p{number}-{index}@example.com") for index in range(number)]
        for record in records:
            order_changed(make_order(record.email), make_order(account=make_account(f"a{record.email}")))
        with CaptureQueriesContext(
            connection,
        ) as captured:
            delete(*records)
        return len(captured)

    assert statements(2) == statements(30) < 60


# Nobody comes back.


def test_a_guest_stays_gone_whatever_is_looked_at_again() -> None:
    order_changed(make_order(ANNA), make_order(" Anna@Example.com"))

    delete(record_of(ANNA))

    everything_happens_again()
    assert emails() == []


def test_an_order_that_changes_later_makes_nobody_known() -> None:
    order = make_order(ANNA, charge_status="none")
    order_changed(order)
    delete(record_of(ANNA))

    change(order, charge_status="full", status="fulfilled", updated_at=timezone.now() + timedelta(seconds=1))

    everything_happens_again()
    assert emails() == []
    assert LedgerEntry.objects.get().charge_status == "none"


def test_a_task_that_was_late_does_not_bring_the_person_back() -> None:
    order_changed(make_order(ANNA))
    make_order(f"\t{ANNA.upper()}")  # of which the plugin was not told yet

    deleted = delete(record_of(ANNA))

    assert deleted.orders_kept == 2
    everything_happens_again()
    assert emails() == []


@pytest.mark.parametrize("is_confirmed", [True, False])
def test_an_account_that_stays_makes_no_record_again(is_confirmed: bool) -> None:
    account = make_account(ANNA, is_confirmed=is_confirmed)
    reactions.account_changed(account.pk)
    order_changed(make_order(account=account))

    delete(record_of(ANNA))
    change(account, first_name="Anna", updated_at=timezone.now() + timedelta(seconds=1))

    everything_happens_again()
    assert emails() == []
    change(account, is_confirmed=True)
    everything_happens_again()
    assert emails() == []
    assert list(ReleasedAccount.objects.values_list("account_id", flat=True)) == [account.pk]


def test_accounts_of_the_same_address_in_other_spellings_stay_gone_too() -> None:
    one, two = make_account(ANNA), make_account("Anna@Example.com")
    reactions.account_changed(one.pk)

    delete(record_of(ANNA))

    everything_happens_again()
    assert emails() == []
    assert list(ReleasedAccount.objects.order_by("account_id").values_list("account_id", flat=True)) == [one.pk, two.pk]


@pytest.mark.parametrize("looked_up", [20, 1])
def test_an_address_is_no_pattern(monkeypatch: pytest.MonkeyPatch, looked_up: int) -> None:
    monkeypatch.setattr("saleor_customer_plus.records.spelling.LOOKED_UP", looked_up)
    for email in ("a_na@example.com", "anna@example.com", "100%@example.com", "1000@example.com"):
        order_changed(make_order(email))

    delete(record_of("a_na@example.com"), record_of("100%@example.com"))

    everything_happens_again()
    assert emails() == ["1000@example.com", ANNA]


def test_whose_address_changes_while_they_are_looked_for_is_found_by_the_new_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    account = make_account(ANNA)
    reactions.account_changed(account.pk)
    look_for = deletion.look_for

    def look_before_the_change(record_ids: Any) -> Any:
        traces = look_for(record_ids)
        change(account, email="anne@example.com")
        reactions.account_changed(account.pk)
        make_order("anne@example.com")
        return traces

    monkeypatch.setattr(deletion, "look_for", look_before_the_change)
    deleted = delete(record_of(ANNA))

    assert deleted.orders_kept == 1
    everything_happens_again()
    assert emails() == []


def test_orders_that_waited_for_the_person_are_released_too(configure: Callable[..., None]) -> None:
    configure(include_guests=False)
    record, order = make_record(ANNA), make_order(ANNA)
    LedgerEntry.objects.all().delete()

    delete(record)

    configure(include_guests=True)
    order_changed(order)
    assert emails() == []


def test_the_groups_leave_the_account(on_commit: Callable[[], Any]) -> None:
    from saleor_customer_plus.groups.mirror import KEY, mirror_records

    account = make_account(ANNA)
    record = make_full_record(account=account)
    mirror_records([record.pk])
    account.refresh_from_db()
    assert KEY in account.metadata

    with on_commit():
        delete(record)

    account.refresh_from_db()
    assert account.metadata == {}


# What comes later.


def test_a_later_order_of_a_guest_starts_a_new_record() -> None:
    old = make_order(ANNA, total=10)
    order_changed(old)
    gone = record_of(ANNA)
    delete(gone)

    order_changed(make_order(ANNA, total=3), old)

    everything_happens_again()
    record = record_of(ANNA)
    assert (record.order_count, record.pk == gone.pk) == (1, False)
    assert CustomerFigures.objects.get().total_gross == 3
    assert ReleasedAccount.objects.count() == 0


@pytest.mark.parametrize("as_guest", [True, False])
@pytest.mark.parametrize("by_task", [True, False])
def test_a_later_order_starts_a_new_record_that_is_linked_to_the_account_again(as_guest: bool, by_task: bool) -> None:
    account = make_account(ANNA, first_name="Anna")
    reactions.account_changed(account.pk)
    order_changed(make_order(account=account, total=10))
    delete(record_of(ANNA))

    order = make_order(ANNA, total=3, account=None if as_guest else account)
    if by_task:
        order_changed(order)
    else:
        reconcile()

    record = record_of(ANNA)
    assert (record.account_id, record.order_count, record.first_name) == (account.pk, 1, "Anna")
    assert ReleasedAccount.objects.count() == 0
    everything_happens_again()
    assert CustomerFigures.objects.get().total_gross == 3


def test_a_later_order_of_an_account_that_is_not_confirmed_links_nothing() -> None:
    account = make_account(ANNA, is_confirmed=False)
    reactions.account_changed(account.pk)
    delete(record_of(ANNA))

    order_changed(make_order(account=account))

    assert record_of(ANNA).account_id is None
    assert ReleasedAccount.objects.count() == 0
    everything_happens_again()


def test_whoever_registers_later_is_known_again() -> None:
    order_changed(make_order(ANNA))
    delete(record_of(ANNA))

    account = make_account(ANNA)
    reactions.account_changed(account.pk)

    record = record_of(ANNA)
    assert (record.account_id, record.order_count) == (account.pk, 0)
    everything_happens_again()
    assert record_of(ANNA).order_count == 0


def test_an_account_that_moves_to_the_address_of_another_record_is_linked_to_it() -> None:
    account = make_account(ANNA)
    reactions.account_changed(account.pk)
    delete(record_of(ANNA))
    order_changed(make_order("bea@example.com"))

    change(account, email="bea@example.com")
    reactions.account_changed(account.pk)

    assert record_of("bea@example.com").account_id == account.pk
    assert ReleasedAccount.objects.count() == 0
    everything_happens_again()


def test_the_mark_of_an_account_that_is_gone_is_gone() -> None:
    account = make_account(ANNA)
    reactions.account_changed(account.pk)
    delete(record_of(ANNA))
    account_id = account.pk

    account.delete()
    reactions.account_changed(account_id)

    assert ReleasedAccount.objects.count() == 0
    everything_happens_again()


def test_the_orders_of_others_stay_with_them() -> None:
    bea = make_account("bea@example.com")
    reactions.account_changed(bea.pk)
    order_changed(make_order(ANNA))
    typed = make_order(ANNA, account=bea, total=7)  # bea's, whatever was typed; and nobody was told of it yet

    delete(record_of(ANNA))

    everything_happens_again()
    assert emails() == ["bea@example.com"]
    assert LedgerEntry.objects.get(order_id=typed.pk).record.email == "bea@example.com"
    assert record_of("bea@example.com").order_count == 1
