"""The addresses that staff keep of one customer, beside those of the account and of orders."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from ..formats import country, said
from ..requests import Screen, ScreenRequest
from .answers import done, refused
from .record_context import name_of, wanted

ADDRESSES = """
query CustomerPlusAddresses($id: ID!) {
  customerRecord(id: $id) {
    id email firstName lastName companyName
    addressBook {
      id kind label firstName lastName companyName phone streetAddress1 streetAddress2 postalCode city countryArea
      country { code }
    }
  }
  customerSettings { countries { code } }
}
"""
CREATE = """
mutation CustomerPlusAddressCreate($id: ID!, $input: CustomerAddressInput!, $copyOf: ID) {
  customerAddressCreate(recordId: $id, input: $input, copyOf: $copyOf) { errors { field message code } }
}
"""
UPDATE = """
mutation CustomerPlusAddressUpdate($id: ID!, $input: CustomerAddressInput!) {
  customerAddressUpdate(id: $id, input: $input) { errors { field message code } }
}
"""
DELETE = """
mutation CustomerPlusAddressDelete($id: ID!) {
  customerAddressDelete(id: $id) { errors { field message code } }
}
"""
MAKE_PRIMARY = """
mutation CustomerPlusAddressPrimary($id: ID!) {
  customerAddressMakePrimary(id: $id) { errors { field message code } }
}
"""

KINDS = ("SHIPPING", "BILLING", "OTHER")
TEXTS = (
    "kind",
    "label",
    "firstName",
    "lastName",
    "companyName",
    "phone",
    "streetAddress1",
    "streetAddress2",
    "postalCode",
    "city",
    "countryArea",
    "country",
)


def add_address(request: ScreenRequest, record_id: str) -> Screen:
    values, errors = _typed(request), list[dict[str, Any]]()
    if request.is_post:
        _payload, errors = request.change(CREATE, id=record_id, input=values)
        if not errors:
            return done(_("Address added."))
    else:
        record = name_of(request, record_id)
        values |= {name: record[name] for name in ("firstName", "lastName", "companyName")}
    return _form(request, record_id, values, errors)


def edit_address(request: ScreenRequest, record_id: str, address_id: str) -> Screen:
    data = request.execute(ADDRESSES, id=record_id)
    address = next((one for one in wanted(data["customerRecord"])["addressBook"] if one["id"] == address_id), None)
    if address is None:
        raise Http404
    values = {**{name: address[name] for name in TEXTS}, "country": (address["country"] or {}).get("code", "")}
    errors: list[dict[str, Any]] = []
    if request.is_post:
        values = _typed(request)
        _payload, errors = request.change(UPDATE, id=address_id, input=values)
        if not errors:
            return done(_("Address saved."))
    return _form(request, record_id, values, errors, address)


def copy_address(request: ScreenRequest, record_id: str) -> Screen:
    """Keep an address of the account or of an order."""
    chosen = {"kind": request.form.get("kind", "OTHER")}
    _payload, errors = request.change(CREATE, id=record_id, input=chosen, copyOf=request.form.get("address", ""))
    return refused(errors) if errors else done(_("Address added."))


def make_primary(request: ScreenRequest, record_id: str, address_id: str) -> Screen:
    _payload, errors = request.change(MAKE_PRIMARY, id=address_id)
    return refused(errors) if errors else done(_("This is the primary address now."))


def delete_address(request: ScreenRequest, record_id: str, address_id: str) -> Screen:
    _payload, errors = request.change(DELETE, id=address_id)
    return refused(errors) if errors else done(_("Address deleted."))


def _form(
    request: ScreenRequest,
    record_id: str,
    values: dict[str, Any],
    errors: list[dict[str, Any]],
    address: dict[str, Any] | None = None,
) -> Screen:
    data = request.execute(ADDRESSES, id=record_id)
    codes = [one["code"] for one in data["customerSettings"]["countries"]]
    context = {
        "record": wanted(data["customerRecord"]),
        "address": address,
        "values": values,
        "errors": errors,
        "kinds": [(kind, said(kind)) for kind in KINDS],
        "countries": sorted(((code, country(code)) for code in codes), key=lambda pair: pair[1]),
        "shown_fields": " ".join(TEXTS),
    }
    return Screen("record/address_form.html", context)


def _typed(request: ScreenRequest) -> dict[str, Any]:
    values: dict[str, Any] = {name: request.form.get(name, "").strip() for name in TEXTS}
    return {**values, "kind": values["kind"] or "OTHER"}
