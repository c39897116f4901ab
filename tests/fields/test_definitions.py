"""Definitions: what can be defined, and what changes."""

from __future__ import annotations

from typing import Any

import pytest

from saleor_customer_plus.activity.models import ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.errors import CustomerPlusError, ErrorCode, SeveralErrors
from saleor_customer_plus.fields import changes, definitions
from saleor_customer_plus.fields.limits import matches_mask
from saleor_customer_plus.fields.models import FieldDefinition
from tests.factories import make_field, make_field_values, make_record

pytestmark = pytest.mark.django_db

SARA = Actor(ActorType.STAFF, "7")


def refused(**raw: Any) -> list[tuple[str | None, str]]:
    with pytest.raises((CustomerPlusError, SeveralErrors)) as caught:
        definitions.create({"label": "Label", "type": "TEXT", **raw})
    error = caught.value
    return [(one.field, one.code.value) for one in (error.errors if isinstance(error, SeveralErrors) else [error])]


class TestCreate:
    def test_all_of_it(self) -> None:
        made = definitions.create(
            {
                "label": " Shoe  size ",
                "type": "NUMBER",
                "help_text": "In EU sizes.",
                "is_required": True,
                "is_unique": True,
                "is_indexed": True,
                "is_visible_to_customer": True,
                "limits": {"min_number": 15.5, "max_number": 55, "max_length": None},
            }
        )
        made.refresh_from_db()
        assert (made.key, made.label, made.label_key, made.type) == ("shoe_size", "Shoe size", "shoe size", "NUMBER")
        assert made.limits == {"min_number": "15.5", "max_number": "55"}
        assert made.is_required
        assert made.is_unique
        assert made.is_indexed
        assert made.is_visible_to_customer
        assert definitions.create({"label": "Other", "type": "TEXT"}).position == 1

    @pytest.mark.parametrize(
        ("type", "limits"),
        [
            ("TEXT", {"min_length": 4, "max_length": 4, "mask": "9999"}),
            ("TEXT", {"max_length": 10_000}),
            ("NUMBER", {"min_number": "5", "max_number": "5"}),
            ("DATE", {"min_date": "2026-01-31", "max_date": "2026-01-31"}),
        ],
    )
    def test_limits_can_leave_a_single_value(self, type: str, limits: dict[str, Any]) -> None:
        assert definitions.create({"label": "Label", "type": type, "limits": limits}).limits == limits

    def test_choices_get_values_of_their_labels(self) -> None:
        made = definitions.create(
            {
                "label": "Size",
                "type": "CHOICE",
                "choices": [{"label": "Größe S"}, {"label": "大"}, {"label": "L", "value": "large"}],
            }
        )
        assert made.choices == [
            {"value": "grosse_s", "label": "Größe S"},
            {"value": "choice_2", "label": "大"},
            {"value": "large", "label": "L"},
        ]

    @pytest.mark.parametrize(
        ("raw", "errors"),
        [
            ({"label": " "}, [("label", "REQUIRED"), ("key", "REQUIRED")]),
            ({"label": "a,b"}, [("label", "INVALID")]),
            ({"label": "大"}, [("key", "REQUIRED")]),
            ({"key": "Größe"}, [("key", "INVALID")]),
            ({"key": "1st"}, [("key", "INVALID")]),
            ({"key": "x" * 65}, [("key", "INVALID")]),
            ({"help_text": "x" * 1001, "key": "UPPER"}, [("help_text", "INVALID"), ("key", "INVALID")]),
            ({"type": "CHOICE"}, [("choices", "REQUIRED")]),
            ({"choices": [{"label": "A"}]}, [("choices", "INVALID")]),
            ({"type": "CHOICE", "choices": [{"label": str(n)} for n in range(201)]}, [("choices", "LIMIT_REACHED")]),
            (
                {"type": "CHOICE", "choices": [{"label": "a"}, {"label": "A", "value": "b"}]},
                [("choices.1.label", "UNIQUE")],
            ),
            (
                {"type": "CHOICE", "choices": [{"label": "X", "value": "y"}, {"label": "Y", "value": "z"}]},
                [("choices.1.label", "UNIQUE")],
            ),
            ({"type": "CHOICE", "choices": [{"label": "A", "value": "a b"}]}, [("choices.0.value", "INVALID")]),
            ({"type": "BOOLEAN", "is_unique": True}, [("is_unique", "INVALID")]),
            ({"limits": {"min_number": 1}}, [("limits.min_number", "INVALID")]),
            ({"limits": {"min_length": 3, "max_length": 2}}, [("limits.min_length", "INVALID")]),
            ({"limits": {"max_length": 10_001}}, [("limits.max_length", "INVALID")]),
            ({"limits": {"max_length": 0}}, [("limits.max_length", "INVALID")]),
            ({"limits": {"max_length": 256}, "is_indexed": True}, [("limits.max_length", "INVALID")]),
            ({"type": "DATE", "limits": {"min_date": "1.1.2026"}}, [("limits.min_date", "INVALID")]),
            ({"type": "MONEY", "limits": {"currency": "Euro"}}, [("limits.currency", "INVALID")]),
            (
                {"type": "NUMBER", "limits": {"min_number": 10, "max_number": 9}},
                [("limits.min_number", "INVALID")],
            ),
            ({"limits": {"mask": "x" * 65}}, [("limits.mask", "INVALID")]),
            # No value could meet them.
            ({"limits": {"min_length": 256}}, [("limits.min_length", "INVALID")]),
            ({"limits": {"mask": r"99\9", "max_length": 2}}, [("limits.mask", "INVALID")]),
            ({"limits": {"mask": "99", "min_length": 3}}, [("limits.mask", "INVALID")]),
        ],
    )
    def test_what_cannot_be(self, raw: dict[str, Any], errors: list[tuple[str, str]]) -> None:
        assert refused(**raw) == errors
        assert not FieldDefinition.objects.exists()

    def test_a_key_and_a_label_that_are_taken(self) -> None:
        make_field("size", label="Size")
        assert refused(label="SIZE", key="size") == [("label", "UNIQUE"), ("key", "UNIQUE")]

    def test_the_limits_on_their_number(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(definitions, "MAX_INDEXED", 1)
        monkeypatch.setattr(definitions, "MAX_FIELDS", 2)
        make_field(is_indexed=True)
        assert refused(is_indexed=True) == [("is_indexed", "LIMIT_REACHED")]
        make_field()
        assert refused() == [(None, "LIMIT_REACHED")]

    def test_the_number_of_choices(self) -> None:
        choices = [{"label": f"Size {number}"} for number in range(201)]
        made = definitions.create({"label": "Size", "type": "CHOICE", "choices": choices[:200]})
        assert len(made.choices) == 200
        assert refused(type="CHOICE", choices=choices) == [("choices", "LIMIT_REACHED")]


class TestUpdate:
    def test_what_is_left_out_stays(self) -> None:
        field = make_field("size", type="NUMBER", label="Size", limits={"min_number": "1"}, is_required=True)
        changed = changes.update(field.pk, {"label": "Shoe size"}, token=None, actor=SARA)
        assert (changed.label, changed.label_key) == ("Shoe size", "shoe size")
        assert (changed.limits, changed.is_required) == ({"min_number": "1"}, True)
        assert changed.modified_at > field.modified_at

    def test_the_key_never_changes(self) -> None:
        field = make_field("size")
        with pytest.raises(CustomerPlusError) as caught:
            changes.update(field.pk, {"key": "other"}, token=None, actor=SARA)
        assert caught.value.field == "key"

    def test_it_may_keep_its_own_label(self) -> None:
        field = make_field("size", label="Size")
        assert changes.update(field.pk, {"label": "SIZE"}, token=None, actor=SARA).label == "SIZE"

    def test_labels_of_choices_change_while_records_have_them(self) -> None:
        field = make_field("size", type="CHOICE", choices=["small"])
        make_field_values(make_record(), size="small")
        choices = [{"value": "large", "label": "large"}, {"value": "small", "label": "Small"}]
        assert changes.update(field.pk, {"choices": choices}, token=None, actor=SARA).choices == choices

    def test_an_indexed_one_can_be_edited_though_no_more_may_be_indexed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(definitions, "MAX_INDEXED", 1)
        field = make_field(is_indexed=True)
        assert changes.update(field.pk, {"label": "Shoe size"}, token=None, actor=SARA).is_indexed

    def test_an_index_is_given_to_the_values_too(self) -> None:
        field = make_field("size")
        make_field_values(make_record(), size="large")
        token = changes.impact_of_change(field.pk, {"is_indexed": True}).token
        changed = changes.update(field.pk, {"is_indexed": True}, token=token, actor=SARA)
        assert list(changed.values.values_list("is_indexed", flat=True)) == [True]

    def test_one_that_is_gone(self) -> None:
        with pytest.raises(CustomerPlusError) as caught:
            changes.update(1, {}, token=None, actor=SARA)
        assert caught.value.code == ErrorCode.NOT_FOUND


def test_reorder() -> None:
    one, two, three = make_field(position=0), make_field(position=1), make_field(position=2)
    assert definitions.reorder([three.pk]) == [three, one, two]
    assert list(FieldDefinition.objects.order_by("position")) == [three, one, two]
    for ids, code in (([one.pk, one.pk], ErrorCode.INVALID), ([0], ErrorCode.NOT_FOUND)):
        with pytest.raises(CustomerPlusError) as caught:
            definitions.reorder(ids)
        assert caught.value.code == code


@pytest.mark.parametrize(
    ("mask", "text", "fits"),
    [
        ("aa-9999", "AB-2041", True),
        ("aa-9999", "AB-204", False),
        ("aa-9999", "AB-20411", False),
        ("**", "ß7", True),
        ("**", "-7", False),
        ("9", "\u0663", False),  # a digit that only Arabic has
        ("\\9\\a\\\\", "9a\\", True),
        ("\\9", "8", False),
    ],
)
def test_masks(mask: str, text: str, fits: bool) -> None:
    assert matches_mask(text, mask) is fits
