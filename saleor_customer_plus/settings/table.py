"""The table of settings: each with its type, its default, and what the Dashboard shows of it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from typing import Any

from .choices import CountsWhen, ExportFormat, MailTransport, OptInMode
from .declaring import Shown, choice, long_text, number, secret, switch, text
from .reading import (
    read_country,
    read_delimiter,
    read_emails,
    read_mailbox,
    read_newsletter_texts,
    read_origin,
    read_page,
    read_purposes,
    read_sender,
    read_time_zone,
)


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
        read=read_origin,
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
        read=read_purposes,
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
        read=read_page,
    )
    newsletter_texts: str = long_text(
        "",
        "Texts of the newsletter",
        'Your own texts as JSON, by language: {"de": {"wording": "...", "wording_version": "May", '
        '"confirm_subject": "...", "confirm_body": "... {{ link }}"}}. Blank is the plugin\'s texts.',
        read=read_newsletter_texts,
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
        read=read_emails,
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
        read=read_sender,
    )
    mail_reply_to: str = text(
        "",
        "Reply to",
        "The address to which customers reply, if it is not the sender. Blank by default.",
        read=read_sender,
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
        read=read_sender,
    )
    mailbox_secret: str = secret(
        "",
        "Mailbox of replies",
        "Such as imaps://user:password@mail.example.com/INBOX: unread messages in it are taken into the conversations "
        "with customers. Percent-encode special characters of the password. Blank by default.",
        read=read_mailbox,
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
        read=read_country,
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
        read=read_delimiter,
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
