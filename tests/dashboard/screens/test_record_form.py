"""The form for one customer: what it sends, what it tells, and what happens when two edit at once."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.dashboard.screens.record_form_fields import FIELDS, as_input, as_text
from saleor_customer_plus.records.models import CustomerRecord
from tests.dashboard.client import Browser, events, text
from tests.factories import make_group, make_record, make_tag, save_settings


def path_of(record: CustomerRecord, rest: str = "") -> str:
    return f"customers/{to_global_id('CustomerRecord', record.pk)}{rest}"


def opened(record: CustomerRecord, **changed: str) -> dict[str, str]:
    """What the browser sends of a form that was opened for this record, with some fields changed."""
    values = as_text(_as_the_api_answers(record))
    version = record.modified_at.isoformat()
    return {**{f"was_{name}": value for name, value in values.items()}, **values, "version": version, **changed}


def _as_the_api_answers(record: CustomerRecord) -> dict[str, Any]:
    return {
        "email": record.email, "firstName": record.first_name, "lastName": record.last_name,
        "companyName": record.company_name, "phone": record.phone, "number": record.number,
        "streetAddress1": record.street_address_1, "streetAddress2": record.street_address_2,
        "postalCode": record.postal_code, "city": record.city, "countryArea": record.country_area,
        "country": {"code": record.country_code}, "languageCode": record.language_code,
        "storeNote": record.store_note, "lawfulBasis": record.lawful_basis, "isTaxExempt": record.is_tax_exempt,
        "isApprovedBuyer": record.is_approved_buyer, "additionalPhones": record.additional_phones,
        "socialProfiles": [], "attributes": record.attributes,
    }  # fmt: skip


def version_in(html: str) -> str:
    return html.partition('name="version" value="')[2].partition('"')[0]


def test_a_new_customer_is_shown_once_created(browser: Browser) -> None:
    tag, group = make_tag("VIP"), make_group("Gold")
    form = {
        "email": "Carla@Example.com",
        "firstName": "Carla",
        "tags": "VIP, fair",
        "groups": to_global_id("CustomerGroup", group.pk),
        "additionalPhones": "+4930123456\r\n",
        "attributes": "size: L\r\nfit: slim: very",
    }

    response = browser.post("customers/new", form)

    record = CustomerRecord.objects.get(email="carla@example.com")
    assert events(response)["customerPlusGo"]["to"].endswith(path_of(record))
    assert events(response)["customerPlusGo"]["isOwn"]
    assert record.attributes == {"size": "L", "fit": "slim: very"}
    assert set(record.tag_assignments.values_list("tag__name", flat=True)) == {tag.name, "fair"}


def test_errors_stand_at_their_fields_and_nothing_typed_is_lost(browser: Browser) -> None:
    make_record("anna@example.com")

    form = {"email": "anna@example.com", "phone": "12", "firstName": "<b>Anna"}
    assert 'id="phone-problem" role="alert"' in browser.change("customers/new", form)
    html = browser.change("customers/new", {**form, "phone": ""})

    assert CustomerRecord.objects.count() == 1
    assert 'id="email-problem" role="alert"' in html
    assert "&lt;b&gt;Anna" in html
    assert path_of(CustomerRecord.objects.get()) in html  # to open who has the address


def test_only_what_changed_is_sent_so_that_nothing_else_is_locked(browser: Browser) -> None:
    record = make_record("anna@example.com", first_name="Anna", city="Rome", attributes={"n": 3, "list": ["a", 1]})
    form = opened(record, firstName="Anni", attributes='n: 3\nlist: ["a", 1]\nnew: yes')
    form["version"] = version_in(browser.screen(path_of(record, "/edit")))

    assert events(browser.post(path_of(record, "/edit"), form)).keys() >= {"customerPlusClose", "customerPlusReload"}

    record.refresh_from_db()
    assert record.first_name == "Anni"
    assert record.locked_fields == ["first_name"]
    assert record.attributes == {"n": 3, "list": ["a", 1], "new": "yes"}


def test_nothing_changed_is_nothing_done(browser: Browser) -> None:
    record = make_record("anna@example.com", store_note="One\nTwo")
    before = record.modified_at
    form = opened(record) | {"storeNote": "One\r\nTwo"}  # as browsers send it

    text(browser.post(path_of(record, "/edit"), form))

    record.refresh_from_db()
    assert record.modified_at == before


def test_two_who_edit_at_once_see_what_the_other_wrote(browser: Browser) -> None:
    record = make_record("anna@example.com", first_name="Anna", city="Rome", last_name="Rossi")
    form = opened(record, firstName="Anni")
    form["version"] = version_in(browser.screen(path_of(record, "/edit")))
    theirs = opened(record, firstName="<i>Anne", city="Milan") | {"version": form["version"]}
    browser.change(path_of(record, "/edit"), theirs)

    html = browser.change(path_of(record, "/edit"), form)

    record.refresh_from_db()
    assert (record.first_name, record.city) == ("<i>Anne", "Milan")  # nothing is overwritten yet
    assert "“&lt;i&gt;Anne”" in html
    assert 'value="Anni"' in html
    assert 'name="city" type="text" value="Milan"' in html  # left alone here: the other's is taken
    assert html.count("Changed meanwhile") == 1

    again = {**form, "was_firstName": "<i>Anne", "was_city": "Milan", "city": "Milan", "version": version_in(html)}
    browser.change(path_of(record, "/edit"), again)
    record.refresh_from_db()
    assert (record.first_name, record.city) == ("Anni", "Milan")


def test_an_address_that_the_settings_fix_cannot_be_typed(browser: Browser) -> None:
    save_settings(dashboard=True, email_editable=False)
    html = browser.screen(path_of(make_record("anna@example.com"), "/edit"))
    assert "readonly" in html


JSON = st.recursive(st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3), max_leaves=4)


@given(
    st.dictionaries(st.text(st.characters(exclude_characters=":\x00", exclude_categories=["C", "Z"]), min_size=1), JSON)
)
def test_attributes_survive_the_form_as_they_were(attributes: dict[str, Any]) -> None:
    record = _as_the_api_answers(CustomerRecord(email="a@example.com", attributes=attributes))
    assert as_input(as_text(record), FIELDS, record)["attributes"] == attributes
