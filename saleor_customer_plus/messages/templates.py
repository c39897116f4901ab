"""The one writer of templates, and which of its languages a person is written to. Call it in a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from ..errors import CustomerPlusError, ErrorCode, Problems
from ..mail.composing import check_placeholders, checked_body, checked_subject
from ..mail.models import MailPurpose
from ..records.labels import clean_name, fold
from ..records.validation import clean
from .models import MessageTemplate, MessageTemplateText
from .placeholders import NAMES

MAX_TEMPLATES = 500
MAX_LANGUAGES = 50


@dataclass(frozen=True, slots=True)
class Text:
    """A template in one language."""

    language_code: str
    subject: str
    body: str


def all_templates() -> QuerySet[MessageTemplate]:
    """All templates by name, with their texts. Two statements."""
    return MessageTemplate.objects.order_by("key").prefetch_related("texts")


def texts_of(template: MessageTemplate) -> list[MessageTemplateText]:
    return sorted(template.texts.all(), key=lambda text: text.position)


def existing(template_id: int, *, field: str = "id") -> MessageTemplate:
    template = all_templates().filter(pk=template_id).first()
    if template is None:
        raise CustomerPlusError("No template has this id.", code=ErrorCode.NOT_FOUND, field=field)
    return template


def text_for(template: MessageTemplate, language_code: str) -> MessageTemplateText:
    """The template in this language, else in its base language or a variant of it, else in its first language.

    Who speaks `de-at` reads `de`, and who speaks `de` reads `de-at` rather than English.
    """
    texts = texts_of(template)
    wanted = language_code.lower()
    by_code = {text.language_code: text for text in reversed(texts)}
    by_base = {text.language_code.partition("-")[0]: text for text in reversed(texts)}
    base = wanted.partition("-")[0]
    return by_code.get(wanted) or by_code.get(base) or by_base.get(base) or texts[0]


def check(*, name: str | None, texts: Sequence[Text] | None, but: int | None = None) -> None:
    """Raise for what is wrong with a name and texts, if they are given, of a new template or that with this id."""
    problems = Problems()
    with problems.noted():
        if but is not None and not MessageTemplate.objects.filter(pk=but).exists():
            raise CustomerPlusError("No template has this id.", code=ErrorCode.NOT_FOUND, field="id")
    with problems.noted():
        if name is not None:
            _check_free(clean_name(name), but=but)
    with problems.noted():
        if texts is not None:
            _checked(texts)
    problems.raise_any()


def create(*, name: str, texts: Sequence[Text], purpose: MailPurpose = MailPurpose.SERVICE) -> MessageTemplate:
    """Make a template. Raise for all that is wrong with it at once."""
    problems = Problems()
    with problems.noted():
        name = clean_name(name)
        _check_free(name)
    with problems.noted():
        texts = _checked(texts)
    with problems.noted():
        if MessageTemplate.objects.count() >= MAX_TEMPLATES:
            raise CustomerPlusError(f"There may be at most {MAX_TEMPLATES} templates.", code=ErrorCode.LIMIT_REACHED)
    problems.raise_any()
    template = MessageTemplate.objects.create(name=name, key=fold(name), purpose=purpose)
    _write(template, texts)
    return existing(template.pk)


def update(
    template_id: int,
    *,
    name: str | None = None,
    texts: Sequence[Text] | None = None,
    purpose: MailPurpose | None = None,
) -> MessageTemplate:
    """Change a template. Texts that are given replace all that it has. What was sent stays as it was."""
    problems = Problems()
    template = MessageTemplate.objects.select_for_update().filter(pk=template_id).first()
    with problems.noted():
        if template is None:
            raise CustomerPlusError("No template has this id.", code=ErrorCode.NOT_FOUND, field="id")
    with problems.noted():
        if name is not None:
            name = clean_name(name)
            _check_free(name, but=template_id)
    with problems.noted():
        texts = None if texts is None else _checked(texts)
    problems.raise_any()
    assert template is not None
    template.name, template.key = (template.name, template.key) if name is None else (name, fold(name))
    template.purpose = template.purpose if purpose is None else purpose
    template.modified_at = timezone.now()
    template.save(update_fields=["name", "key", "purpose", "modified_at"])
    if texts is not None:
        template.texts.all().delete()
        _write(template, texts)
    return existing(template_id)


def delete(template_id: int) -> MessageTemplate:
    """Delete a template. Return it as it was. What was sent stays as it was."""
    template = existing(template_id)
    list(template.texts.all())
    MessageTemplate.objects.filter(pk=template_id).delete()
    return template


def _check_free(name: str, *, but: int | None = None) -> None:
    taken = MessageTemplate.objects.filter(key=fold(name)).values_list("pk", flat=True).first()
    if taken is not None and taken != but:
        raise CustomerPlusError("Another template has this name.", code=ErrorCode.UNIQUE, field="name", id=str(taken))


def _checked(texts: Sequence[Text]) -> list[Text]:
    problems, checked, languages = Problems(), list[Text](), set[str]()
    if not texts:
        raise CustomerPlusError("A template needs a text in one language.", code=ErrorCode.REQUIRED, field="texts")
    if len(texts) > MAX_LANGUAGES:
        raise CustomerPlusError(
            f"A template may have at most {MAX_LANGUAGES} languages.", code=ErrorCode.LIMIT_REACHED, field="texts"
        )
    for number, text in enumerate(texts):
        at, values = f"texts.{number}", dict[str, Any]()
        with problems.noted():
            values["language_code"] = _language(text.language_code, f"{at}.language_code")
            if values["language_code"] in languages:
                raise CustomerPlusError("This language is there twice.", field=f"{at}.language_code")
            languages.add(values["language_code"])
        with problems.noted():
            values["subject"] = checked_subject(text.subject, field=f"{at}.subject")
            check_placeholders(text.subject, NAMES, field=f"{at}.subject")
        with problems.noted():
            values["body"] = checked_body(text.body, field=f"{at}.body")
            check_placeholders(text.body, NAMES, field=f"{at}.body")
        if len(values) == 3:
            checked.append(Text(**values))
    problems.raise_any()
    return checked


def _language(code: str, field: str) -> str:
    cleaned = clean({"language_code": code})
    if cleaned.errors or not cleaned.values["language_code"]:
        raise CustomerPlusError("This is not a language code, such as de or pt-br.", field=field)
    return str(cleaned.values["language_code"])


def _write(template: MessageTemplate, texts: Sequence[Text]) -> None:
    MessageTemplateText.objects.bulk_create(
        MessageTemplateText(
            template=template,
            position=position,
            language_code=text.language_code,
            subject=text.subject,
            body=text.body,
        )
        for position, text in enumerate(texts)
    )
