"""What is done with one customer as a whole: account, activation, picture, deletion, a draft order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _

from ..execution import Failed
from ..requests import Screen, ScreenRequest, address
from .answers import done, refused
from .record_context import name_of, wanted

ACCOUNT = """
mutation CustomerPlusAccount($id: ID!) {
  customerAccountCreate(recordId: $id) { userId errors { field message code } }
}
"""
DEACTIVATE = """
mutation CustomerPlusDeactivate($id: ID!, $reason: String, $alsoAccount: Boolean) {
  customerRecordDeactivate(id: $id, reason: $reason, alsoAccount: $alsoAccount) { errors { field message code } }
}
"""
ACTIVATE = """
mutation CustomerPlusActivate($id: ID!, $alsoAccount: Boolean) {
  customerRecordActivate(id: $id, alsoAccount: $alsoAccount) { errors { field message code } }
}
"""
LOST = """
query CustomerPlusDeletion($id: ID!) {
  customerRecord(id: $id) { id email firstName lastName companyName }
  customerRecordDeletionPreview(id: $id) {
    token notes files leads tags groups consentEvents messages ordersKept hasAccount
  }
}
"""
DATA = """
query CustomerPlusPersonalData($id: ID!) {
  all: customerPersonalData(recordId: $id) { url }
  withoutNotes: customerPersonalData(recordId: $id, includeNotes: false) { url }
}
"""
DELETE = """
mutation CustomerPlusDelete($id: ID!, $token: String!, $alsoAccount: Boolean) {
  customerRecordDelete(id: $id, token: $token, alsoAccount: $alsoAccount) { errors { field message code } }
}
"""
IMAGE_SET = """
mutation CustomerPlusImage($id: ID!, $image: Upload!) {
  customerRecordImageSet(id: $id, image: $image) { errors { field message code } }
}
"""
IMAGE_DELETE = """
mutation CustomerPlusNoImage($id: ID!) {
  customerRecordImageDelete(id: $id) { errors { field message code } }
}
"""
LIMIT = "query CustomerPlusImageLimit { customerSettings { limits { imageMegabytes } } }"
CHANNELS = """
query CustomerPlusOrderChoices($id: ID!) {
  customerRecord(id: $id) { id email firstName lastName companyName }
  customerSettings { permissions channels { slug name currency isActive } }
}
"""
ORDER = """
mutation CustomerPlusDraftOrder($id: ID!, $channel: String!, $voucher: String) {
  customerDraftOrderCreate(recordId: $id, channel: $channel, voucherCode: $voucher, lines: []) {
    orderId omittedAddresses errors { field message code }
  }
}
"""


def create_account(request: ScreenRequest, record_id: str) -> Screen:
    errors: list[dict[str, Any]] = []
    if request.is_post:
        _payload, errors = request.change(ACCOUNT, id=record_id)
        if not errors:
            return done(_("Account created. The customer sets the password with “Forgot password”."))
    return Screen("record/account_dialog.html", {"record": name_of(request, record_id), "errors": errors})


def deactivate(request: ScreenRequest, record_id: str) -> Screen:
    errors: list[dict[str, Any]] = []
    if request.is_post:
        chosen = {"reason": request.form.get("reason", ""), "alsoAccount": request.form.get("also_account") == "yes"}
        _payload, errors = request.change(DEACTIVATE, id=record_id, **chosen)
        if not errors:
            return done(_("Customer deactivated."))
    context = {
        "record": name_of(request, record_id),
        "errors": errors,
        "reason": request.form.get("reason", ""),
        "also_account": request.form.get("also_account") == "yes",
    }
    return Screen("record/deactivate_dialog.html", context)


def activate(request: ScreenRequest, record_id: str) -> Screen:
    errors: list[dict[str, Any]] = []
    if request.is_post:
        _payload, errors = request.change(ACTIVATE, id=record_id, alsoAccount=request.form.get("also_account") == "yes")
        if not errors:
            return done(_("Customer activated."))
    return Screen("record/activate_dialog.html", {"record": name_of(request, record_id), "errors": errors})


def delete(request: ScreenRequest, record_id: str) -> Screen:
    """Show first what would be lost. If anything was added meanwhile, the token is stale and it is shown again."""
    errors: list[dict[str, Any]] = []
    if request.is_post:
        chosen = {"token": request.form.get("token", ""), "alsoAccount": request.form.get("also_account") == "yes"}
        _payload, errors = request.change(DELETE, id=record_id, **chosen)
        if not errors:
            return done(_("Customer deleted."), goes_to=address("customers"))
    data = request.execute(LOST, id=record_id)
    context = {
        "record": wanted(data["customerRecord"]),
        "lost": data["customerRecordDeletionPreview"],
        "errors": errors,
        "also_account": request.form.get("also_account") == "yes",
    }
    return Screen("record/delete_dialog.html", context)


def show_personal_data(request: ScreenRequest, record_id: str) -> Screen:
    """Where all that is kept about the customer is to be had, for whoever asks for it."""
    record = name_of(request, record_id)
    try:
        data = request.execute(DATA, id=record_id)
    except Failed as failure:
        return refused([{"message": str(failure)}])
    context = {
        "record": record,
        "all": data["all"]["url"],
        "without_notes": data["withoutNotes"]["url"],
    }
    return Screen("record/personal_data_dialog.html", context)


def change_picture(request: ScreenRequest, record_id: str) -> Screen:
    errors: list[dict[str, Any]] = []
    if request.is_post:
        if request.form.get("remove") == "yes":
            _payload, errors = request.change(IMAGE_DELETE, id=record_id)
        elif files := request.files("image"):
            _payload, errors = request.change(IMAGE_SET, {"image": files[0]}, id=record_id, image=None)
        else:
            errors = [{"field": "image", "message": _("Choose a picture."), "code": "REQUIRED"}]
        if not errors:
            return done(_("Picture saved."))
    limits = request.execute(LIMIT)["customerSettings"]["limits"]
    context = {"record": name_of(request, record_id), "errors": errors, "megabytes": limits["imageMegabytes"]}
    return Screen("record/picture_dialog.html", context)


def place_order(request: ScreenRequest, record_id: str) -> Screen:
    """Make a draft order with the customer's address and go on in Saleor's own page, which knows the products."""
    errors: list[dict[str, Any]] = []
    if request.is_post:
        chosen = {
            "channel": request.form.get("channel", ""),
            "voucher": request.form.get("voucher", "").strip() or None,
        }
        payload, errors = request.change(ORDER, id=record_id, **chosen)
        if not errors:
            return _draft(payload)
    data = request.execute(CHANNELS, id=record_id)
    settings = data["customerSettings"]
    if "MANAGE_ORDERS" not in settings["permissions"]:
        message = _("You need the permission to manage orders. Ask an administrator of the shop for it.")
        return refused([{"message": message}], _("No permission"))
    context = {
        "record": wanted(data["customerRecord"]),
        "channels": [channel for channel in settings["channels"] if channel["isActive"]],
        "chosen": request.form.get("channel", ""),
        "voucher": request.form.get("voucher", ""),
        "errors": errors,
    }
    return Screen("record/order_dialog.html", context)


def _draft(payload: dict[str, Any]) -> Screen:
    """Go to the draft order, and say which address is still to be entered there."""
    goes_to = "/orders/" + quote(payload["orderId"])
    notices = {
        1: _("Draft order created without an address that is incomplete. Enter it in the order."),
        2: _("Draft order created without addresses: they are incomplete. Enter them in the order."),
    }
    omitted = len(payload["omittedAddresses"] or ())
    screen = done(notices.get(omitted, _("Draft order created.")), goes_to=goes_to)
    return replace(screen, notice_status="warning") if omitted else screen
