"""The plugin's settings: what the Dashboard shows, what is valid, and typed access to what was saved."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import timedelta
from email.utils import getaddresses
from enum import StrEnum
from functools import partial
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django_countries import countries

from .saleor_adapter import host

PLUGIN_ID = "customer-plus"

_Value = TypeVar("_Value")
_Choice = TypeVar("_Choice", bound=StrEnum)
# Of the address of the Dashboard, which is written into a header.
_HOST = re.compile(r"[A-Za-z0-9.:\[\]-]+")
_DELIMITERS = (",", ";", "|", "tab")


class CountsWhen(StrEnum):
    """Which orders count in a customer's figures, besides not being a draft, unconfirmed, canceled or expired."""

    PAID = "paid"
    PLACED = "placed"


class ExportFormat(StrEnum):
    """The format of an export, unless another one is asked for."""

    CSV = "csv"
    TSV = "tsv"
    XLSX = "xlsx"
    JSONL = "jsonl"


class MailTransport(StrEnum):
    """How messages to customers are sent."""

    SMTP = "smtp"
    APP = "app"


class OptInMode(StrEnum):
    """What it takes to subscribe to the newsletter."""

    CONFIRMED = "confirmed"
    SINGLE = "single"


# The texts of the newsletter that a shop can word itself, and how long each may be.
NEWSLETTER_TEXTS = {
    "wording": 2_000,
    "wording_version": 64,
    "confirm_subject": 255,
    "confirm_body": 10_000,
    "known_subject": 255,
    "known_body": 10_000,
}
# What newsletters can be about: the names of `consent.models.ConsentPurpose`.
_PURPOSES = ("newsletter", "promotional", "system")


@dataclass(frozen=True, slots=True)
class MailboxAddress:
    """Where a mailbox is, and how to open it."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str
    is_secure: bool


def mailbox_address_of(url: str) -> MailboxAddress:
    """Read the address of a mailbox. Raise `ValueError` that says what to enter, and repeats nothing of it."""
    wrong = ValueError(
        "Enter an address such as imaps://user:password@mail.example.com/INBOX, with plain letters, digits and signs. "
        "Only the folder may have others."
    )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise wrong from None
    user, password, folder = (unquote(part or "") for part in (parts.username, parts.password, parts.path.strip("/")))
    # IMAP's commands are lines of ASCII; for folders it has an encoding.
    is_plain = url.isprintable() and folder.isprintable() and "\ufffd" not in folder
    is_plain = is_plain and all(part.isascii() and part.isprintable() for part in (parts.netloc, user, password))
    is_one = parts.scheme in ("imap", "imaps") and parts.hostname and user and password and port != 0
    if not is_one or not is_plain or " " in url:
        raise wrong
    is_secure = parts.scheme == "imaps"
    default = 993 if is_secure else 143
    return MailboxAddress(str(parts.hostname), port or default, user, password, folder or "INBOX", is_secure)


# How a setting is read. The Dashboard sends text for everything; the `ValueError` says what to enter instead.


def _read_switch(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError('Enter "true" or "false".')
    return text.lower() == "true"


def _read_number(text: str, lowest: int, highest: int) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 12 and lowest <= int(text) <= highest):
        raise ValueError(f"Enter a whole number from {lowest} to {highest}.")
    return int(text)


def _one_of(choices: type[_Choice]) -> Callable[[str], _Choice]:
    def read(text: str) -> _Choice:
        if text.lower() not in list(choices):
            *others, last = (f'"{choice}"' for choice in choices)
            raise ValueError(f"Enter {', '.join(others)} or {last}.")
        return choices(text.lower())

    return read


def _read_emails(text: str) -> str:
    addresses = [address.strip() for address in text.split(",") if address.strip()]
    try:
        for address in addresses:
            validate_email(address)
    except ValidationError:
        raise ValueError("Enter e-mail addresses, separated by commas.") from None
    return ",".join(addresses)


def _read_sender(text: str) -> str:
    """An address, with or without a name: Shop <shop@example.com>."""
    if not text:
        return ""
    addresses = getaddresses([text])
    try:
        # Newer Pythons find no address where older ones find two, or one before a line break: one message for all.
        validate_email(addresses[0][1] if len(addresses) == 1 and text.isprintable() and len(text) <= 255 else "")
    except ValidationError:
        raise ValueError(
            "Enter one e-mail address, such as Shop <shop@example.com>, of at most 255 characters."
        ) from None
    return text.strip()


def _read_mailbox(text: str) -> str:
    if text:
        mailbox_address_of(text)
    return text


def _read_country(text: str) -> str:
    if text and text.upper() not in countries:
        raise ValueError("Enter the two letters of a country, such as DE.")
    return text.upper()


def _read_origin(text: str) -> str:
    parts = urlsplit(text)
    if text and not (parts.scheme in ("https", "http") and parts.hostname and _HOST.fullmatch(parts.netloc)):
        raise ValueError("Enter an address such as https://dashboard.example.com.")
    return f"{parts.scheme}://{parts.netloc}" if text else ""


def read_time_zone(text: str) -> str:
    """The name of a time zone that PostgreSQL and Python know by the same name. Raise `ValueError` for others."""
    if text != "UTC" and not ("/" in text and text in available_timezones()):
        raise ValueError("Enter the name of a time zone, such as Europe/Berlin, or UTC.")
    return text


def _read_delimiter(text: str) -> str:
    if text.lower() not in _DELIMITERS:
        raise ValueError('Enter "," or ";" or "|" or "tab".')
    return text.lower()


def _read_purposes(text: str) -> str:
    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    if not names or not set(names) <= set(_PURPOSES):
        raise ValueError('Enter "newsletter", "promotional" or "system", separated by commas.')
    return ",".join(dict.fromkeys(names))


def _read_page(text: str) -> str:
    """The address of a page. It gets a query of ours, so it has none, and nobody can be sent elsewhere by it."""
    parts = urlsplit(text)
    is_page = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1"))
    is_plain = text.isascii() and text.isprintable() and not set(text) & set("?#\\@\"' <>")
    if text and not (is_page and is_plain and _HOST.fullmatch(parts.netloc) and len(text) <= 1000):
        raise ValueError("Enter an address such as https://shop.example.com/newsletter.")
    return text


def _read_newsletter_texts(text: str) -> str:
    try:
        texts = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        raise ValueError('Enter JSON such as {"de": {"confirm_subject": "Bitte bestätigen"}}.') from None
    if not isinstance(texts, dict) or not all(isinstance(one, dict) for one in texts.values()):
        raise ValueError("Enter an object with the code of a language for each set of texts, such as de.")
    for language, one in texts.items():
        if not re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", language):
            raise ValueError("Enter the codes of languages in lower case, such as de or pt-br.")
        for name, value in one.items():
            longest = NEWSLETTER_TEXTS.get(name)
            if longest is None or not isinstance(value, str) or not 0 < len(value) <= longest:
                raise ValueError(f"Enter texts of these names: {', '.join(NEWSLETTER_TEXTS)}.")
            if not name.endswith("_body") and not value.isprintable():
                raise ValueError("Enter subjects and wordings in one line.")
            if set(re.findall(r"\{\{\s*(.*?)\s*\}\}", value)) - {"shop", "link", "purposes"}:
                raise ValueError("Use the placeholders {{ shop }}, {{ link }} and {{ purposes }} only.")
            if name == "confirm_body" and not re.search(r"\{\{\s*link\s*\}\}", value):
                raise ValueError("Put {{ link }} into each confirm_body.")
    return text


# The kinds of settings. Each returns a field of the dataclass below that carries all that is said of the setting.


@dataclass(frozen=True, slots=True)
class Shown:
    """What the Dashboard shows of a setting, and how what it sends is read."""

    type: str
    label: str
    help_text: str
    read: Callable[[str], Any]
    lowest: int | None = None
    highest: int | None = None


def switch(default: bool, label: str, help_text: str) -> bool:
    return _declare(default, Shown(host.ConfigurationTypeField.BOOLEAN, label, help_text, _read_switch))


def number(default: int, label: str, help_text: str, *, lowest: int, highest: int) -> int:
    """A whole number. The help text may name `{default}`, `{lowest}` and `{highest}`."""
    help_text = help_text.format(default=default, lowest=lowest, highest=highest)
    read = partial(_read_number, lowest=lowest, highest=highest)
    return _declare(default, Shown(host.ConfigurationTypeField.STRING, label, help_text, read, lowest, highest))


def choice(default: _Choice, label: str, help_text: str) -> _Choice:
    return _declare(default, Shown(host.ConfigurationTypeField.STRING, label, help_text, _one_of(type(default))))


def text(default: str, label: str, help_text: str, *, read: Callable[[str], str] = str) -> str:
    return _declare(default, Shown(host.ConfigurationTypeField.STRING, label, help_text, read))


def long_text(default: str, label: str, help_text: str, *, read: Callable[[str], str] = str) -> str:
    """A text of several lines."""
    return _declare(default, Shown(host.ConfigurationTypeField.MULTILINE, label, help_text, read))


def secret(default: str, label: str, help_text: str, *, read: Callable[[str], str] = str) -> str:
    """A text that Saleor keeps and shows as a password."""
    return _declare(default, Shown(host.ConfigurationTypeField.SECRET, label, help_text, read))


def _declare(default: _Value, shown: Shown) -> _Value:
    return field(default=default, metadata={"shown": shown})


@dataclass(frozen=True, slots=True)
class CustomerPlusSettings:
    """What the merchant chose: the one table of settings. The defaults are those of a new installation."""

    dashboard: bool = switch(
        False,
        "Screens in the Dashboard",
        "Show Customers+ in the navigation of Saleor's Dashboard, and widgets beside customers and orders. "
        "Off by default.",
    )
    dashboard_url: str = text(
        "",
        "Address of the Dashboard",
        "Such as https://dashboard.example.com, if it is not among Saleor's ALLOWED_CLIENT_HOSTS: only pages "
        "from there may show these screens. Blank by default.",
        read=_read_origin,
    )
    include_guests: bool = switch(
        True,
        "Include guests",
        "Make a record for everybody who buys without an account. When off, such orders wait in the ledger "
        "and join the record as soon as there is one for their e-mail. Records that exist already stay.",
    )
    counts_when: CountsWhen = choice(
        CountsWhen.PAID,
        "Orders count when",
        'Either "paid" (the order was paid in full, also if refunded later) or "placed". Drafts, '
        "unconfirmed, canceled and expired orders never count. A change recomputes all figures in the "
        "background.",
    )
    sync_details: bool = switch(
        True,
        "Sync details from orders and accounts",
        "Take name, company, phone, country and language over from the newest order or the account. Fields "
        "that staff edited are never overwritten.",
    )
    reconcile_every_hours: int = number(
        24,
        "Hours between reconciliations",
        "How often all records are compared with Saleor, from {lowest} to {highest}. {default} by default.",
        lowest=1,
        highest=8_760,
    )
    reconcile_batch: int = number(
        1000,
        "Reconciliation batch",
        "Rows in one transaction of a reconciliation, from {lowest} to {highest}. {default} by default.",
        lowest=100,
        highest=10_000,
    )
    time_zone: str = text(
        "UTC",
        "Time zone of the shop",
        "Such as Europe/Berlin: in which days and months of figures and reports begin. UTC by default.",
        read=read_time_zone,
    )
    insights_hour: int = number(
        3,
        "Hour of the nightly figures",
        "At which hour of the shop's time zone RFM groups, and when customers will buy again, are computed, from "
        "{lowest} to {highest}. {default} by default.",
        lowest=0,
        highest=23,
    )
    email_editable: bool = switch(
        True,
        "Staff may change e-mail addresses",
        "When off, the address of a record is fixed once it is made. Accounts whose address changes in "
        "Saleor take their record along in any case.",
    )
    require_approved_buyers: bool = switch(
        False,
        "Only approved buyers may buy",
        "Refuse the checkout of whoever has an account and is not approved as a buyer. Off by default.",
    )
    block_guest_buyers: bool = switch(
        False,
        "Guests may not buy",
        "Refuse every checkout without an account, while only approved buyers may buy. Off by default.",
    )
    tag_limit: int = number(
        250,
        "Number of tags",
        "How many different tags there may be, up to {highest}. 0 is no limit. {default} by default.",
        lowest=0,
        highest=100_000,
    )
    several_groups: bool = switch(
        True,
        "Customers may be in several groups",
        "When off, joining a group leaves the one before. On by default.",
    )
    group_vouchers: bool = switch(
        False,
        "Apply the vouchers of groups",
        "Put the voucher of a customer's group into the checkout, unless it has a code already. Off by default.",
    )
    attachment_megabytes: int = number(
        20,
        "Size of a file",
        "Megabytes that a file attached to a note may have, from {lowest} to {highest}. {default} by default.",
        lowest=1,
        highest=1_000,
    )
    attachments_megabytes: int = number(
        200,
        "Size of all files of a record",
        "Megabytes that the files of one record may have together, from {lowest} to {highest}. {default} by default.",
        lowest=1,
        highest=100_000,
    )
    contact_form: bool = switch(
        False,
        "Contact form",
        "Let anybody send an enquiry with the mutation customerLeadSubmit. Off by default.",
    )
    contact_form_secret: str = secret(
        "",
        "Secret of the contact form",
        "When set, only enquiries that carry it are taken: for forms that your own server sends.",
    )
    contact_form_per_hour: int = number(
        20,
        "Enquiries per hour",
        "How many enquiries are taken from one address of the network in an hour, from {lowest} to "
        "{highest}, and a quarter of it for one e-mail. {default} by default.",
        lowest=1,
        highest=10_000,
    )
    newsletter: bool = switch(
        False,
        "Newsletter sign-up",
        "Let anybody sign up with the mutation customerNewsletterSubscribe. Off by default. Unsubscribing works in any "
        "case.",
    )
    newsletter_opt_in: OptInMode = choice(
        OptInMode.CONFIRMED,
        "Opt-in of the newsletter",
        'Either "confirmed" (double opt-in: a sign-up counts once the person confirmed it by a mail) or "single". '
        "Whoever unsubscribed before has to confirm in any case.",
    )
    newsletter_purposes: str = text(
        "newsletter",
        "Purposes of the newsletter",
        'What people can sign up for: "newsletter", "promotional" and "system", separated by commas.',
        read=_read_purposes,
    )
    newsletter_shop: str = text(
        "",
        "Name of the shop",
        "As mails and pages of the newsletter say it. Blank is the name of Saleor's site.",
    )
    newsletter_page: str = text(
        "",
        "Page of the newsletter",
        "Such as https://shop.example.com/newsletter, if your storefront shows the pages to confirm and to "
        "unsubscribe. Links lead there with the parameters action and token. Blank is the plugin's own page.",
        read=_read_page,
    )
    newsletter_texts: str = long_text(
        "",
        "Texts of the newsletter",
        'Your own texts as JSON, by language: {"de": {"wording": "...", "wording_version": "May", '
        '"confirm_subject": "...", "confirm_body": "... {{ link }}"}}. Blank is the plugin\'s texts.',
        read=_read_newsletter_texts,
    )
    newsletter_secret: str = secret(
        "",
        "Secret of the newsletter",
        "When set, only sign-ups that carry it are taken: for forms that your own server sends.",
    )
    newsletter_per_hour: int = number(
        20,
        "Sign-ups per hour",
        "How many sign-ups are taken from one address of the network in an hour, from {lowest} to {highest}, and a "
        "quarter of it for one e-mail. {default} by default.",
        lowest=1,
        highest=10_000,
    )
    newsletter_total_per_hour: int = number(
        1000,
        "All sign-ups per hour",
        "How many sign-ups are taken in an hour from everybody together, from {lowest} to {highest}. "
        "{default} by default.",
        lowest=1,
        highest=1_000_000,
    )
    newsletter_resend_minutes: int = number(
        15,
        "Minutes between confirmation mails",
        "How long one address is sent no second mail to confirm, from {lowest} to {highest}. {default} by default.",
        lowest=1,
        highest=10_080,
    )
    newsletter_pending_days: int = number(
        14,
        "Days to confirm",
        "How long a sign-up can be confirmed, from {lowest} to {highest}. Then it is forgotten. {default} by default.",
        lowest=1,
        highest=365,
    )
    newsletter_keep_ip: bool = switch(
        False,
        "Keep IP addresses of sign-ups",
        "Keep the IP address of who signs up and who confirms, as a further proof. Off by default.",
    )
    newsletter_ip_days: int = number(
        90,
        "Days to keep IP addresses",
        "How long the IP addresses of sign-ups are kept, from {lowest} to {highest}. {default} by default.",
        lowest=1,
        highest=3_650,
    )
    notify_email: str = text(
        "",
        "Notify by e-mail",
        "Addresses of staff, separated by commas, to notify of new enquiries and finished jobs. None by default.",
        read=_read_emails,
    )
    mail_transport: MailTransport = choice(
        MailTransport.SMTP,
        "Send messages by",
        'Either "smtp" (Saleor\'s EMAIL_URL) or "app" (an app that receives the event customer_plus.mail of Saleor\'s '
        "webhook NOTIFY_USER).",
    )
    mail_sender: str = text(
        "",
        "Sender of messages",
        "Such as Shop <shop@example.com>. Blank is Saleor's DEFAULT_FROM_EMAIL.",
        read=_read_sender,
    )
    mail_reply_to: str = text(
        "",
        "Reply to",
        "The address to which customers reply, if it is not the sender. Blank by default.",
        read=_read_sender,
    )
    mail_signature: str = long_text(
        "",
        "Signature of messages",
        "What stands below each message that staff write, in Markdown. Blank by default.",
    )
    mail_footer: str = long_text(
        "",
        "Footer of messages",
        "What stands at the end of every mail, such as the address of the shop, in Markdown. Blank by default.",
    )
    mail_test_address: str = text(
        "",
        "Address for test messages",
        "Where test messages are sent. Blank is the e-mail address of who sends the test.",
        read=_read_sender,
    )
    mailbox_secret: str = secret(
        "",
        "Mailbox of replies",
        "Such as imaps://user:password@mail.example.com/INBOX: unread messages in it are taken into the conversations "
        "with customers. Percent-encode special characters of the password. Blank by default.",
        read=_read_mailbox,
    )
    messages_of_strangers: bool = switch(
        False,
        "Make records for strangers",
        "Make a record, with the source e-mail, for everybody who writes to the mailbox and is not known yet. "
        "Off by default.",
    )
    default_country: str = text(
        "",
        "Country of phone numbers",
        "The two letters of the country of numbers that are typed without a prefix, such as DE. None by default.",
        read=_read_country,
    )
    job_retention_days: int = number(
        30,
        "Days to keep files of jobs",
        "How long the files of imports and exports are kept, and imports can be undone, from {lowest} to "
        "{highest}. {default} by default.",
        lowest=1,
        highest=3_650,
    )
    export_format: ExportFormat = choice(
        ExportFormat.CSV,
        "Format of exports",
        'One of "csv", "tsv", "xlsx" and "jsonl", unless another one is asked for.',
    )
    export_delimiter: str = text(
        ",",
        "Delimiter of exports",
        'What stands between two columns of a CSV file: a comma, a semicolon, a bar or "tab".',
        read=_read_delimiter,
    )
    export_columns: str = text(
        "",
        "Columns of exports",
        "Names of columns, separated by commas, in the order wanted. Blank is the default set.",
    )

    @property
    def reconcile_every(self) -> timedelta:
        return timedelta(hours=self.reconcile_every_hours)

    @property
    def of_records(self) -> tuple[object, ...]:
        """Those that decide what records and figures there are: a change of one of them takes a reconciliation."""
        return self.include_guests, self.counts_when, self.sync_details

    @property
    def notify_addresses(self) -> list[str]:
        return [address for address in self.notify_email.split(",") if address]

    @property
    def newsletter_words(self) -> dict[str, dict[str, str]]:
        """The shop's own texts of the newsletter, by language."""
        return json.loads(self.newsletter_texts) if self.newsletter_texts else {}

    @property
    def newsletter_resend(self) -> timedelta:
        return timedelta(minutes=self.newsletter_resend_minutes)

    @property
    def newsletter_pending(self) -> timedelta:
        return timedelta(days=self.newsletter_pending_days)

    @property
    def job_retention(self) -> timedelta:
        return timedelta(days=self.job_retention_days)


DEFAULTS = CustomerPlusSettings()

SETTINGS: dict[str, Shown] = {each.name: each.metadata["shown"] for each in fields(CustomerPlusSettings)}

# In the form in which Saleor takes them from a plugin.
STRUCTURE: dict[str, dict[str, str]] = {
    name: {"type": shown.type, "label": shown.label, "help_text": shown.help_text} for name, shown in SETTINGS.items()
}
DEFAULT_CONFIGURATION: list[dict[str, Any]] = [
    {"name": name, "value": default if isinstance(default, bool) else str(default)}
    for name, default in asdict(DEFAULTS).items()
]


def parse(configuration: Iterable[Mapping[str, Any]] | None) -> CustomerPlusSettings:
    """Read what Saleor stored for the plugin. Raise Django's `ValidationError` that says what to enter instead."""
    values, errors = _read(configuration)
    if errors:
        raise ValidationError({name: ValidationError(text, code="invalid") for name, text in errors.items()})
    return CustomerPlusSettings(**values)


def load() -> tuple[CustomerPlusSettings, bool]:
    """Return the saved settings and whether the plugin is active. One query.

    Saleor stores a row only once the configuration was edited; until then the defaults hold. A row that somebody
    wrote past the validation must not stop the sync: each unreadable value counts as its default.
    """
    row = (
        host.PluginConfiguration.objects.filter(identifier=PLUGIN_ID, channel=None)
        .values_list("configuration", "active")
        .first()
    )
    if row is None:
        return DEFAULTS, True
    configuration, active = row
    values, _errors = _read(configuration)
    return CustomerPlusSettings(**values), active


def is_on(configuration: Iterable[Mapping[str, Any]], name: str) -> bool:
    """Whether a setting is on that is off by default. For hooks, which have the configuration and may not query."""
    return any(item.get("name") == name and str(item.get("value")).lower() == "true" for item in configuration)


def _read(configuration: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the settings that can be read, and what is wrong with the others. Unknown names are passed over."""
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for item in configuration if isinstance(configuration, list | tuple) else ():
        name, raw = (item.get("name"), item.get("value")) if isinstance(item, Mapping) else (None, None)
        if name not in SETTINGS or raw is None:
            continue
        try:
            values[name] = SETTINGS[name].read(str(raw).strip())
        except ValueError as error:
            errors[name] = str(error)
    return values, errors
