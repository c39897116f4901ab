"""The two ways to a token that the README shows, and the request that follows."""

from __future__ import annotations

import io
import json
import re
import shlex

import pytest
from django.core.management import call_command

from tests import factories
from tests.client import SALEOR_PATH, Api
from tests.hosts import ROOT

pytestmark = [pytest.mark.saleor, pytest.mark.django_db]

README = (ROOT / "README.md").read_text()
BODIES = [json.loads(body)["query"] for body in re.findall(r"-d '(\{.*\})'", README)]
(GET_TOKEN,) = [query for query in BODIES if "tokenCreate" in query]
(LIST,) = [query for query in BODIES if "customerRecords" in query]


def emails_seen_with(token: str) -> list[str]:
    return [edge["node"]["email"] for edge in Api(token=token)(LIST)["customerRecords"]["edges"]]


def test_the_token_of_an_app() -> None:
    factories.make_record("anna@example.com")
    (command,) = re.findall(r"^\$ python manage\.py (create_app .*)$", README, re.MULTILINE)
    printed = io.StringIO()

    call_command(*shlex.split(command), stdout=printed)

    assert emails_seen_with(json.loads(printed.getvalue())["auth_token"]) == ["anna@example.com"]


def test_the_token_of_a_staff_member() -> None:
    factories.make_record("anna@example.com")
    ada = factories.make_staff("ada@example.com", permissions=("manage_users",))
    ada.set_password("secret")
    ada.save()

    answer = Api(path=SALEOR_PATH)(GET_TOKEN)["tokenCreate"]

    assert answer["errors"] == []
    assert emails_seen_with(answer["token"]) == ["anna@example.com"]
