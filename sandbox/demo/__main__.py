"""Play the story and serve the result: `python -m sandbox.demo`, on the stand-in unless the settings say otherwise."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable
from typing import Any

import django
from django.core.management import call_command

from .. import postgres
from . import database


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sandbox.settings")
    on_saleor = os.environ["DJANGO_SETTINGS_MODULE"] != "sandbox.settings"
    began = time.monotonic()
    if not on_saleor:  # there, `on_saleor` has made the database
        os.environ["DATABASE_URL"] = database.fresh(postgres.url())
    logging.disable(logging.WARNING)  # Saleor talks a lot
    django.setup()
    call_command("migrate", verbosity=0)
    from saleor_customer_plus.saleor_adapter.host import saleor_version

    from . import inbox, show

    inbox.switch_on()
    show.heading(f"Customer Plus on {'Saleor' if on_saleor else 'the stand-in for Saleor'} {saleor_version}")
    show.line(f"Ready after {time.monotonic() - began:.1f} seconds.")
    has_drifted = _tell()
    if os.environ.get("SERVE") != "0":
        from . import serve

        serve.until_interrupted()
    return int(has_drifted)


def _tell() -> bool:
    from saleor_customer_plus.jobs import engine as jobs
    from saleor_customer_plus.sync import reconciliation as actions

    from . import back_office, lists, newsletter, show, story
    from .api_client import ApiClient
    from .shop import Shop

    shop = Shop()
    show.heading("What happens in the shop")
    story.play(shop, show.line)
    show.heading("What the plugin made of it, by Saleor's hooks alone")
    show.records()
    show.heading("Does every figure agree with Saleor's own tables?")
    unexpected = show.drift(_counted(actions.rehearse()))
    show.heading("A hook gets lost: Henry buys for 35.00 EUR and nobody tells the plugin. A reconciliation finds him")
    story.lose_a_hook(shop)
    for job in jobs.run(actions.start().pk):
        counted = Counter(job.counters)
    found = show.drift(counted)
    show.heading("After that, nothing is left to correct")
    left = show.drift(_counted(actions.rehearse()))
    show.records(email=story.LOST)
    api = ApiClient()
    show.heading("What staff do with it, through the API")
    back_office.play(api, shop, show.line)
    show.heading("What they see afterwards")
    for email in ("anna.rossi@example.com", "ben@example.com", "clara@vogt.example", back_office.IDA):
        show.person(back_office.seen(api, email))
    show.heading("Somebody signs up for the newsletter, confirms it and ends it again")
    newsletter.play(api, show.line)
    show.heading("A list of a thousand customers comes in from another shop, with twenty broken rows")
    lists.play(lists.Lists(api), show.line)
    return bool(unexpected or left or not found)


def _counted(batches: Iterable[Any]) -> Counter[str]:
    counted = Counter[str]()
    for batch in batches:
        counted += batch.counted
    return counted


if __name__ == "__main__":
    sys.exit(main())
