"""Fields of the shop's own: defined in the settings, filled in at a customer, shown and searched in the list."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest

from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.dashboard.screens.settings_fields import TYPES
from saleor_customer_plus.fields import changes
from saleor_customer_plus.fields.models import FieldDefinition, FieldType
from saleor_customer_plus.jobs import engine
from saleor_customer_plus.jobs.models import BulkJob
from tests.dashboard.client import ROOT, Browser, events
from tests.factories import make_field_values, make_ledger_entry, make_order, make_product, make_record


def define(browser: Browser, label: str, type: str, **more: Any) -> FieldDefinition:
    assert "customerPlusReload" in events(
        browser.post("settings/fields/new", {"label": label, "type": type, **more})
    ), browser.change("settings/fields/new", {"label": label, "type": type, **more})
    return FieldDefinition.objects.get(label=label, archived_at=None)


def path_of(field: FieldDefinition, rest: str = "") -> str:
    return f"settings/fields/{to_global_id('CustomerField', field.pk)}{rest}"


def token_in(html: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', html)
    assert found, html
    return found[1]


def test_values_of_every_type_are_typed_shown_and_cleared(browser: Browser) -> None:
    define(browser, "Nickname <b>", "TEXT", maxLength="40", helpText="What she is called")
    define(browser, "Shoe size", "NUMBER", minNumber="15", maxNumber="60")
    define(browser, "Birthday", "DATE")
    define(browser, "Has a dog", "BOOLEAN")
    define(browser, "Level", "CHOICE", new_choices="Gold\r\nSilver")
    define(browser, "Interests", "CHOICES", new_choices="Chairs\nTables\nLamps")
    define(browser, "Credit limit", "MONEY", currency="EUR")
    define(browser, "First order", "ORDER")
    record = make_record("anna@example.com", first_name="Anna")
    order = to_global_id("Order", make_ledger_entry(record, order_id=make_order("anna@example.com").pk).order_id)
    form = f"customers/{to_global_id('CustomerRecord', record.pk)}/edit"
    html = browser.screen(form)
    assert "What she is called" in html
    assert f'<option value="{order}"' in html
    were = dict(re.findall(r'name="(was_[^"]+)" value="([^"]*)"', html))
    version = re.findall(r'name="version" value="([^"]+)"', html)[0]
    same = {name.removeprefix("was_"): value for name, value in were.items()}
    typed = {
        "field.nickname_b": "Nan <i>", "field.shoe_size": "38,5", "field.birthday": "1980-02-29",
        "field.has_a_dog": "no", "field.level": "gold", "field.interests": ["chairs", "lamps"],
        "field.credit_limit": "250,50", "field.credit_limit.currency": "EUR", "field.first_order": order,
    }  # fmt: skip

    refused = browser.change(form, {**were, **same, **typed, "version": version, "field.shoe_size": "99"})
    assert 'id="field.shoe_size-problem"' in refused
    assert "Nan &lt;i&gt;" in refused

    response = browser.post(form, {**were, **same, **typed, "version": version})
    assert "customerPlusReload" in events(response), re.findall(r'role="alert">([^<]+)', response.content.decode())
    page = browser.screen(form.removesuffix("/edit"))
    for shown in ("Nickname &lt;b&gt;", "Nan &lt;i&gt;", "38.5", "1980", "Gold", "Chairs, Lamps", "€250.50"):
        assert shown in page, shown

    html = browser.screen(form)
    were = dict(re.findall(r'name="(was_[^"]+)" value="([^"]*)"', html))
    version = re.findall(r'name="version" value="([^"]+)"', html)[0]
    assert were["was_field.credit_limit"] == "250.5 EUR"
    cleared = {name.removeprefix("was_"): value for name, value in were.items() if name != "was_field.nickname_b"}
    cleared |= {"field.interests": ["chairs", "lamps"], "field.credit_limit": "250.5"}
    cleared |= {"field.credit_limit.currency": "EUR"}
    browser.change(form, {**were, **cleared, "version": version})
    page = browser.screen(form.removesuffix("/edit"))
    assert '<dd class="text">Nan' not in page  # the activity has it
    assert "Chairs, Lamps" in page


def test_columns_filters_and_sorting_of_the_list(browser: Browser) -> None:
    define(browser, "Level", "CHOICE", new_choices="Gold <1>\nSilver")
    define(browser, "Size", "NUMBER")
    define(browser, "Budget", "MONEY")
    for name, level, size in (("anna", "gold_1", "38"), ("ben", "silver", "44")):
        typed = {"field.level": level, "field.size": size, "field.budget": "5", "field.budget.currency": "EUR"}
        browser.change("customers/new", {"email": f"{name}@example.com", **typed})
    make_record("cleo@example.com")

    html = browser.screen("customers", {"column": ["field:level", "field:size"], "sort": "FIELD:size"})
    assert "Gold &lt;1&gt;" in html
    assert html.index("anna@") < html.index("ben@") < html.index("cleo@")
    assert f'href="{ROOT}customers?sort=-FIELD%3Asize&amp;' in html
    assert "field:budget" in html  # can be chosen

    found = browser.screen("customers", {"f.level.is": ["gold_1"], "f.size.max": "40"})
    assert "anna@" in found
    assert "ben@" not in found
    assert "Level: Gold &lt;1&gt;" in found
    assert "Size: ≤ 40" in found
    assert "ben@" in browser.screen("customers", {"f.budget.min": "5,00", "f.budget.currency": "eur", "q": "ben"})
    assert "Level: Gold &lt;1&gt;" in browser.screen("export", {"f.level.is": ["gold_1"]})
    dialog = browser.screen("customers/filters", {"f.level.is": ["gold_1"], "f.size.max": "40"})
    assert '<option value="gold_1" selected>' in dialog
    assert 'name="f.size.max" value="40"' in dialog


def test_a_product_is_defined_typed_shown_and_filtered(browser: Browser) -> None:
    product = make_product("mug", name="A <mug>")
    id = to_global_id("Product", product.pk)
    field = define(browser, "Favourite", "PRODUCT")
    assert '<option value="PRODUCT" selected>' in browser.screen(path_of(field))
    # As the Dashboard writes it in the address of the product.
    browser.change("customers/new", {"email": "anna@example.com", "field.favourite": quote(id, safe="")})
    make_record("ben@example.com")
    assert "A &lt;mug&gt;" in browser.screen("customers", {"column": ["field:favourite"]})
    found = browser.screen("customers", {"f.favourite.set": "yes"})
    assert "anna@" in found
    assert "ben@" not in found
    dialog = browser.screen("customers/filters")
    assert 'name="f.favourite.set"' in dialog
    assert 'name="f.favourite.min"' not in dialog


def test_every_type_can_be_defined() -> None:
    assert set(TYPES) == set(FieldType)


def test_a_change_says_first_what_becomes_of_the_values_and_can_be_taken_back(browser: Browser) -> None:
    field = define(browser, "Level", "TEXT")
    browser.change("customers/new", {"email": "anna@example.com", "field.level": "7"})
    browser.change("customers/new", {"email": "ben@example.com", "field.level": "<b>high"})

    told = browser.change(path_of(field), {"label": "Level", "type": "NUMBER"})
    assert "Customers with a value: 2. Kept or converted: 1. Lost: 1." in told
    assert "&lt;b&gt;high" in told
    changed = {"label": "Level", "type": "NUMBER", "token": token_in(told)}
    assert "customerPlusReload" in events(browser.post(path_of(field), changed))
    number = FieldDefinition.objects.get(archived_at=None)
    assert number.type == "NUMBER"

    told = browser.screen(path_of(number, "/delete"))
    assert "Customers who lose their value: 1." in told
    browser.change(path_of(number, "/delete"), {"token": token_in(told)})
    assert not FieldDefinition.objects.filter(archived_at=None).exists()
    assert "Restore Level" in browser.screen("settings")

    browser.change(path_of(field, "/restore"))
    assert FieldDefinition.objects.get(archived_at=None).type == "TEXT"
    assert "&lt;b&gt;high" in browser.screen("customers", {"column": ["field:level"]})


def test_choices_are_renamed_added_and_removed(browser: Browser) -> None:
    field = define(browser, "Level", "CHOICE", new_choices="Gold\nSilver")
    html = browser.screen(path_of(field))
    assert 'name="choice_value" value="gold"' in html
    form = {"label": "Level", "type": "CHOICE", "choice_value": ["gold", "silver"], "choice_label": ["Golden", ""]}
    browser.change(path_of(field), {**form, "new_choices": "Bronze"})
    shown = browser.screen(path_of(FieldDefinition.objects.get(archived_at=None)))
    assert 'name="choice_value" value="gold"><input name="choice_label" value="Golden"' in shown
    assert 'value="Bronze"' in shown
    assert "silver" not in shown


@pytest.mark.parametrize("type", ["MONEY", "DATE", "CHOICES", "ORDER"])
def test_the_form_asks_for_what_the_type_has(browser: Browser, type: str) -> None:
    inputs = {"MONEY": "currency", "DATE": "minDate", "CHOICES": "new_choices", "ORDER": ""}
    html = browser.screen("settings/fields/limits", {"type": type})
    assert re.findall(r'name="(currency|minDate|new_choices)"', html) == ([inputs[type]] if inputs[type] else [])


def test_the_order_of_the_fields(browser: Browser) -> None:
    define(browser, "One", "TEXT")
    two = define(browser, "Two", "TEXT")
    browser.change(path_of(two, "/move"))
    html = browser.screen("settings")
    assert html.index("Two") < html.index("One")
    assert 'role="alert"' in browser.change("settings/fields/new", {"label": "two", "type": "TEXT"})


def test_very_many_values_are_changed_by_a_job_that_waits(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    field = define(browser, "Size", "TEXT")
    for text in ("1", "many"):
        make_field_values(make_record(), size=text)
    monkeypatch.setattr(changes, "MAX_VALUES", 1)

    browser.change(path_of(field), {"label": "Size", "type": "NUMBER"})

    job = BulkJob.objects.get()
    for _ in engine.run(job.pk):
        pass
    place = f"jobs/{to_global_id('CustomerJob', job.pk)}"
    html = browser.screen(f"{place}/dialog")
    assert "Kept or converted: 1. Lost: 1." in html
    assert '<span class="pill">many</span>' in html
    assert "Nothing has changed yet." in html
    assert f'hx-post="{ROOT}{place}/start"' in html
    assert f'hx-post="{ROOT}{place}/start"' in browser.screen(place)

    browser.change(f"{place}/start", {"place": "dialog"})

    for _ in engine.run(job.pk):
        pass
    assert FieldDefinition.objects.get(archived_at=None).type == "NUMBER"
    assert "/start" not in browser.screen(place)


def test_a_chip_shows_days_as_the_reader_writes_them(browser: Browser) -> None:
    define(browser, "Birthday", "DATE")
    define(browser, "Credit", "NUMBER")
    query = {"f.birthday.min": "1980-02-29", "f.birthday.max": "1990-03-01", "f.credit.min": "20200101"}
    html = Browser(browser.token, locale="de").screen("customers", query)
    assert "Birthday: 29.02.1980 – 01.03.1990" in html  # noqa: RUF001
    assert "Credit: ≥ 20200101" in html
