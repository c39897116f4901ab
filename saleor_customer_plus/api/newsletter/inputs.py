"""Fields of the newsletter's public forms, and how what was sent is checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import graphene

from ...consent.decisions import MAX_VERSION_LENGTH, MAX_WORDING_LENGTH
from ...core import sql
from ...errors import CustomerPlusError, ErrorCode, Problems
from ...newsletter import texts
from ...newsletter.choosing import offered
from ...records.validation import clean
from ...settings import CustomerPlusSettings
from ..consent.enums import CustomerConsentPurpose
from ..core import public_forms
from ..core.types import list_of

_PERSON = ("email", "first_name", "last_name", "language_code")


class CustomerNewsletterSubscribeInput(graphene.InputObjectType):  # type: ignore[misc]
    """Fields of a newsletter form. All text is plain text."""

    email = graphene.String(required=True, description="E-mail address that the newsletter is sent to.")
    first_name = graphene.String(description="Given name of the subscriber.")
    last_name = graphene.String(description="Family name of the subscriber.")
    language_code = graphene.String(
        description="Language of the form, such as de: the same as in the query `customerNewsletterForm`."
    )
    purposes = list_of(
        CustomerConsentPurpose, description="What to sign up for, among those of the form. All of these by default."
    )
    page = graphene.String(description="Page that has the form: an http or https URL, or a path.")
    token = graphene.String(required=True, description="Token requested when the form was shown.")
    website = graphene.String(description="Leave blank. A honeypot field hidden from visitors: only bots fill it in.")
    wording = graphene.String(
        description="Consent text that the form showed, if not that of the query. Trusted only with the secret."
    )
    wording_version = graphene.String(description="Version of that text. Trusted only with the secret.")


def signup_values(given: Mapping[str, Any], chosen: CustomerPlusSettings, *, is_trusted: bool) -> dict[str, Any]:
    """The fields as they are stored. Raise all errors at once, without the input."""
    problems = Problems()
    person = clean({name: given.get(name) for name in _PERSON})
    problems.errors += person.errors
    values = dict(person.values)
    with problems.noted():
        values["page"] = public_forms.page(given.get("page") or "", "page")
    with problems.noted():
        values["purposes"] = _purposes(given.get("purposes"), chosen)
    with problems.noted():
        values |= _own_wording(given, is_trusted=is_trusted)
    problems.raise_any()
    return values


def _purposes(given: list[str] | None, chosen: CustomerPlusSettings) -> list[str]:
    possible = offered(chosen)
    if given is None:
        return possible
    wanted = list(dict.fromkeys(getattr(purpose, "value", purpose) for purpose in given))
    if not wanted or not set(wanted) <= set(possible):
        raise CustomerPlusError("Choose among the purposes that the form has.", field="purposes")
    return wanted


def _own_wording(given: Mapping[str, Any], *, is_trusted: bool) -> dict[str, str]:
    wording = {
        name: (given.get(name) or "").strip()
        for name in ("wording", "wording_version")
        if (given.get(name) or "").strip()
    }
    problems = Problems()
    for name, text in wording.items():
        with problems.noted():
            if not is_trusted:
                raise CustomerPlusError(
                    "Only a server that sends the secret says what it showed.", code=ErrorCode.OUT_OF_SCOPE, field=name
                )
            if len(text) > (MAX_WORDING_LENGTH if name == "wording" else MAX_VERSION_LENGTH) or not sql.can_hold(text):
                raise CustomerPlusError("This is too long, or has a character that is not allowed.", field=name)
    problems.raise_any()
    return wording


def language_of(chosen: CustomerPlusSettings, *wanted: str | None) -> str:
    """The language that the form is shown in."""
    return texts.spoken(chosen, [code[:35] for code in wanted if code])
