"""The story: one chapter for each thing that a customer list has to get right. A chapter's first line is its title."""

from __future__ import annotations

from collections.abc import Callable

from .shop import Shop

ANNA = {"first_name": "Anna", "last_name": "Rossi", "phone": "+49301234567"}
BEN = {"first_name": "Ben", "last_name": "Carter", "city": "Boston", "country": "US"}
CLARA = {"first_name": "Clara", "last_name": "Vogt", "company_name": "Vogt & Söhne", "city": "Hamburg"}
FARID = {"first_name": "Farid", "last_name": "Haddad", "city": "Lyon", "country": "FR"}
GRETA = {"first_name": "Greta", "last_name": "Lind", "city": "Malmö", "country": "SE"}


def guest_becomes_customer(shop: Shop) -> None:
    """Anna buys twice as a guest, then registers with the same e-mail and confirms it"""
    shop.pay(shop.order("anna.rossi@example.com", "49.90", address=ANNA, days_ago=90))
    shop.pay(shop.order("Anna.Rossi@Example.com", "25.10", address=ANNA, days_ago=60))
    anna = shop.register("anna.rossi@example.com", "Anna", "Rossi")
    shop.confirm(anna)
    shop.pay(shop.order(anna, "75.00", address=ANNA, days_ago=10))


def two_currencies(shop: Shop) -> None:
    """Ben pays an order in dollars in two parts, and one in euros: his figures are never added up across currencies"""
    ben = shop.register("ben@example.com", "Ben", "Carter", confirmed=True)
    in_dollars = shop.order(ben, "120.00", currency="USD", address=BEN, days_ago=40)
    shop.pay(in_dollars, "50.00")
    shop.pay(in_dollars, "70.00")
    shop.pay(shop.order(ben, "30.00", address=BEN, days_ago=5))


def refund(shop: Shop) -> None:
    """Clara gets a part of her money back: total spent stays, net of refunds falls"""
    order = shop.pay(shop.order("clara@vogt.example", "200.00", address=CLARA, days_ago=30))
    shop.refund(order, "80.00")


def nothing_that_counts(shop: Shop) -> None:
    """Dora pays and cancels, Emil lets his order expire, Emma has paid only a part: nothing of it counts"""
    shop.cancel(shop.pay(shop.order("dora@example.com", "15.00", address={"first_name": "Dora"}, days_ago=20)))
    shop.expire(shop.order("emil@example.com", "60.00", address={"first_name": "Emil"}, days_ago=15))
    shop.pay(shop.order("emma@example.com", "99.00", address={"first_name": "Emma"}, days_ago=3), "10.00")


def new_email(shop: Shop) -> None:
    """Farid changes his e-mail between two orders: it stays one person with one history"""
    farid = shop.register("farid@old.example", "Farid", "Haddad", confirmed=True)
    shop.pay(shop.order(farid, "40.00", address=FARID, days_ago=50))
    shop.change_email(farid, "farid@new.example")
    shop.pay(shop.order(farid, "60.00", address=FARID, days_ago=2))


def old_shop(shop: Shop) -> None:
    """Greta's orders of past years are imported from the old shop, all at once"""
    history = [
        shop.order("greta@example.com", total, address=GRETA, days_ago=days, silently=True)
        for total, days in (("19.00", 900), ("21.00", 500), ("20.00", 200))
    ]
    for order in history:
        shop.pay(order)
    shop.bulk_import(history)


CHAPTERS: tuple[Callable[[Shop], None], ...] = (
    guest_becomes_customer,
    two_currencies,
    refund,
    nothing_that_counts,
    new_email,
    old_shop,
)

LOST = "henry@example.com"


def play(shop: Shop, tell: Callable[[str], None]) -> None:
    """Let every chapter happen."""
    for chapter in CHAPTERS:
        tell((chapter.__doc__ or "").strip())
        chapter(shop)


def lose_a_hook(shop: Shop) -> None:
    """An order of which the plugin is not told, as when the broker is down"""
    order = shop.order(LOST, "35.00", address={"first_name": "Henry"}, silently=True)
    type(order).objects.filter(pk=order.pk).update(charge_status="full", total_charged_amount=order.total_gross_amount)
