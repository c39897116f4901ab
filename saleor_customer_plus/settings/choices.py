"""What settings that offer a choice can be set to."""

from __future__ import annotations

from enum import StrEnum


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
