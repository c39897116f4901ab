"""Saleor's own API, asked from within. What it does there is in tests/saleor; here is what becomes of the answers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from graphql import GraphQLError

from saleor_customer_plus.errors import CustomerPlusError, ErrorCode, SeveralErrors
from saleor_customer_plus.saleor_adapter import host, saleor_api

pytestmark = pytest.mark.django_db


def answers(monkeypatch: pytest.MonkeyPatch, resolve: Any) -> None:
    """Let a schema of two fields stand in for Saleor's."""
    import graphene

    class Error(graphene.ObjectType):
        field, message, code = graphene.String(), graphene.String(), graphene.String()

    class Payload(graphene.ObjectType):
        value = graphene.String()
        errors = graphene.List(Error)

    class Query(graphene.ObjectType):
        done = graphene.Field(Payload, value=graphene.Int())

        def resolve_done(self, info: Any, value: int | None = None) -> Any:
            return resolve(info)

    monkeypatch.setattr(host, "graphql_schema", lambda: graphene.Schema(Query))


DONE = f"query ($value: Int) {{ done(value: $value) {{ value {saleor_api.ERRORS} }} }}"


def test_the_answer_of_the_one_root_field_is_returned() -> None:
    answer = saleor_api.run(saleor_api.as_the_shop(), "{ shop { name } }", {})

    assert set(answer.or_raise()) == {"name"}
    assert answer.errors == []


@pytest.mark.standin
def test_an_operation_that_saleor_has_not_is_told() -> None:
    with pytest.raises(CustomerPlusError, match="mutation") as told:
        saleor_api.run(saleor_api.as_the_shop(), "mutation { customerDelete(id: 1) { errors { message } } }", {})

    assert told.value.code == ErrorCode.GRAPHQL_ERROR


def test_a_value_that_does_not_fit_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, lambda info: {"value": "never"})

    with pytest.raises(CustomerPlusError, match=r"^Saleor cannot read a value\.$") as told:
        saleor_api.run(saleor_api.as_the_shop(), DONE, {"value": "many"})

    assert told.value.code == ErrorCode.GRAPHQL_ERROR


def test_errors_of_the_payload_keep_their_fields_and_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    errors = [
        {"field": "email", "message": "Taken.", "code": "UNIQUE"},
        {"field": None, "message": "No stock.", "code": "INSUFFICIENT_STOCK"},
        {"field": "name", "message": None, "code": None},
    ]
    answers(monkeypatch, lambda info: {"errors": errors})

    answer = saleor_api.run(saleor_api.as_the_shop(), DONE, {})

    assert [(error.field, error.message, error.code) for error in answer.errors] == [
        ("email", "Taken.", ErrorCode.UNIQUE),
        (None, "No stock. (Saleor: INSUFFICIENT_STOCK)", ErrorCode.GRAPHQL_ERROR),
        ("name", "Refused by Saleor.", ErrorCode.GRAPHQL_ERROR),
    ]
    with pytest.raises(SeveralErrors):
        answer.or_raise()


def test_what_the_caller_may_not_do_is_refused_as_by_saleor(monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = host.PermissionDenied(permissions=[host.AccountPermissions.MANAGE_USERS])

    def refuse(_info: Any) -> None:
        raise refusal

    answers(monkeypatch, refuse)

    with pytest.raises(host.PermissionDenied) as told:
        saleor_api.run(saleor_api.as_the_shop(), DONE, {})

    assert told.value is refusal


def test_an_error_meant_for_the_caller_is_told_in_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_info: Any) -> None:
        raise GraphQLError("Invalid ID.")

    answers(monkeypatch, refuse)

    with pytest.raises(CustomerPlusError, match=r"^Saleor: Invalid ID\.$"):
        saleor_api.run(saleor_api.as_the_shop(), DONE, {})


def test_a_failure_within_saleor_is_told_without_its_message(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "anna@example.com"

    def fail(_info: Any) -> None:
        raise ZeroDivisionError(secret)

    answers(monkeypatch, fail)

    with pytest.raises(CustomerPlusError, match=r"^Saleor failed: ZeroDivisionError\.$"):
        saleor_api.run(saleor_api.as_the_shop(), DONE, {})

    (logged,) = [record for record in caplog.records if record.name == "saleor_customer_plus.saleor_adapter.saleor_api"]
    assert "ZeroDivisionError" in logged.getMessage()
    assert "in fail" in logged.getMessage()
    assert secret not in logged.getMessage()


def test_an_operation_sees_nothing_that_was_read_before_and_no_replica(monkeypatch: pytest.MonkeyPatch) -> None:
    context = saleor_api.as_the_shop()
    context.user, context.dataloaders, context.allow_replica = SimpleNamespace(pk=1), {"old": object()}, True
    seen: list[Any] = []
    answers(monkeypatch, lambda info: seen.append(info.context) or {"value": "done"})

    assert saleor_api.run(context, DONE, {}).data["value"] == "done"

    (inner,) = seen
    assert (inner.user, inner.dataloaders, inner.allow_replica) == (context.user, {}, False)
    assert (list(context.dataloaders), context.allow_replica) == (["old"], True)
