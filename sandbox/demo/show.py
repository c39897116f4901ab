"""What the demo prints."""

from __future__ import annotations

import sys
from collections import Counter
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from saleor_customer_plus.ledger.models import CustomerFigures
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.sync.walks import DRIFT

# Into a file or a pipe, wide enough for the table.
console = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 110)


def heading(text: str) -> None:
    console.print(f"\n[bold]{text}[/bold]")


def line(text: str) -> None:
    console.print(f"  • {text}")


def records(**only: str) -> None:
    """The records with their figures, a line for each currency."""
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", collapse_padding=True, show_edge=False)
    for name in ("Person", "E-mail", "Stage", "Account"):
        table.add_column(name, no_wrap=True)
    for name in ("Orders", "", "Spent", "Net", "Average"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("Last order", no_wrap=True)
    for record in CustomerRecord.objects.filter(**only).prefetch_related("figures").order_by("sort_name", "id"):
        name = f"{record.first_name} {record.last_name}".strip()
        person = (name, record.email, record.get_stage_display(), "yes" if record.account_id else "no")
        table.add_row(*person, *_columns(sorted(record.figures.all(), key=lambda figures: figures.currency)))
    console.print(table)


def _columns(figures: list[CustomerFigures]) -> tuple[str, ...]:
    def lines(template: str) -> str:
        return "\n".join(template.format(one) for one in figures)

    return (
        lines("{0.order_count}"),
        lines("{0.currency}"),
        lines("{0.total_gross:.2f}"),
        lines("{0.net_of_refunds:.2f}"),
        lines("{0.average_gross:.2f}"),
        lines("{0.last_order_at:%Y-%m-%d}"),
    )


def drift(found: Counter[str]) -> int:
    """What a reconciliation corrected, or would correct. Return how much."""
    total = sum(found[name] for name in DRIFT)
    seen = ", ".join(f"{found[name]} {name}" for name in ("accounts", "orders"))
    named = ", ".join(f"{name.replace('_', ' ')}: {found[name]}" for name in DRIFT if found[name])
    console.print(f"  looked at {seen}; [bold]drift {total}[/bold]{f' ({named})' if named else ''}")
    return total


def person(found: dict[str, Any]) -> None:
    """What staff see of one person, besides the figures: a line for each thing that there is."""
    name = f"{found['firstName']} {found['lastName']}".strip()
    console.print(f"  [bold]{name}[/bold], {found['stage'].lower()}")
    lines = {
        "tags": [tag["name"] for tag in found["tags"]],
        "groups": [group["name"] for group in found["groups"] if not group["isDefault"]],
        "note": [_note(edge["node"]) for edge in found["notes"]["edges"]],
        "lead": [f"{edge['node']['subject']}: {edge['node']['state'].lower()}" for edge in found["leads"]["edges"]],
        "consent": [
            f"{one['channel']} {one['purpose']}: {one['state']}".lower()
            for one in found["consents"]
            if one["state"] != "NOT_SUBSCRIBED"
        ],
        "locked": [f"{one['field'].lower()}, an order says {one['value']}" for one in found["suggestions"]],
        "messages": [
            _message(edge["node"]["message"]) for edge in found["conversation"]["edges"] if edge["node"]["message"]
        ],
        "log": [edge["node"]["type"].lower() for edge in found["activity"]["edges"]],
    }
    for what, told in lines.items():
        if told:
            console.print(f"    {what}: {'; '.join(told)}", markup=False)


def _message(message: dict[str, Any]) -> str:
    return f"{message['state'].lower()}: {message['subject']}, {message['body'].strip()}"


def _note(note: dict[str, Any]) -> str:
    files = ", ".join(f"{file['name']}, {file['size']:.0f} bytes" for file in note["attachments"])
    return f"{note['text'].splitlines()[0]} ({files})" if files else note["text"]
