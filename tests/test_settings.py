"""The plugin's settings: what may be entered, what is said otherwise, and what is read back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from saleor.plugins.manager import get_plugins_manager  # noqa: TID251

from saleor_customer_plus import settings
from saleor_customer_plus.ledger.models import CustomerFigures
from saleor_customer_plus.plugin import CustomerPlusPlugin
from saleor_customer_plus.saleor_adapter.host import ConfigurationTypeField, PluginConfiguration
from saleor_customer_plus.settings import (
    DEFAULTS,
    CountsWhen,
    CustomerPlusSettings,
    ExportFormat,
    MailTransport,
    OptInMode,
)
from saleor_customer_plus.sync import reconciliation

from .client import SALEOR_PATH, Api
from .factories import make_order, make_staff, make_token


def items(**values: Any) -> list[dict[str, Any]]:
    return [{"name": name, "value": value} for name, value in values.items()]


def test_the_dashboard_shows_every_setting_with_a_label_a_help_text_and_its_default() -> None:
    names = [field.name for field in fields(CustomerPlusSettings)]
    assert list(settings.STRUCTURE) == names
    assert [item["name"] for item in settings.DEFAULT_CONFIGURATION] == names
    for name, shown in settings.STRUCTURE.items():
        assert shown["label"], name
        assert shown["help_text"].endswith("."), name
        assert shown["type"] == _type_shown(name), name


@pytest.mark.parametrize("name", [name for name, shown in settings.SETTINGS.items() if shown.highest is not None])
def test_a_number_may_be_what_its_help_text_says_and_nothing_beyond(name: str) -> None:
    shown = settings.SETTINGS[name]
    assert shown.lowest is not None
    assert shown.highest is not None
    assert str(shown.highest) in shown.help_text
    assert f"{getattr(DEFAULTS, name)} by default." in shown.help_text
    for inside in (shown.lowest, shown.highest):
        assert shown.read(str(inside)) == inside
    for outside in (shown.lowest - 1, shown.highest + 1):
        with pytest.raises(ValueError, match=f"from {shown.lowest} to {shown.highest}"):
            shown.read(str(outside))


@pytest.mark.parametrize("name", settings.SETTINGS)
def test_each_default_is_read_as_itself(name: str) -> None:
    default = getattr(DEFAULTS, name)
    assert settings.SETTINGS[name].read(str(default)) == default


def _type_shown(name: str) -> str:
    if isinstance(getattr(DEFAULTS, name), bool):
        return ConfigurationTypeField.BOOLEAN
    if name in ("mail_signature", "mail_footer", "newsletter_texts"):
        return ConfigurationTypeField.MULTILINE
    return ConfigurationTypeField.SECRET if name.endswith("_secret") else ConfigurationTypeField.STRING


@pytest.mark.parametrize("saved", [None, [], settings.DEFAULT_CONFIGURATION])
def test_a_new_installation_has_the_defaults(saved: Any) -> None:
    assert settings.parse(saved) == DEFAULTS
    assert asdict(DEFAULTS) == {
        "dashboard": False,
        "dashboard_url": "",
        "include_guests": True,
        "counts_when": "paid",
        "sync_details": True,
        "reconcile_every_hours": 24,
        "reconcile_batch": 1000,
        "time_zone": "UTC",
        "insights_hour": 3,
        "email_editable": True,
        "require_approved_buyers": False,
        "block_guest_buyers": False,
        "tag_limit": 250,
        "several_groups": True,
        "group_vouchers": False,
        "attachment_megabytes": 20,
        "attachments_megabytes": 200,
        "contact_form": False,
        "contact_form_secret": "",
        "contact_form_per_hour": 20,
        "newsletter": False,
        "newsletter_opt_in": "confirmed",
        "newsletter_purposes": "newsletter",
        "newsletter_shop": "",
        "newsletter_page": "",
        "newsletter_texts": "",
        "newsletter_secret": "",
        "newsletter_per_hour": 20,
        "newsletter_total_per_hour": 1000,
        "newsletter_resend_minutes": 15,
        "newsletter_pending_days": 14,
        "newsletter_keep_ip": False,
        "newsletter_ip_days": 90,
        "notify_email": "",
        "mail_transport": MailTransport.SMTP,
        "mail_sender": "",
        "mail_reply_to": "",
        "mail_signature": "",
        "mail_footer": "",
        "mail_test_address": "",
        "mailbox_secret": "",
        "messages_of_strangers": False,
        "default_country": "",
        "job_retention_days": 30,
        "export_format": "csv",
        "export_delimiter": ",",
        "export_columns": "",
    }


@pytest.mark.parametrize(
    ("name", "entered", "read"),
    [
        ("include_guests", False, False),
        ("include_guests", "false", False),
        ("include_guests", "True", True),
        ("sync_details", " FALSE ", False),
        ("counts_when", "placed", CountsWhen.PLACED),
        ("counts_when", " Paid ", CountsWhen.PAID),
        ("reconcile_every_hours", "1", 1),
        ("reconcile_every_hours", " 8760 ", 8760),
        ("reconcile_every_hours", 12, 12),
        ("reconcile_batch", "100", 100),
        ("reconcile_batch", "10000", 10_000),
        ("tag_limit", "0", 0),
        ("contact_form_secret", " Geheim ", "Geheim"),
        ("newsletter_opt_in", "SINGLE", OptInMode.SINGLE),
        ("newsletter_purposes", " Newsletter, promotional,newsletter", "newsletter,promotional"),
        ("newsletter_page", "https://shop.example.com/news", "https://shop.example.com/news"),
        ("newsletter_page", "http://localhost:3000/news", "http://localhost:3000/news"),
        ("newsletter_texts", '{"pt-br": {"confirm_body": "{{link}}"}}', '{"pt-br": {"confirm_body": "{{link}}"}}'),
        ("notify_email", "a@example.com, b@example.com,", "a@example.com,b@example.com"),
        ("notify_email", "", ""),
        ("mail_transport", "APP", MailTransport.APP),
        ("mail_sender", "Shop <shop@example.com>", "Shop <shop@example.com>"),
        ("default_country", "de", "DE"),
        ("default_country", "", ""),
        ("export_format", "XLSX", ExportFormat.XLSX),
        ("export_delimiter", ";", ";"),
        ("export_delimiter", "TAB", "tab"),
        ("export_columns", "email,tags", "email,tags"),
    ],
)
def test_what_may_be_entered(name: str, entered: Any, read: Any) -> None:
    expected = asdict(DEFAULTS) | {name: read}
    assert asdict(settings.parse(items(**{name: entered}))) == expected


@pytest.mark.parametrize(
    ("name", "entered", "told"),
    [
        ("include_guests", "perhaps", 'Enter "true" or "false".'),
        ("sync_details", "", 'Enter "true" or "false".'),
        ("counts_when", "shipped", 'Enter "paid" or "placed".'),
        ("counts_when", "", 'Enter "paid" or "placed".'),
        ("reconcile_every_hours", "0", "Enter a whole number from 1 to 8760."),
        ("reconcile_every_hours", "8761", "Enter a whole number from 1 to 8760."),
        ("reconcile_every_hours", "1.5", "Enter a whole number from 1 to 8760."),
        ("reconcile_every_hours", "daily", "Enter a whole number from 1 to 8760."),
        ("reconcile_batch", "-100", "Enter a whole number from 100 to 10000."),
        ("reconcile_batch", "99", "Enter a whole number from 100 to 10000."),
        ("reconcile_batch", "", "Enter a whole number from 100 to 10000."),
        ("tag_limit", "١٢", "Enter a whole number from 0 to 100000."),
        ("tag_limit", "9" * 5000, "Enter a whole number from 0 to 100000."),
        (
            "mailbox_secret",
            "imaps://mail.example.com",
            "Enter an address such as imaps://user:password@mail.example.com/INBOX, with plain letters, digits and "
            "signs. Only the folder may have others.",
        ),
        ("mail_transport", "fax", 'Enter "smtp" or "app".'),
        *(
            (name, entered, "Enter one e-mail address, such as Shop <shop@example.com>, of at most 255 characters.")
            for name, entered in (
                ("mail_sender", "Shop"),
                ("mail_sender", "a@example.com, b@example.com"),
                ("mail_sender", f"{'a' * 250}@example.com"),
                ("mail_sender", f"{'Shop' * 70} <shop@example.com>"),
                ("mail_reply_to", "Shop, Inc. <shop@example.com>"),
                ("mail_reply_to", "a@example.com\nBcc: b@example.com"),
                ("mail_reply_to", "a@example.com\r\nBcc: b@example.com"),
            )
        ),
        ("notify_email", "a@example.com; b@example.com", "Enter e-mail addresses, separated by commas."),
        ("notify_email", "a@example.com\nBcc: b@example.com", "Enter e-mail addresses, separated by commas."),
        ("newsletter_purposes", "", 'Enter "newsletter", "promotional" or "system", separated by commas.'),
        ("newsletter_purposes", "sms", 'Enter "newsletter", "promotional" or "system", separated by commas.'),
        *(
            ("newsletter_page", page, "Enter an address such as https://shop.example.com/newsletter.")
            for page in (
                "http://shop.example.com/",
                "javascript:alert(1)",
                "//evil.example",
                "https://shop.example.com@evil.example/",
                "https://shop.example.com/?next=x",
                "https://shop.example.com/\r\nX: y",
            )
        ),
        ("newsletter_texts", "{", 'Enter JSON such as {"de": {"confirm_subject": "Bitte bestätigen"}}.'),
        ("newsletter_texts", '{"de": {"confirm_body": "Hallo"}}', "Put {{ link }} into each confirm_body."),
        ("newsletter_texts", '{"de": {"wording": "a\\nb"}}', "Enter subjects and wordings in one line."),
        (
            "newsletter_texts",
            '{"de": {"wording": "{{ email }}"}}',
            "Use the placeholders {{ shop }}, {{ link }} and {{ purposes }} only.",
        ),
        ("default_country", "Germany", "Enter the two letters of a country, such as DE."),
        ("export_format", "pdf", 'Enter "csv", "tsv", "xlsx" or "jsonl".'),
        ("export_delimiter", "::", 'Enter "," or ";" or "|" or "tab".'),
    ],
)
def test_what_may_not_be_entered_is_told_with_its_field_and_a_code(name: str, entered: Any, told: str) -> None:
    with pytest.raises(ValidationError) as refused:
        settings.parse(items(**{name: entered}))
    assert refused.value.message_dict == {name: [told]}
    assert [error.code for error in refused.value.error_dict[name]] == ["invalid"]


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(ValidationError) as refused:
        settings.parse(items(counts_when="shipped", reconcile_batch="1", include_guests=True))
    assert set(refused.value.message_dict) == {"counts_when", "reconcile_batch"}


def test_a_setting_of_another_version_is_passed_over() -> None:
    assert settings.parse(items(of_another_version="x", include_guests=False)) == CustomerPlusSettings(
        include_guests=False
    )


def test_hours_are_read_as_a_period() -> None:
    assert settings.parse(items(reconcile_every_hours="36")).reconcile_every == timedelta(hours=36)


@pytest.mark.django_db
def test_without_a_saved_row_the_defaults_hold_and_the_plugin_is_active() -> None:
    assert settings.load() == (DEFAULTS, True)


@pytest.mark.django_db
def test_what_was_saved_is_loaded_in_one_statement(
    configure: Callable[..., None], django_assert_num_queries: Any
) -> None:
    configure(include_guests=False, active=False)
    with django_assert_num_queries(1):
        loaded = settings.load()
    assert loaded == (CustomerPlusSettings(include_guests=False), False)


@pytest.mark.django_db
def test_an_unreadable_value_counts_as_its_default_and_the_others_as_they_are(configure: Callable[..., None]) -> None:
    configure(include_guests=False, counts_when="shipped", reconcile_batch="many", sync_details="false")
    assert settings.load() == (CustomerPlusSettings(include_guests=False, sync_details=False), True)


@pytest.mark.django_db
@pytest.mark.parametrize("nonsense", [{}, {"include_guests": False}, [None, "x", {}, {"value": 1}], "x"])
def test_a_row_that_is_no_list_of_settings_counts_as_the_defaults(
    configure: Callable[..., None], nonsense: Any
) -> None:
    configure()
    PluginConfiguration.objects.filter(identifier=settings.PLUGIN_ID).update(configuration=nonsense)
    assert settings.load() == (DEFAULTS, True)


# Through Saleor's own plugin manager, as the Dashboard's form goes.


def save(**changes: Any) -> PluginConfiguration:
    """What Saleor's `pluginUpdate` does: text for every value, `active` only when it is given."""
    cleaned: dict[str, Any] = {"active": changes.pop("active")} if "active" in changes else {}
    if changes:
        cleaned["configuration"] = items(**changes)
    return get_plugins_manager(allow_replica=False).save_plugin_configuration(settings.PLUGIN_ID, None, cleaned)


def shown() -> tuple[dict[str, Any], bool]:
    plugin = get_plugins_manager(allow_replica=False).get_plugin(settings.PLUGIN_ID)
    assert isinstance(plugin, CustomerPlusPlugin)
    return {item["name"]: item["value"] for item in plugin.configuration}, plugin.active


@pytest.mark.django_db
def test_the_plugin_page_shows_the_defaults_before_anything_was_saved() -> None:
    expected = {item["name"]: item["value"] for item in settings.DEFAULT_CONFIGURATION}
    assert shown() == (expected, True)
    assert not PluginConfiguration.objects.filter(identifier=settings.PLUGIN_ID).exists()


@pytest.mark.django_db
def test_what_is_saved_on_the_plugin_page_is_what_is_loaded() -> None:
    save(include_guests="false", counts_when="placed", reconcile_every_hours="6", reconcile_batch="500", active=True)
    expected = CustomerPlusSettings(
        include_guests=False, counts_when=CountsWhen.PLACED, reconcile_every_hours=6, reconcile_batch=500
    )
    assert settings.load() == (expected, True)
    configuration, active = shown()
    assert (configuration["include_guests"], configuration["counts_when"], active) == (False, "placed", True)


@pytest.mark.django_db
def test_the_first_change_of_settings_leaves_the_plugin_active() -> None:
    save(reconcile_every_hours="6")
    assert settings.load() == (CustomerPlusSettings(reconcile_every_hours=6), True)


@pytest.mark.django_db
def test_a_change_that_is_refused_changes_nothing() -> None:
    with pytest.raises(ValidationError) as refused:
        save(counts_when="shipped")
    assert refused.value.message_dict == {"counts_when": ['Enter "paid" or "placed".']}
    assert settings.load() == (DEFAULTS, True)


@pytest.mark.django_db
def test_the_plugin_is_switched_off_and_on() -> None:
    save(active=False)
    assert settings.load() == (DEFAULTS, False)
    save(reconcile_batch="200")
    assert settings.load() == (CustomerPlusSettings(reconcile_batch=200), False)
    save(active=True)
    assert settings.load() == (CustomerPlusSettings(reconcile_batch=200), True)


@pytest.mark.django_db
def test_a_change_of_what_counts_recomputes_the_figures(on_commit: Callable[[], Any]) -> None:
    make_order("anna@example.com", total=10, charge_status="none")
    with on_commit():
        save(counts_when="placed")
    assert CustomerFigures.objects.get(record__email="anna@example.com").total_gross == 10


@pytest.mark.django_db
def test_a_change_of_what_has_nothing_to_do_with_records_recomputes_nothing(on_commit: Callable[[], Any]) -> None:
    with on_commit():
        save(tag_limit="10", active=True)
    assert not reconciliation.all_runs().exists()


@pytest.mark.django_db
def test_switching_the_plugin_on_again_catches_up(on_commit: Callable[[], Any]) -> None:
    save(active=False)
    make_order("anna@example.com", total=10, charge_status="full")
    with on_commit():
        save(active=True)
    assert CustomerFigures.objects.get(record__email="anna@example.com").total_gross == 10


@pytest.mark.django_db
def test_switching_the_plugin_off_starts_nothing(on_commit: Callable[[], Any]) -> None:
    with on_commit():
        save(active=False)
    assert not reconciliation.all_runs().exists()


@pytest.mark.saleor
@pytest.mark.django_db
def test_the_dashboard_is_told_what_to_enter_and_shows_the_plugin_as_active() -> None:
    dashboard = Api(make_token(make_staff(permissions=("manage_plugins",))), SALEOR_PATH)

    def update(value: str) -> list[dict[str, str]]:
        answer = dashboard(
            """mutation ($value: String!) {
                pluginUpdate(id: "customer-plus", input: {configuration: [{name: "counts_when", value: $value}]}) {
                    errors { field message code }
                }
            }""",
            value=value,
        )
        return answer["pluginUpdate"]["errors"]

    assert update("shipped") == [{"field": "countsWhen", "message": 'Enter "paid" or "placed".', "code": "INVALID"}]
    assert update("placed") == []
    shown = dashboard(
        """{ plugin(id: "customer-plus") { globalConfiguration {
            active configuration { name value type label helpText }
        } } }"""
    )["plugin"]["globalConfiguration"]
    assert shown["active"] is True
    fields = {field["name"]: field for field in shown["configuration"]}
    assert fields.keys() == settings.STRUCTURE.keys()
    assert (fields["counts_when"]["value"], fields["counts_when"]["type"]) == ("placed", "STRING")
    assert all(field["label"] and field["helpText"] for field in fields.values())
