"""Tags, groups, the plugin's settings to read, and what the caller may do."""

from __future__ import annotations

import pytest

from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.dashboard.screens.settings import plugin_page
from saleor_customer_plus.groups.models import Group, GroupMembership
from saleor_customer_plus.groups.services import default_group
from saleor_customer_plus.tags.models import Tag, TagAssignment
from tests.dashboard.client import Browser, events
from tests.factories import make_account, make_group, make_record, make_tag, make_token, save_settings

XSS = "<img src=x onerror=alert(1)>"


def tag_path(tag: Tag, rest: str = "") -> str:
    return f"settings/tags/{to_global_id('CustomerTag', tag.pk)}{rest}"


def group_path(group: Group, rest: str = "") -> str:
    return f"settings/groups/{to_global_id('CustomerGroup', group.pk)}{rest}"


@pytest.fixture
def tag(db: None) -> Tag:
    tag = make_tag(XSS, color="#d4a017")
    TagAssignment.objects.create(tag=tag, record=make_record("anna@example.com"))
    return tag


@pytest.fixture
def group(db: None) -> Group:
    group = make_group(XSS, description=XSS, voucher_code="GOLD10")
    GroupMembership.objects.create(group=group, record=make_record("ben@example.com"))
    return group


def test_shows_everything_with_its_counts(browser: Browser, tag: Tag, group: Group) -> None:
    default_group()
    save_settings(dashboard=True, default_country="DE", several_groups=False)
    html = browser.screen("settings")

    assert XSS not in html
    assert 'data-color="#d4a017"' in html
    assert f"tag_any={to_global_id('CustomerTag', tag.pk).replace('=', '%3D')}" in html
    assert "GOLD10" in html
    assert "Germany" in html
    assert "You have it" in html
    assert html.count("You do not have it") == 2
    assert 'data-dashboard="/permission-groups"' in html
    assert "Deutschland" in Browser(browser.token, "de").screen("settings")


def test_tags_are_searched_sorted_and_paged(browser: Browser, tag: Tag) -> None:
    for number in range(120):
        make_tag(f"late {number}")
    html = browser.screen("settings", {"sort": "usage"})
    assert tag_path(tag) in html
    assert 'rel="next"' in html
    after = html.partition("after=")[2].partition('"')[0]
    assert "First page" in browser.screen(f"settings?sort=usage&after={after}")
    assert tag_path(tag) not in browser.screen("settings", {"q": "late 11"})
    assert "No tag has this" in browser.screen("settings", {"q": "nothing"})


def test_a_tag_is_created_renamed_and_coloured(browser: Browser) -> None:
    assert "customerPlusReload" in events(browser.post("settings/tags/new", {"name": "VIP", "color": "#ff0000"}))
    tag = Tag.objects.get()
    assert (tag.name, tag.color) == ("VIP", "")  # only a colour that was asked for

    browser.change(tag_path(tag), {"name": "Best", "color": "#ff0000", "has_color": "yes"})
    tag.refresh_from_db()
    assert (tag.name, tag.color) == ("Best", "#ff0000")


@pytest.mark.parametrize("name", ["", "a, b", "taken", "x" * 300])
def test_a_name_that_a_tag_or_group_cannot_have(browser: Browser, tag: Tag, group: Group, name: str) -> None:
    make_tag("taken")
    make_group("taken")
    for path in ("settings/tags/new", tag_path(tag), "settings/groups/new", group_path(group)):
        html = browser.change(path, {"name": name, "description": "Kept"})
        assert 'id="name-problem" role="alert"' in html, path
        assert f'value="{name}"' in html
    assert Tag.objects.count() == Group.objects.exclude(is_default=True).count() == 2


def test_the_limit_of_tags_is_told(browser: Browser, tag: Tag) -> None:
    save_settings(dashboard=True, tag_limit=1)
    assert 'role="alert"' in browser.change("settings/tags/new", {"name": "one more"})
    assert "at most 1" in browser.screen("settings")


def test_a_tag_is_merged_into_another_by_name(browser: Browser, tag: Tag) -> None:
    other = make_tag("Other")
    make_tag("Other things")
    assert XSS not in browser.screen(tag_path(tag, "/merge"))
    html = browser.change(tag_path(tag, "/merge"), {"add_tag": "nothing"})
    assert 'role="alert"' in html
    assert 'value="nothing"' in html
    assert 'role="alert"' in browser.change(tag_path(tag, "/merge"), {"add_tag": tag.name})  # into itself

    browser.change(tag_path(tag, "/merge"), {"add_tag": "other"})
    assert TagAssignment.objects.get().tag == other
    assert not Tag.objects.filter(pk=tag.pk).exists()


def test_a_tag_is_deleted_after_saying_who_loses_it(browser: Browser, tag: Tag) -> None:
    html = browser.screen(tag_path(tag, "/delete"))
    assert "lose it: 1." in html
    assert XSS not in html
    browser.change(tag_path(tag, "/delete"))
    assert not Tag.objects.exists()
    assert browser.get(tag_path(tag)).status_code == 404


def test_a_group_is_created_edited_and_deleted(browser: Browser) -> None:
    browser.change("settings/groups/new", {"name": "Gold", "description": "Two\r\nlines", "voucherCode": "GOLD10"})
    group = Group.objects.get(name="Gold")
    assert (group.description, group.voucher_code) == ("Two\nlines", "GOLD10")

    browser.change(group_path(group), {"name": "Golden"})
    group.refresh_from_db()
    assert (group.name, group.description, group.voucher_code) == ("Golden", "", "")

    assert "leave it: 0." in browser.screen(group_path(group, "/delete"))
    browser.change(group_path(group, "/delete"))
    assert not Group.objects.filter(pk=group.pk).exists()


def test_the_default_group_is_renamed_and_never_deleted(browser: Browser) -> None:
    group = default_group()
    assert group_path(group, "/delete") not in browser.screen("settings")
    assert "default group" in browser.screen(group_path(group))
    assert 'role="alert"' in browser.change(group_path(group, "/delete"))
    browser.change(group_path(group), {"name": "Everybody"})
    group.refresh_from_db()
    assert group.name == "Everybody"


def test_it_says_where_vouchers_are_switched_on(browser: Browser, group: Group) -> None:
    assert "Not applied" in browser.screen(group_path(group))
    save_settings(dashboard=True, group_vouchers=True)
    assert "Not applied" not in browser.screen(group_path(group))


def test_nobody_without_the_permission(browser: Browser, tag: Tag, group: Group) -> None:
    stranger = Browser(make_token(make_account()))
    paths = ["settings", *(tag_path(tag, rest) for rest in ("", "/merge", "/delete"))]
    for path in [*paths, group_path(group), group_path(group, "/delete")]:
        assert stranger.get(path).status_code == 403
        assert stranger.post(path, {"name": "x", "add_tag": "x"}).status_code == 403
    assert Tag.objects.get(pk=tag.pk).name == XSS


@pytest.mark.parametrize(
    ("version", "page"),
    [
        ("3.21.4", "/plugins/customer-plus"),
        ("3.22.0", "/extensions/installed"),
        ("3.23.28", "/extensions/installed"),
        ("4.0.0-a.1", "/extensions/installed"),
        ("", "/extensions/installed"),
    ],
)
def test_the_plugins_settings_are_where_the_dashboard_has_them(version: str, page: str) -> None:
    assert plugin_page(version) == page
