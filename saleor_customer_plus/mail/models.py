"""E-mail between the shop and a person: what was sent and in which state it is, what was received, and the files."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.files.storage import Storage
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from ..activity.models import ActorType
from ..core.expressions import SchemaExpression
from ..core.model_fields import PrivateFileField
from ..records.search import words_of


def mail_storage() -> Storage:
    """Saleor's private storage: files leave it only through the plugin's own address."""
    from ..saleor_adapter.host import private_storage

    return private_storage


class MailKind(models.TextChoices):
    """What an e-mail is. The conversation with a person consists of the first three."""

    MESSAGE = "MESSAGE", "A message of staff to the person"
    REPLY = "REPLY", "A message of the person"
    AUTO_REPLY = "AUTO_REPLY", "An automatic reply, such as an out-of-office note"
    BOUNCE = "BOUNCE", "A report that a message could not be delivered"
    TEST = "TEST", "A test of a message, sent to the test address"
    OPT_IN = "OPT_IN", "A request to confirm a newsletter sign-up"


CONVERSATION = (MailKind.MESSAGE, MailKind.REPLY, MailKind.AUTO_REPLY)
RECEIVED_KINDS = (MailKind.REPLY, MailKind.AUTO_REPLY, MailKind.BOUNCE)


class MailPurpose(models.TextChoices):
    """What an e-mail is sent for. All but service needs the person's consent for this purpose."""

    SERVICE = "SERVICE", "Service: an answer, or about an order or the account"
    PROMOTIONAL = "PROMOTIONAL", "Offers and advertising"
    NEWSLETTER = "NEWSLETTER", "The newsletter"


class MailState(models.TextChoices):
    """How far an e-mail has come: see `mail.sending`."""

    QUEUED = "QUEUED", "Waiting to be sent"
    SENDING = "SENDING", "A worker is sending it"
    SENT = "SENT", "The mail server accepted it"
    FAILED = "FAILED", "Not sent, for good"
    BOUNCED = "BOUNCED", "The recipient's mail server returned it"
    RECEIVED = "RECEIVED", "Received from the person"


class MailFailure(models.TextChoices):
    """Why an e-mail was not sent, or returned."""

    REFUSED = "REFUSED", "The mail server refused it"
    UNREACHABLE = "UNREACHABLE", "The mail server could not be reached for a day"
    UNCERTAIN = "UNCERTAIN", "The connection broke while it was handed over, so it may have arrived"
    NO_CONSENT = "NO_CONSENT", "The person withdrew the consent before it was sent"
    NO_BACKEND = "NO_BACKEND", "Saleor cannot send mail, because EMAIL_URL is not set"
    INVALID = "INVALID", "It cannot be sent like this: the address, a header or an attached file is unusable"
    BOUNCED = "BOUNCED", "The recipient's mail server returned it"


class MailTerms(SchemaExpression):
    """The words of subject and body as a `tsvector`, cut as those of a record are. The beginning of a long one."""

    arity = 2

    def sql(self, *columns: str) -> str:
        subject, body = columns
        text = f"({subject} || ' ' || left({body}, 20000))"
        return f"array_to_tsvector(array_remove({words_of(text)}, ''))"


class Mail(models.Model):
    """One e-mail of one record. Written by `mail.outbox` and `mail.sending` (sent), and `mail.inbox` (received) only.

    What is sent is kept as it was sent, for the conversation and as a proof: `body` is what was written (Markdown, with
    its placeholders replaced), `text` and `html` are the two parts of the message, with signature and footer. Of what
    was received, `body` is the text; nothing else of it is kept.
    """

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(
        "saleor_customer_plus.CustomerRecord",
        on_delete=models.CASCADE,
        related_name="mails",
        db_index=False,  # an index below begins with it
    )
    kind = models.CharField(max_length=16, choices=MailKind.choices)
    purpose = models.CharField(
        max_length=16, choices=MailPurpose.choices, default=MailPurpose.SERVICE, db_default=MailPurpose.SERVICE
    )
    # Why it was sent without a consent that it needs.
    override_reason = models.CharField(max_length=255, blank=True, default="", db_default="")
    message_id = models.CharField(max_length=255)  # with its angle brackets
    in_reply_to = models.CharField(max_length=255, blank=True, default="", db_default="")
    sender = models.CharField(max_length=512, blank=True, default="", db_default="")  # the header From
    recipient = models.CharField(max_length=254, blank=True, default="", db_default="")
    reply_to = models.CharField(max_length=512, blank=True, default="", db_default="")
    language_code = models.CharField(max_length=35, blank=True, default="", db_default="")
    subject = models.CharField(max_length=255, blank=True, default="", db_default="")
    body = models.TextField(blank=True, default="", db_default="")
    text = models.TextField(blank=True, default="", db_default="")
    html = models.TextField(blank=True, default="", db_default="")
    unsubscribe_url = models.CharField(max_length=2048, blank=True, default="", db_default="")
    is_automatic = models.BooleanField(default=False, db_default=False)  # nobody wrote it: Auto-Submitted
    # Files of a received message that were not kept: too big, too many, or of a type that is not taken.
    dropped_files = models.PositiveIntegerField(default=0, db_default=0)

    state = models.CharField(max_length=16, choices=MailState.choices)
    attempts = models.PositiveIntegerField(default=0, db_default=0)
    due_at = models.DateTimeField(null=True, blank=True)  # when it is sent, or tried again
    claimed_at = models.DateTimeField(null=True, blank=True)  # when a worker took it
    handed_at = models.DateTimeField(null=True, blank=True)  # when that worker began to hand it over
    sent_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=16, choices=MailFailure.choices, blank=True, default="", db_default="")
    failure_detail = models.CharField(max_length=500, blank=True, default="", db_default="")  # the server's own words

    actor_type = models.CharField(max_length=16, choices=ActorType.choices)
    actor_id = models.CharField(max_length=64, blank=True, default="", db_default="")
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    modified_at = models.DateTimeField(default=timezone.now, db_default=Now())

    search_terms = models.GeneratedField(
        expression=MailTerms("subject", "body"), output_field=SearchVectorField(), db_persist=True
    )

    class Meta:
        constraints = [
            # A message that is received twice is kept once.
            models.UniqueConstraint(fields=["message_id"], name="customer_plus_mail_message_id"),
        ]
        indexes = [
            models.Index(F("record"), F("created_at"), F("id"), name="customer_plus_mail_talk"),
            models.Index(F("created_at"), F("id"), name="customer_plus_mail_new"),
            models.Index(F("due_at"), F("id"), name="customer_plus_mail_due", condition=Q(state=MailState.QUEUED)),
            models.Index(
                F("claimed_at"), F("id"), name="customer_plus_mail_claimed", condition=Q(state=MailState.SENDING)
            ),
            GinIndex(fields=["search_terms"], name="customer_plus_mail_search"),
        ]

    def __str__(self) -> str:
        return f"Mail {self.pk}"


class MailAttachment(models.Model):
    """A file of an e-mail. The content type is what its bytes say. Written by `mail.attachments` only."""

    id = models.BigAutoField(primary_key=True)
    mail = models.ForeignKey(Mail, on_delete=models.CASCADE, related_name="attachments")
    # Several messages may have one file: those of a message to many.
    file = PrivateFileField(storage=mail_storage, upload_to="customer-plus/mail", max_length=255, db_index=True)
    name = models.CharField(max_length=255)  # made safe
    content_type = models.CharField(max_length=127)
    size = models.BigIntegerField()  # bytes
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(size__gte=0), name="customer_plus_mail_file_size")]

    def __str__(self) -> str:
        return f"MailAttachment {self.pk}"
