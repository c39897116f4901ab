"""What is changed on the screen of one customer without opening a form: tags, groups, details, notes, consent, log."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.groups.models import GroupMembership
from saleor_customer_plus.notes.models import Attachment, Note
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.sync import reactions
from saleor_customer_plus.tags.models import TagAssignment
from tests.dashboard.client import Browser, events, text
from tests.factories import (
    make_address,
    make_group,
    make_ledger_entry,
    make_note,
    make_order,
    make_record,
    make_staff,
    make_tag,
    save_settings,
)
from tests.notes.samples import PDF

XSS = "<img src=x onerror=alert(1)>"


@pytest.fixture
def anna(db: None) -> CustomerRecord:
    return make_record("anna@example.com", first_name="Anna")


def path_of(record: CustomerRecord, rest: str) -> str:
    return f"customers/{to_global_id('CustomerRecord', record.pk)}/{rest}"


def note_path(note: Note, rest: str = "") -> str:
    return f"notes/{to_global_id('CustomerNote', note.pk)}{rest}"


def tags_of(record: CustomerRecord) -> set[str]:
    return set(TagAssignment.objects.filter(record=record).values_list("tag__name", flat=True))


def test_tags_are_added_by_name_and_removed(browser: Browser, anna: CustomerRecord) -> None:
    response = browser.post(path_of(anna, "labels"), {"add_tag": f"VIP, {XSS}"})
    assert tags_of(anna) == {"VIP", XSS}
    assert XSS not in text(response)
    assert "customerPlusChanged" in events(response)

    tag = TagAssignment.objects.get(record=anna, tag__name="VIP").tag
    browser.change(path_of(anna, "labels"), {"remove_tag": to_global_id("CustomerTag", tag.pk)})
    assert tags_of(anna) == {XSS}


def test_addresses_are_added_made_primary_and_removed(browser: Browser, anna: CustomerRecord) -> None:
    ben = make_record("ben@example.com")
    html = browser.change(path_of(anna, "emails"), {"add_email": "ben@example.com"})
    assert 'role="alert"' in html
    assert 'value="ben@example.com"' in html
    assert f"customers/{to_global_id('CustomerRecord', ben.pk)}" in html

    response = browser.post(path_of(anna, "emails"), {"add_email": " Anna@work.example "})
    assert "customerPlusReload" in events(response)
    dialog = browser.screen(path_of(anna, "emails/primary"), {"email": "anna@work.example"})
    assert 'value="anna@work.example"' in dialog
    browser.change(path_of(anna, "emails/primary"), {"email": "anna@work.example"})
    anna.refresh_from_db()
    assert (anna.email, anna.other_emails) == ("anna@work.example", ["anna@example.com"])
    html = browser.screen(f"customers/{to_global_id('CustomerRecord', anna.pk)}")
    assert html.count("emails/remove?email=anna%40example.com") == html.count("emails/primary?") == 1

    assert "<dialog" in browser.screen(path_of(anna, "emails/remove"), {"email": "anna@example.com"})
    browser.change(path_of(anna, "emails/remove"), {"email": "anna@example.com"})
    anna.refresh_from_db()
    assert anna.other_emails == []
    assert 'role="alert"' in browser.change(path_of(anna, "emails/remove"), {"email": "anna@work.example"})


def test_the_limit_of_tags_is_told_and_what_was_typed_stays(browser: Browser, anna: CustomerRecord) -> None:
    save_settings(dashboard=True, tag_limit=1)
    make_tag("one")

    html = browser.change(path_of(anna, "labels"), {"add_tag": "two"})

    assert 'role="alert"' in html
    assert 'value="two"' in html
    assert tags_of(anna) == set()


def test_names_of_tags_are_suggested_by_what_was_typed_last(browser: Browser, anna: CustomerRecord) -> None:
    make_tag("VIP")
    make_tag("late payer")
    assert browser.screen("tag-names", {"add_tag": "fair, late"}).strip() == '<option value="late payer">'


def test_groups_are_joined_and_left_at_once(browser: Browser, anna: CustomerRecord) -> None:
    gold, silver = make_group("Gold"), make_group("Silver")
    GroupMembership.objects.create(record=anna, group=gold)
    ids = [to_global_id("CustomerGroup", group.pk) for group in (gold, silver)]
    assert "checked" in browser.screen(path_of(anna, "groups"))

    browser.change(path_of(anna, "groups"), {"shown": ids, "groups": ids[1]})

    assert list(anna.group_memberships.values_list("group__name", flat=True)) == ["Silver"]


@pytest.fixture
def ben(db: None) -> CustomerRecord:
    """Somebody whose first name staff fixed, and whose newest order says something else."""
    first = make_order("ben@example.com", billing_address=make_address(first_name="Ben"))
    reactions.orders_changed([str(first.pk)])
    CustomerRecord.objects.filter(email="ben@example.com").update(locked_fields=["first_name"])
    second = make_order("ben@example.com", billing_address=make_address(first_name=XSS))
    reactions.orders_changed([str(second.pk)])
    return CustomerRecord.objects.get(email="ben@example.com")


def test_a_suggestion_is_shown_and_accepted(browser: Browser, ben: CustomerRecord) -> None:
    html = browser.screen(path_of(ben, "")[:-1])
    assert "the newest Order says “&lt;img" in html
    assert XSS not in html

    response = browser.post(path_of(ben, "details"), {"accept": "FIRST_NAME"})

    ben.refresh_from_db()
    assert ben.first_name == XSS
    assert "customerPlusReload" in events(response)  # the heading has the name, too
    assert "says" not in text(response)


def test_a_suggestion_is_dismissed_once(browser: Browser, ben: CustomerRecord) -> None:
    assert "says" not in browser.change(path_of(ben, "details"), {"dismiss": "FIRST_NAME"})
    ben.refresh_from_db()
    assert (ben.first_name, ben.locked_fields) == ("Ben", ["first_name"])
    assert 'role="alert"' in browser.change(path_of(ben, "details"), {"dismiss": "FIRST_NAME"})


def test_a_field_is_unlocked(browser: Browser, ben: CustomerRecord) -> None:
    assert "locked" not in browser.change(path_of(ben, "details"), {"unlock": "FIRST_NAME"})
    ben.refresh_from_db()
    assert ben.locked_fields == []


def test_a_note_is_written_with_a_file_edited_pinned_and_deleted(browser: Browser, anna: CustomerRecord) -> None:
    file = SimpleUploadedFile("invoice.pdf", PDF)
    html = browser.change(path_of(anna, "notes"), {"text": f"Called {XSS}", "files": [file]})
    assert XSS not in html
    assert "invoice.pdf" in html
    note = Note.objects.get()

    browser.change(note_path(note, "/pin"), {"is_pinned": "yes"})
    attachment = to_global_id("CustomerNoteAttachment", Attachment.objects.get().pk)
    other = SimpleUploadedFile("other.pdf", PDF)
    html = browser.change(note_path(note, "/edit"), {"text": "Called again", "remove": attachment, "files": [other]})
    assert "Called again" in html
    note.refresh_from_db()
    assert note.is_pinned
    assert [attachment.name for attachment in Attachment.objects.all()] == ["other.pdf"]
    assert "Called &lt;img" in browser.screen(note_path(note, "/edit"))  # the earlier version

    assert "cannot be brought back" in browser.screen(note_path(note, "/delete"))
    response = browser.post(note_path(note, "/delete"))
    assert "customerPlusReload" in events(response)
    assert not Note.objects.exists()
    assert browser.get(note_path(note)).status_code == 404


def test_a_colleague_is_mentioned_in_a_note_and_no_longer(browser: Browser, anna: CustomerRecord) -> None:
    otto = make_staff(first_name="Otto", last_name="Hahn")
    html = browser.screen("colleagues", {"search": "ott"})
    assert 'data-name="Otto Hahn"' in html
    (id,) = re.findall(r'name="mentions" value="([\w=]+)"', html)

    form = {"text": "@Otto Hahn calls back", "mentions": id, "mention_name": "Otto Hahn"}
    assert "@Otto Hahn</span>" in browser.change(path_of(anna, "notes"), form)
    note = Note.objects.get()
    assert list(note.mentions.values_list("user_id", flat=True)) == [otto.pk]

    assert f'name="mentions" value="{id}"' in browser.screen(note_path(note, "/edit"))
    browser.change(note_path(note, "/edit"), form | {"text": "@Otto Hahn called back"})
    assert note.mentions.count() == 1
    browser.change(note_path(note, "/edit"), {"text": "Called back"})
    assert note.mentions.count() == 0

    refused = browser.change(path_of(anna, "notes"), form | {"text": ""})
    assert f'name="mentions" value="{id}"' in refused


def test_a_note_that_is_refused_is_not_lost(browser: Browser, anna: CustomerRecord) -> None:
    file = SimpleUploadedFile("page.html", b"<html><script>alert(1)</script></html>")
    for path in ("notes", "note"):
        response = browser.post(path_of(anna, path), {"text": "Typed <b>", "files": [file]})
        assert "Typed &lt;b&gt;" in text(response)
        assert 'role="alert"' in text(response)
        assert events(response) == {}
    assert not Note.objects.exists()


def test_a_note_from_the_list(browser: Browser, anna: CustomerRecord) -> None:
    assert "<dialog" in browser.screen(path_of(anna, "note"))
    response = browser.post(path_of(anna, "note"), {"text": "Called", "is_pinned": "yes"})
    assert "customerPlusClose" in events(response)
    assert Note.objects.get().is_pinned


def test_more_notes_and_orders_are_loaded(browser: Browser, anna: CustomerRecord) -> None:
    for number in range(25):
        make_note(anna, text=f"note {number}", author_id="1")
        make_ledger_entry(anna, order_number=1000 + number)
    html = browser.screen(path_of(anna, "")[:-1])
    for name, count in (("notes", 5), ("orders", 15)):
        more = html.partition(f"/{name}?after=")[2].partition('"')[0]
        page = browser.screen(f"{path_of(anna, name)}?after={more}")
        assert page.count("<article" if name == "notes" else "<tr>") == count
        assert "Load more" not in page


def test_consent_is_written_down_with_its_wording_and_history(browser: Browser, anna: CustomerRecord) -> None:
    form = {"channel": "EMAIL", "purpose": "NEWSLETTER", "state": "SUBSCRIBED", "source": "CHECKOUT"}
    more = {"optInLevel": "CONFIRMED_OPT_IN", "wording": XSS, "decidedAt": "2026-01-02T03:04"}

    response = browser.post(path_of(anna, "consent"), form | more)

    assert "customerPlusReload" in events(response)
    anna.refresh_from_db()
    assert anna.accepts_newsletter
    html = browser.screen(path_of(anna, "consent"), {"channel": "EMAIL", "purpose": "NEWSLETTER"})
    assert "Jan 2, 2026, 3:04" in html  # in the reader's time zone
    assert "Confirmed opt-in" in html
    assert XSS not in html + browser.screen(path_of(anna, "")[:-1])


def test_consent_that_is_refused(browser: Browser, anna: CustomerRecord) -> None:
    form = {"channel": "EMAIL", "purpose": "NEWSLETTER", "state": "SUBSCRIBED", "source": "STAFF"}
    html = browser.change(path_of(anna, "consent"), form | {"decidedAt": "2999-01-01T00:00", "wording": "Kept"})
    assert 'role="alert"' in html
    assert "Kept" in html


def test_the_log_by_kind_and_in_words(browser: Browser, anna: CustomerRecord) -> None:
    browser.change(path_of(anna, "labels"), {"add_tag": XSS})
    form = {"channel": "EMAIL", "purpose": "NEWSLETTER", "state": "SUBSCRIBED", "optInLevel": "SINGLE_OPT_IN"}
    browser.change(path_of(anna, "consent"), form)

    html = browser.screen(path_of(anna, "activity"))
    assert "Tag added" in html
    assert "Single opt-in" in html
    assert XSS not in html
    assert "optInLevel" not in html
    assert "Tag added" not in browser.screen(path_of(anna, "activity"), {"kind": "consent"})
    assert "<dialog" in browser.screen(path_of(anna, "log"))


def test_the_log_goes_on(browser: Browser, anna: CustomerRecord) -> None:
    for number in range(25):
        browser.change(path_of(anna, "labels"), {"add_tag": f"tag {number}"})
    html = browser.screen(path_of(anna, "activity"), {"kind": "labels"})
    more = html.partition("kind=labels&amp;after=")[2].partition('"')[0]
    assert browser.screen(f"{path_of(anna, 'activity')}?kind=labels&after={more}").count("<strong>Tag added") == 5
