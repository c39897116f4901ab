"""The addresses that staff keep of one customer."""

from __future__ import annotations

from saleor_customer_plus.addresses.models import CustomerAddress
from saleor_customer_plus.api.core.base import to_global_id
from tests.dashboard.client import Browser, events
from tests.factories import make_account, make_address, make_record


def test_added_edited_made_primary_and_deleted(browser: Browser) -> None:
    record = make_record(
        "anna@example.com", first_name="Anna", street_address_1="Old 1", city="Rome", country_code="IT"
    )
    page = f"customers/{to_global_id('CustomerRecord', record.pk)}"
    typed = {
        "kind": "BILLING",
        "label": "Office <b>",
        "streetAddress1": "Torstraße 1",
        "city": "Berlin",
        "country": "DE",
    }
    opened = browser.screen(f"{page}/addresses/new")
    assert 'value="DE"' in opened
    assert 'name="firstName" type="text" value="Anna"' in opened  # whom most addresses are of

    refused = browser.change(f"{page}/addresses/new", {"label": "x" * 65, "country": "IT"})
    assert 'id="label-problem"' in refused
    assert '<option value="IT" selected>' in refused
    assert "customerPlusReload" in events(browser.post(f"{page}/addresses/new", typed))

    path = f"{page}/addresses/{to_global_id('CustomerAddress', CustomerAddress.objects.get().pk)}"
    html = browser.screen(page)
    assert "Office &lt;b&gt;" in html
    assert "Torstraße 1" in html
    assert '<span class="quiet">Kind:</span> Billing' in html  # in the activity
    assert path in html
    assert 'value="Office &lt;b&gt;"' in browser.screen(path)
    browser.change(path, {**typed, "label": "Headquarters", "city": ""})
    assert CustomerAddress.objects.values_list("label", "city").get() == ("Headquarters", "")

    browser.change(f"{path}/primary")
    record.refresh_from_db()
    assert record.street_address_1 == "Torstraße 1"
    former = CustomerAddress.objects.get()
    assert former.street_address_1 == "Old 1"
    browser.change(f"{page}/addresses/{to_global_id('CustomerAddress', former.pk)}/delete")
    assert not CustomerAddress.objects.exists()
    assert browser.get(path).status_code == 404


def test_a_copy_of_an_address_of_the_account_is_kept(browser: Browser) -> None:
    account, address = make_account("anna@example.com"), make_address(city="Potsdam")
    account.addresses.add(address)
    page = f"customers/{to_global_id('CustomerRecord', make_record('anna@example.com', account=account).pk)}"
    id = to_global_id("Address", address.pk)
    assert f'"address": "{id}"' in browser.screen(page)

    browser.change(f"{page}/addresses/copy", {"address": id, "kind": "SHIPPING"})

    assert CustomerAddress.objects.values_list("city", "kind", "source").get() == ("Potsdam", "SHIPPING", "ACCOUNT")
    assert 'role="alert"' in browser.change(f"{page}/addresses/copy", {"address": id, "kind": "SHIPPING"})
