"""A message that cannot be taken in from the mailbox: it stops no other, is tried less and less often, and given up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.checks import run_checks
from django.db import DataError, OperationalError
from django.db.models import F

from saleor_customer_plus.core.set_aside import services as set_aside
from saleor_customer_plus.core.set_aside.models import RowKind, SetAsideRow
from saleor_customer_plus.errors import CustomerPlusError, ErrorCode
from saleor_customer_plus.mail import inbox
from saleor_customer_plus.mail.models import Mail
from saleor_customer_plus.messages import mailbox
from saleor_customer_plus.sync import incoming_mail
from saleor_customer_plus.sync.incoming_mail import Outcome
from saleor_customer_plus.sync.retries import retry_set_aside
from tests.factories import make_record
from tests.messages.imap_server import Inbox, imap_server

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage")]

FLAGGED = "\\Seen \\Flagged"


@pytest.fixture
def server(configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    """A mailbox with the messages 1, 2 and 3 of Anna, whom the shop knows."""
    monkeypatch.setattr(mailbox, "TIMEOUT", 2)  # enough for a busy machine
    make_record("anna@example.com")
    with imap_server(Inbox({uid: letter(uid) for uid in "123"})) as server:
        configure(mail_sender="shop@shop.example", mailbox_secret=server.url)
        yield server


@pytest.fixture
def failures(monkeypatch: pytest.MonkeyPatch) -> dict[str, BaseException]:
    """Why messages cannot be kept, by their UIDs."""
    failures: dict[str, BaseException] = {}

    def keep(record_id: int, received: Any, *arguments: Any) -> Any:
        if (uid := received.message_id[1]) in failures:
            raise failures[uid]
        return kept(record_id, received, *arguments)

    kept = inbox.keep
    monkeypatch.setattr(inbox, "keep", keep)
    return failures


def letter(uid: str) -> bytes:
    return f"From: anna@example.com\nMessage-ID: <{uid}@example.com>\nSubject: Sofa\n\nIn green.\n".encode()


def read() -> int:
    """Read the mailbox as the task does. Return how many messages were kept."""
    try:
        return incoming_mail.read_mailbox(seconds=5)[Outcome.RECEIVED]
    except mailbox.MailboxError:
        return -1


def later(**time: float) -> None:
    """Let time go by."""
    for name in ("first_seen_at", "tried_at", "retry_at"):
        SetAsideRow.objects.update(**{name: F(name) - timedelta(**time)})


def waiting() -> dict[str, int]:
    """How often each message was tried that waits, or was given up, by its UID."""
    rows = SetAsideRow.objects.filter(kind=RowKind.MAILBOX)
    return {key.rpartition(":")[2]: tries for key, tries in rows.values_list("key", "tries")}


def warnings() -> list[str]:
    """What the system check says of the mailbox."""
    found = run_checks(tags=["database"], databases=["default"])
    return [warning.msg for warning in found if warning.id == "saleor_customer_plus.W011"]


def fetched(server: Inbox, uid: str) -> int:
    return sum(command.startswith(f"UID FETCH {uid} ") for command in server.commands)


@pytest.mark.parametrize(
    "failure",
    [
        OperationalError("anna@example.com"),
        DataError("anna@example.com"),
        OSError("anna@example.com"),
        CustomerPlusError("The storage is away.", code=ErrorCode.STORAGE_UNAVAILABLE),
    ],
    ids=["database", "data", "file", "storage"],
)
def test_what_cannot_be_kept_waits_longer_each_time_and_stops_no_other(
    server: Inbox, failures: dict[str, BaseException], failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    failures["1"] = failure
    assert read() == 2
    assert server.flags == {"1": "", "2": "\\Seen", "3": "\\Seen"}

    for tries, minutes in [(1, 10), (2, 20), (3, 40)]:
        assert read() == 0
        assert (fetched(server, "1"), waiting()) == (tries, {"1": tries})
        later(minutes=minutes - 1)
        assert read() == 0
        assert fetched(server, "1") == tries, "not before its time"
        later(minutes=1)
    assert warnings() == []
    row = SetAsideRow.objects.get()
    assert row.error_class == type(failure).__name__
    assert "anna" not in caplog.text + str(row.__dict__)
    assert row.key.isascii()
    assert "shop" not in row.key

    failures.clear()
    assert read() == 1
    assert (server.flags["1"], waiting()) == ("\\Seen", {})


def test_what_the_server_stalls_at_ends_one_run_and_the_next_goes_on_after_it(server: Inbox) -> None:
    server.stalled.add("1")
    assert read() == -1
    assert (read(), read()) == (2, 0)
    assert (fetched(server, "1"), waiting()) == (1, {"1": 1})
    assert SetAsideRow.objects.get().error_class == "Unfinished"

    later(minutes=10)
    server.messages["4"], server.flags["4"] = letter("4"), ""
    assert read() == -1
    assert Mail.objects.filter(message_id="<4@example.com>").exists(), "new messages come before those tried again"

    server.stalled.clear()
    later(minutes=20)
    assert (read(), waiting()) == (1, {})


def test_a_message_that_kills_the_worker_does_so_once(server: Inbox, failures: dict[str, BaseException]) -> None:
    failures["1"] = SystemExit()
    with pytest.raises(SystemExit):
        read()
    assert (read(), waiting()) == (2, {"1": 1})


def test_what_the_server_does_not_give_or_does_not_mark_waits(server: Inbox) -> None:
    server.refused.add("1")
    server.unmarked.add("2")
    assert read() == 1
    assert (server.flags, waiting()) == ({"1": "", "2": "", "3": "\\Seen"}, {"1": 1, "2": 1})
    server.refused.clear()
    server.unmarked.clear()
    later(minutes=10)
    assert read() == 1, "the second was kept the first time"
    assert (Mail.objects.count(), waiting()) == (3, {})


@pytest.mark.parametrize("way", ["stalls", "cannot be kept"])
def test_it_is_given_up_after_a_week_and_the_check_names_it(
    server: Inbox, failures: dict[str, BaseException], caplog: pytest.LogCaptureFixture, way: str
) -> None:
    if way == "stalls":
        server.stalled.add("2")
    else:
        failures["2"] = DataError("anna@example.com")
    read()
    later(days=8)
    assert warnings() == [], "workers were away: it has another try"
    read()
    assert (fetched(server, "2"), server.flags["2"]) == (2, "")

    assert read() == 0
    assert (fetched(server, "2"), server.flags["2"]) == (2, FLAGGED)
    assert warnings() == ["Messages of the shop's mailbox could not be taken in and were given up: 1 (UID 2)."]
    assert "given up after 2 tries: UID 2" in caplog.text
    assert "anna" not in caplog.text

    later(days=30)
    assert read() == 0
    assert fetched(server, "2") == 2


def given_up(server: Inbox, failures: dict[str, BaseException]) -> None:
    failures["2"] = DataError()
    read()
    later(days=7)
    read()
    read()
    assert server.flags["2"] == FLAGGED
    assert warnings()


def test_whoever_marks_it_as_unread_has_it_tried_anew(server: Inbox, failures: dict[str, BaseException]) -> None:
    given_up(server, failures)
    server.flags["2"] = "\\Flagged"
    assert (read(), waiting(), warnings()) == (0, {"2": 1}, [])
    failures.clear()
    later(minutes=10)
    assert (read(), waiting(), Mail.objects.count()) == (1, {}, 3)


@pytest.mark.parametrize("seen_to", ["unflagged", "deleted"])
def test_the_warning_ends_when_staff_saw_to_it(server: Inbox, failures: dict[str, BaseException], seen_to: str) -> None:
    given_up(server, failures)
    if seen_to == "unflagged":
        server.flags["2"] = "\\Seen"
    else:
        del server.messages["2"]
    assert (read(), waiting(), warnings()) == (0, {}, [])


def test_what_staff_read_while_it_waits_is_forgotten(server: Inbox, failures: dict[str, BaseException]) -> None:
    failures["2"] = DataError()
    read()
    server.flags["2"] = "\\Seen"
    assert (read(), waiting()) == (0, {})


def test_what_cannot_be_marked_is_given_up_all_the_same(server: Inbox) -> None:
    server.unmarked.add("1")
    server.refused.add("1")
    read()
    later(days=7)
    assert [read() for _ in range(3)] == [0, 0, 0]
    assert (fetched(server, "1"), server.flags["1"], len(warnings())) == (2, "", 1)


@pytest.mark.parametrize("change", ["validity", "folder"])
def test_uids_of_another_mailbox_name_nothing(
    server: Inbox, failures: dict[str, BaseException], configure: Callable[..., None], change: str
) -> None:
    failures["1"] = DataError()
    assert read() == 2
    failures.clear()
    if change == "validity":
        server.validity = "2"
    else:
        server.folder = "Shop"
        configure(mail_sender="shop@shop.example", mailbox_secret=f"{server.url}/Shop")
    # What is number 1 now is another message.
    server.messages["1"] = letter("7")
    assert (read(), waiting()) == (1, {})


def test_no_mailbox_has_no_messages_that_wait(
    server: Inbox, failures: dict[str, BaseException], configure: Callable[..., None]
) -> None:
    given_up(server, failures)
    configure(mail_sender="shop@shop.example", mailbox_secret="")
    assert (read(), waiting(), warnings()) == (0, {}, [])


def test_the_sync_leaves_messages_alone(server: Inbox, failures: dict[str, BaseException]) -> None:
    failures["1"] = DataError()
    read()
    later(minutes=10)
    retry_set_aside(seconds=5)
    assert waiting() == {"1": 1}
    assert set_aside.summary() == {"count": 0, "rows": []}
    assert not [one for one in run_checks(tags=["database"], databases=["default"]) if one.id.endswith("W010")]


def test_many_that_wait_are_asked_for_in_parts(server: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "_AT_ONCE", 2)
    server.refused.update("123")
    assert (read(), waiting()) == (0, {"1": 1, "2": 1, "3": 1})
    server.commands.clear()
    read()
    assert [one for one in server.commands if one.endswith("UNSEEN") and "SEARCH UID" in one] == [
        "UID SEARCH UID 1,2 UNSEEN",
        "UID SEARCH UID 3 UNSEEN",
    ]
    assert len(waiting()) == 3
