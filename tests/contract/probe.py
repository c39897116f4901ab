"""A plugin that only looks: what it is called with, and how Saleor's view serves a schema of its own."""

from __future__ import annotations

from typing import Any, ClassVar

import graphene
from django.http import HttpRequest, HttpResponse

from saleor_customer_plus.saleor_adapter.host import (
    AccountPermissions,
    BasePlugin,
    PermissionDenied,
    app_of,
    graphql_backend,
    graphql_view,
)


class Query(graphene.ObjectType):
    """Who asks, and every way to fail."""

    who = graphene.String()
    fails = graphene.String()
    forbidden = graphene.String()
    file = graphene.String(key=graphene.Argument(graphene.String))

    def resolve_who(self, info: Any) -> str:
        context = info.context
        requestor = getattr(context, "app", None) or context.user
        if not requestor:
            return "nobody"
        return f"{requestor._meta.object_name}, {requestor.has_perm(AccountPermissions.MANAGE_USERS)}"

    def resolve_fails(self, _info: Any) -> None:
        raise RuntimeError("a secret")

    def resolve_forbidden(self, _info: Any) -> None:
        raise PermissionDenied(permissions=[AccountPermissions.MANAGE_USERS])

    def resolve_file(self, info: Any, key: str) -> str:
        return str(info.context.FILES[key].read().decode())


class Mutation(graphene.ObjectType):
    """Something to be done."""

    do = graphene.String()


schema = graphene.Schema(Query, Mutation)


class Probe(BasePlugin):
    """Notes each call of a hook. Its endpoint resolves the app when told to, as a plugin has to."""

    PLUGIN_ID = "tests.probe"
    PLUGIN_NAME = "Probe"
    CONFIGURATION_PER_CHANNEL = False
    DEFAULT_ACTIVE = True
    CONFIG_STRUCTURE: ClassVar[dict[str, dict[str, str]]] = {
        "switch": {"type": "Boolean", "label": "Switch", "help_text": "A switch."},
        "word": {"type": "String", "label": "Word", "help_text": "A word."},
    }
    DEFAULT_CONFIGURATION: ClassVar[list[dict[str, Any]]] = [
        {"name": "switch", "value": True},
        {"name": "word", "value": "one"},
    ]

    calls: ClassVar[list[tuple[Any, ...]]] = []
    error: ClassVar[Exception | None] = None
    sets_app: ClassVar[bool] = True

    def customer_created(self, *args: Any, **kwargs: Any) -> str:
        return self._note("customer_created", *args, **kwargs)

    def customer_updated(self, *args: Any, **kwargs: Any) -> str:
        return self._note("customer_updated", *args, **kwargs)

    def order_created(self, *args: Any, **kwargs: Any) -> str:
        return self._note("order_created", *args, **kwargs)

    def notify(self, event: str, payload_func: Any, previous_value: Any = None) -> str:
        return self._note("notify", event, payload_func(), previous_value=previous_value)

    def _note(self, hook: str, *args: Any, **kwargs: Any) -> str:
        self.calls.append((hook, args, kwargs))
        if self.error:
            raise self.error
        return f"{self.PLUGIN_ID} was here"

    def webhook(self, request: HttpRequest, path: str, previous_value: Any = None) -> HttpResponse:
        if path != "/graphql/":
            return HttpResponse(f"{path} {self.active}")
        if self.sets_app:
            request.app = app_of(request)  # type: ignore[attr-defined]
        view = graphql_view().as_view(schema=schema, backend=graphql_backend())
        return view(request)  # type: ignore[no-any-return]


class SecondProbe(Probe):
    """Called after the first."""

    PLUGIN_ID = "tests.second-probe"
