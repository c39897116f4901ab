"""Writing an e-mail: placeholders, Markdown as text and as HTML, signature, footer and headers.

What is written is Markdown. The plain part is that text itself, and comes first; the HTML part is made of it by
`markdown` and cleaned by `nh3`, last of all, so that neither who writes nor what a placeholder stands for can bring
anything in but the tags below.
"""

from __future__ import annotations

import html
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parseaddr

import markdown
import nh3
from django.conf import settings as django_settings
from django.core.mail import EmailMultiAlternatives
from django.utils import translation
from django.utils.translation import gettext as _

from ..core import sql
from ..errors import CustomerPlusError, ErrorCode, Problems
from ..settings import CustomerPlusSettings, is_one_address
from .models import Mail

MAX_SUBJECT = 255
MAX_BODY = 20_000
# Markdown takes quadratic time for those that are never closed: of as many as a body is long, a minute.
_MAX_BRACKETS = 1_000
# What a placeholder stands for may be longer than what was written. Beyond this, somebody is up to something.
_MAX_FILLED = 60_000

# Never back over spaces (`*+`): many of them would take cubic time.
_PLACEHOLDER = re.compile(r"\{\{\s*+([^{}\n]{0,64}?)\s*+\}\}")
_LINE_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
# Languages of Saleor that are written from right to left.
_RIGHT_TO_LEFT = ("ar", "fa", "he", "ur")

_TAGS = {
    *("a", "b", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "hr", "i", "li", "ol", "p", "pre"),
    *("strong", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}
_CLEAN_CONTENT = {"script", "style", "template", "iframe", "object", "svg", "math", "noscript", "textarea", "title"}

_PAGE = (
    '<!doctype html>\n<html lang="{language}" dir="{direction}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><title>{subject}</title></head>'
    '<body style="margin:0;padding:16px;font-family:sans-serif;font-size:16px;line-height:1.5">'
    '<div style="max-width:640px">\n{body}\n</div></body></html>\n'
)
_SMALL = '<div style="margin-top:24px;font-size:13px;color:#666">\n{}\n</div>'


@dataclass(frozen=True, slots=True)
class Composed:
    """A written e-mail: what staff wrote, and the two parts that are sent."""

    subject: str
    body: str
    text: str
    html: str


def checked_subject(subject: str, *, field: str = "subject") -> str:
    """The subject as it is sent. Raise for one that is missing, too long or more than a line."""
    subject = subject.strip()
    if not subject:
        raise CustomerPlusError("A message needs a subject.", code=ErrorCode.REQUIRED, field=field)
    if len(subject) > MAX_SUBJECT:
        raise CustomerPlusError(
            f"A subject may have at most {MAX_SUBJECT} characters.", code=ErrorCode.LIMIT_REACHED, field=field
        )
    if _LINE_BREAKS.search(subject) or not sql.can_hold(subject):
        raise CustomerPlusError("A subject is one line: remove line breaks and control characters.", field=field)
    return subject


def checked_body(body: str, *, field: str = "body") -> str:
    """The body as it is kept: lines end as they do everywhere but on Windows. Raise for one that is missing or huge."""
    body = body.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not body:
        raise CustomerPlusError("A message needs a text.", code=ErrorCode.REQUIRED, field=field)
    if len(body) > MAX_BODY:
        raise CustomerPlusError(
            f"A message may have at most {MAX_BODY} characters.", code=ErrorCode.LIMIT_REACHED, field=field
        )
    if body.count("[") > _MAX_BRACKETS:
        raise CustomerPlusError(
            f"A message may have at most {_MAX_BRACKETS} square brackets.", code=ErrorCode.LIMIT_REACHED, field=field
        )
    if not sql.can_hold(body):
        raise CustomerPlusError("The text has a character that is not allowed.", field=field)
    return body


def checked_address(address: str, *, field: str) -> str:
    """An address, with or without a name, that is safe in a header."""
    if not is_one_address(address):
        raise CustomerPlusError("Enter one e-mail address, such as Shop <shop@example.com>.", field=field)
    return address.strip()


def check_placeholders(text: str, known: Mapping[str, object] | frozenset[str], *, field: str) -> None:
    """Raise for each placeholder that stands for nothing, all at once."""
    problems = Problems()
    for name in dict.fromkeys(_PLACEHOLDER.findall(text)):
        with problems.noted():
            if name not in known:
                raise CustomerPlusError(
                    f'There is no placeholder "{name}". Known are: {", ".join(sorted(known))}.', field=field
                )
    problems.raise_any()


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with what its placeholders stand for. Unknown ones raise: see `check_placeholders`."""
    return _PLACEHOLDER.sub(lambda match: values[match[1]], text)


def compose(
    subject: str,
    body: str,
    values: Mapping[str, str],
    settings: CustomerPlusSettings,
    *,
    language: str = "",
    unsubscribe_url: str = "",
    signed: bool = True,
) -> Composed:
    """Write one e-mail. Raise for what is wrong with subject and body, all at once.

    `values` are those of the placeholders; `signed` appends the signature of staff. With `unsubscribe_url` the footer
    links to it.
    """
    problems = Problems()
    with problems.noted():
        subject = checked_subject(subject)
        check_placeholders(subject, values, field="subject")
    with problems.noted():
        body = checked_body(body)
        check_placeholders(body, values, field="body")
    problems.raise_any()
    values = {name: _shown(value) for name, value in values.items()}
    subject = _LINE_BREAKS.sub(" ", fill(subject, values)).strip()[:MAX_SUBJECT] or "-"
    filled = fill(body, values)
    if len(filled) > _MAX_FILLED:
        raise CustomerPlusError(
            "With what its placeholders stand for, the message is too long.", code=ErrorCode.LIMIT_REACHED, field="body"
        )
    signature = settings.mail_signature.strip() if signed else ""
    footer = settings.mail_footer.strip()
    unsubscribe = _unsubscribe(language) if unsubscribe_url else ""
    small = [part for part in (footer, f"{unsubscribe}: {unsubscribe_url}" if unsubscribe else "") if part]
    text = "\n\n".join([filled, *([f"-- \n{signature}"] if signature else []), *small]) + "\n"
    parts = [to_html(body, values)]
    if signature:
        parts.append(to_html(signature))
    if small:
        link = f'<p><a href="{html.escape(unsubscribe_url)}">{html.escape(unsubscribe)}</a></p>' if unsubscribe else ""
        parts.append(_SMALL.format(to_html(footer) + link))
    page = _PAGE.format(
        language=html.escape(language or "en"),
        direction="rtl" if language.partition("-")[0] in _RIGHT_TO_LEFT else "ltr",
        subject=html.escape(subject),
        body="\n".join(parts),
    )
    return Composed(subject, filled, text, page)


def _shown(value: str) -> str:
    """A value as it stands in a line: people's names have no control characters, unless somebody is up to something."""
    return " ".join(_LINE_BREAKS.sub(" ", value).split())


def _unsubscribe(language: str) -> str:
    with translation.override(language or None):
        return _("Unsubscribe")


def to_html(text: str, values: Mapping[str, str] | None = None) -> str:
    """Markdown as clean HTML. What placeholders stand for is text in it, never Markdown or HTML."""
    # Markdown sees a word of letters in the place of each value, so that nothing in a value means anything to it.
    nonce = secrets.token_hex(8)
    words = {f"cp{nonce}x{number}x": value for number, value in enumerate((values or {}).values())}
    names = dict(zip(values or {}, words, strict=True))
    try:
        made = markdown.markdown(fill(text, names), extensions=["nl2br", "sane_lists", "tables"], output_format="html")
    except RecursionError:
        raise CustomerPlusError("The text has lists or quotations that are nested too deeply.", field="body") from None
    for word, value in words.items():
        made = made.replace(word, html.escape(value))
    return clean(made)


def clean(made: str) -> str:
    """HTML with nothing in it but text, its marks, lists, tables and links. No pictures, which would track readers."""
    return nh3.clean(
        made,
        tags=_TAGS,
        clean_content_tags=_CLEAN_CONTENT,
        attributes={"a": {"href", "title"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    )


def sender_of(settings: CustomerPlusSettings) -> str:
    return settings.mail_sender or str(django_settings.DEFAULT_FROM_EMAIL or "")


def new_message_id(sender: str) -> str:
    """An unguessable Message-ID of the sender's domain."""
    _local, _at, domain = parseaddr(sender)[1].rpartition("@")
    domain = domain.encode("idna").decode() if domain and not domain.isascii() else domain
    # Short enough for one line: folded ones are legal, and break the threads of some mail programs.
    return f"<{secrets.token_hex(16)}@{domain or 'localhost'}>"


def headers_of(mail: Mail) -> dict[str, str]:
    """The headers of a message, besides sender, recipient and subject."""
    headers = {"Message-ID": mail.message_id}
    if mail.in_reply_to:
        headers["In-Reply-To"] = headers["References"] = mail.in_reply_to
    if mail.language_code:
        headers["Content-Language"] = mail.language_code
    if mail.unsubscribe_url:  # RFC 8058
        headers["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if mail.is_automatic:
        headers["Auto-Submitted"] = "auto-generated"
        headers["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    return headers


def message_of(mail: Mail, files: Callable[[], list[tuple[str, bytes, str]]]) -> EmailMultiAlternatives:
    """The message as Django's mail backends take it. `files` reads name, content and type of what is attached."""
    message = EmailMultiAlternatives(
        mail.subject,
        mail.text,
        mail.sender,
        [mail.recipient],
        headers=headers_of(mail),
        reply_to=[mail.reply_to] if mail.reply_to else None,
    )
    message.attach_alternative(mail.html, "text/html")
    for name, content, content_type in files():
        message.attach(name, content, content_type)
    return message
