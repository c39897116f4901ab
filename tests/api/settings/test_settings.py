"""What a screen asks before anything else."""

from __future__ import annotations

from typing import Any

import pytest

from saleor_customer_plus import __version__, settings
from saleor_customer_plus.api.schema import schema
from saleor_customer_plus.saleor_adapter.host import saleor_version

from ...client import Api
from ...factories import make_channel, make_staff, make_staff_group, make_token

pytestmark = pytest.mark.django_db


def ask(api: Api, fields: str) -> Any:
    return api(f"{{ customerSettings {{ {fields} }} }}")["customerSettings"]


def test_what_is_set(api: Api, configure: Any) -> None:
    fields = "version saleorVersion emailEditable tagLimit severalGroups defaultCountry countsWhen jobRetentionDays"
    defaults = {
        "version": __version__,
        "saleorVersion": saleor_version,
        "emailEditable": True,
        "tagLimit": 250,
        "severalGroups": True,
        "defaultCountry": None,
        "countsWhen": "PAID",
        "jobRetentionDays": 30,
    }
    assert ask(api, fields) == defaults

    configure(email_editable=False, tag_limit=0, several_groups=False, default_country="DE", counts_when="placed")
    assert ask(api, fields) == defaults | {
        "emailEditable": False,
        "tagLimit": None,
        "severalGroups": False,
        "defaultCountry": "DE",
        "countsWhen": "PLACED",
    }


def test_what_the_caller_may_do(api: Api) -> None:
    def of(*permissions: str) -> list[str]:
        caller = api.by(make_token(make_staff(permissions=permissions)))
        return ask(caller, "permissions")["permissions"]

    assert of("manage_users") == ["MANAGE_USERS"]
    assert of("manage_users", "manage_orders") == ["MANAGE_USERS", "MANAGE_ORDERS"]
    assert of("manage_users", "manage_staff") == ["MANAGE_USERS", "MANAGE_STAFF"]


def test_channels_are_those_whose_orders_the_caller_may_see(api: Api) -> None:
    eu, _us = make_channel("eu", name="Europe"), make_channel("us", currency="USD", is_active=False)
    fields = "channels { slug name currency isActive }"
    shown = ask(api, fields)["channels"]
    assert {"slug": "eu", "name": "Europe", "currency": "EUR", "isActive": True} in shown
    assert [channel["slug"] for channel in shown if not channel["isActive"]] == ["us"]

    staff = make_staff()
    staff.groups.set([make_staff_group([eu])])
    assert [channel["slug"] for channel in ask(api.by(make_token(staff)), fields)["channels"]] == ["eu"]


def test_what_there_is_to_choose_from(api: Api) -> None:
    answer = ask(api, "languages { code language } countries { code country } limits { pageSize bulkIds }")

    assert {"code": "de", "language": "German"} in answer["languages"]
    assert {"code": "DE", "country": "Germany"} in answer["countries"]
    assert answer["limits"] == {"pageSize": 100, "bulkIds": 10_000}


def test_what_exports_and_imports_can_be(api: Api, configure: Any) -> None:
    query = """exports { defaultFormat defaultDelimiter defaultColumns formats profiles { name }
        columns(language: DE) { key header } } imports { formats { key } profiles { name } columns { key } }
        limits { importMegabytes importColumns importTextCharacters exportColumns
            imageMegabytes attachmentMegabytes }"""
    answer = ask(api, query)
    exports, imports = answer["exports"], answer["imports"]

    assert exports["formats"] == ["CSV", "TSV", "XLSX", "JSONL"]
    assert (exports["defaultFormat"], exports["defaultDelimiter"]) == ("CSV", ",")
    assert {"email", "order_count"} <= set(exports["defaultColumns"])
    assert {"default", "mailchimp"} <= {one["name"] for one in exports["profiles"]}
    assert {"key": "email", "header": "E-Mail"} in exports["columns"]
    assert "shopify" in {one["key"] for one in imports["formats"]}
    assert "email" in {one["key"] for one in imports["columns"]}
    assert answer["limits"] == {
        "importMegabytes": 4096,
        "importColumns": 500,
        "importTextCharacters": 5_000_000,
        "exportColumns": 200,
        "imageMegabytes": 10,
        "attachmentMegabytes": 20,
    }

    configure(export_format="xlsx", export_columns="email, tags", export_delimiter="tab", attachment_megabytes=7)
    answer = ask(api, "exports { defaultFormat defaultDelimiter defaultColumns } limits { attachmentMegabytes }")
    assert answer == {
        "exports": {"defaultFormat": "XLSX", "defaultDelimiter": "tab", "defaultColumns": ["email", "tags"]},
        "limits": {"attachmentMegabytes": 7},
    }


def test_nobody_without_the_permission_is_told(api: Api) -> None:
    caller = api.by(make_token(make_staff(permissions=("manage_staff",))))
    assert caller.errors("{ customerSettings { version } }")[0]["extensions"]["exception"]["code"] == "PermissionDenied"


def test_no_secret_and_no_address_is_told() -> None:
    shown = set(schema.get_type("CustomerSettings").graphene_type._meta.fields)
    hidden = {"contact_form_secret", "mailbox_secret", "newsletter_secret", "notify_email"}
    assert shown.isdisjoint(hidden)
    assert {name for name in settings.STRUCTURE if "secret" in name or "email" in name} - shown == hidden


def test_every_setting_that_a_screen_needs_is_told_under_its_own_name() -> None:
    told = set(schema.get_type("CustomerSettings").graphene_type._meta.fields)
    # These are told under `limits` and `exports`, or concern the server alone.
    elsewhere = {"attachment_megabytes", "attachments_megabytes", "export_format", "export_delimiter", "export_columns"}
    servers = {"sync_details", "reconcile_batch", "reconcile_every_hours", "contact_form_per_hour", "insights_hour"}
    servers |= {"time_zone"}  # which each report tells
    servers |= {f"newsletter_{name}" for name in ("per_hour", "total_per_hour", "keep_ip", "ip_days")}
    secrets = {"contact_form_secret", "mailbox_secret", "newsletter_secret"}
    hidden = {*secrets, "notify_email", "dashboard", "dashboard_url"}
    # What mails and pages say, and how they are sent: whoever changes it does so where settings are changed.
    texts = {f"newsletter_{name}" for name in ("page", "shop", "texts")} | {"messages_of_strangers"}
    texts |= {f"mail_{name}" for name in ("footer", "reply_to", "sender", "signature", "test_address", "transport")}
    assert settings.SETTINGS.keys() - told == elsewhere | servers | hidden | texts


@pytest.mark.standin  # a real Saleor needs more statements to know who asks
def test_one_statement_for_the_settings(api: Api, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(6):
        ask(api, "emailEditable tagLimit limits { pageSize } languages { code }")
