"""What the API says, in the reader's language: why a row of a list is not written, and what is wrong with a value.

The API speaks English. Its sentences are known here by their words, with what varies in them by name, and a message may
be several of them. One that is not known is shown as it came. `tests/dashboard/test_api_messages.py` finds those of
imports and of fields that are missing.
"""

from __future__ import annotations

import functools
import re

from django import template
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

register = template.Library()

SENTENCES = (
    _("This is not an e-mail address."),
    _("An e-mail address is required."),
    _("There is no e-mail address in this row."),
    _("There is no e-mail address like this one."),
    _("This e-mail address has a character that nobody sees. Type it anew."),
    _(
        "There are several e-mail addresses in this cell. The first one is used. Add the others to the record, or "
        "give each person a row."
    ),
    _("One of the e-mail addresses of this cell is left out."),
    _("Another record has this e-mail address. Merge the two if they are the same person."),
    _("Row %(row)s has this e-mail address. Merge the two if they are the same person."),
    _("Duplicate of row %(row)s, which was used."),
    _("Duplicate of row %(row)s, which counts."),
    _(
        "Row %(row)s, which has the same e-mail address, was used instead. To use this row, correct it and import "
        "it again."
    ),
    _(
        "Row %(row)s, which has the same e-mail address, counts instead. To use this row, correct it and import "
        "it again."
    ),
    _("This person is known already."),
    _("This person is not known."),
    _("Another record has this customer number."),
    _("Row %(row)s has this customer number."),
    _("A person may have at most %(count)s addresses."),
    _("A record can be given at most %(count)s addresses. Remove one of them first."),
    _("Addresses that were left out: %(count)s."),
    _("Row %(row)s has this value."),
    _("No group has the name %(names)s. Create it first."),
    _("A segment keeps the members of %(names)s. Detach the group from the segment first."),
    _("Another row of this address says %(word)s, which counts."),
    _("The person withdrew this consent. An import does not take that back: let the person sign up again."),
    _("The address is on a suppression list. An import does not subscribe it: let the person sign up."),
    _(
        "The file does not say for which purpose it means this consent, and the person has decided on marketing "
        "already. Say which in `marketingPurposes`."
    ),
    _("This may have at most %(count)s characters."),
    _("This may have at most %(count)s bytes."),
    _("At most %(count)s values are allowed."),
    _("At most %(count)s phone numbers are allowed."),
    _("The others are left out."),
    _("The attributes of this row are left out."),
    _("This looks like the hash of a password, which is never kept. Remove the column."),
    _("This is not a date."),
    _("This is not a date. Write it as 2024-05-31."),
    _("This date is in the future."),
    _("In this column the day comes first, so this is not a date. Write it as 2024-05-31."),
    _("In this column the month comes first, so this is not a date. Write it as 2024-05-31."),
    _("The person is unsubscribed all the same."),
    _("A character of this cell could not be read. Correct it, or save the list again as UTF-8."),
    _("This row has more cells than the header. Is a quotation mark missing?"),
    _(
        "This row has fewer cells than the header (%(count)s of %(least)s). The last columns count as blank. Is a "
        "delimiter or a quotation mark missing?"
    ),
    _("This has a line break. Is a quotation mark missing?"),
    _("The field was changed or deleted meanwhile."),
    _("The field of this column was deleted."),
    _("Another row has this value."),
    _("Another record has this value."),
    _("This order does not exist."),
    _("This field is required."),
    _("The row is taken without it."),
    _("This is neither yes nor no."),
    _("This is not a lawful basis. Use one of %(choices)s."),
    _("This is not a lawful basis."),
    _("Write each profile as `network: name`, separated by semicolons."),
    _("A spreadsheet has cut this number. Show its column as text, and save the list again."),
    _("Only the last digits of another phone number are in this cell. They are left out."),
    _("The extension %(extension)s is left out: a phone number is stored without one. Write it into a note."),
    _("One of the phone numbers of this cell cannot be read, and is left out."),
    _("There is more than a phone number in this cell. Separate numbers by semicolons."),
    _("The note behind the phone number is left out."),
    _("Give the phone number with the prefix of its country, such as +49."),
    _("This is not a phone number."),
    _("Give the phone number without an extension."),
    _("There is no phone number like this one. Check its digits, and the prefix of its country."),
    _("This is not a country. Use its code, such as DE, or its name."),
    _("Several countries have this name. Use the country's code, such as CD."),
    _("Several languages have this name. Use the language's code, such as nb."),
    _("This is not an ISO 3166-1 alpha-2 country code, such as DE."),
    _("This is not a language code, such as de or pt-br."),
    _("This may be a number with decimals or with thousands. Write it without separators of thousands."),
    _("This is not a number."),
    _("This is not one of the choices."),
    _("This is not an amount. Write it as 12.50 EUR."),
    _("This amount has no currency. Write it as 12.50 EUR."),
    _("This has a character that is not allowed."),
    _("This must be a text."),
    _("This must be true or false."),
    _("This must be an object."),
    _("This must be a list."),
    _("Each profile needs a network, and each network may be there once."),
    _("Each attribute needs a name of its own."),
    _("The name of an attribute has no blanks around it."),
    _("The person has no account."),
    _("No customer type has this slug. Create it in Saleor."),
    _("This record was touched since the import made it, and was kept."),
    _("An account was opened for this person. It stays in Saleor, and so the record was kept."),
    _("Whoever imports this list may not open accounts: the permission MANAGE_USERS is missing."),
    _("%(count)s people got no account."),
    _("Whoever imports this list may not change accounts: the permission MANAGE_USERS is missing."),
    _("%(count)s accounts were left as they are."),
    _("Address %(number)s needs a street, a postal code, a city or a state."),
    _('This is not a list of addresses in JSON, such as [{"city":"Berlin","country_code":"DE"}].'),
)


@functools.cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """What recognises each, the longest first: some begin with another one."""
    return [(_pattern(one), one) for one in sorted(SENTENCES, key=len, reverse=True)]


def _pattern(sentence: str) -> re.Pattern[str]:
    parts = re.split(r"%\((\w+)\)s", sentence)
    texts = [f"(?P<{part}>.+?)" if number % 2 else re.escape(part) for number, part in enumerate(parts)]
    return re.compile("".join(texts) + r"(?: |$)", re.DOTALL)


def known(message: str) -> list[tuple[str, dict[str, str]]] | None:
    """The sentences of a message with what varies in them, or None if one of them is not known."""
    found = []
    rest = message.strip()
    while rest:
        matches = ((pattern.match(rest), sentence) for pattern, sentence in _patterns())
        match, sentence = next(((match, sentence) for match, sentence in matches if match), (None, ""))
        if match is None:
            return None
        found.append((sentence, match.groupdict()))
        rest = rest[match.end() :].lstrip()
    return found


@register.filter
def translated(message: str | None) -> str:
    """A message of the API in the reader's language."""
    if not message or (get_language() or "en").startswith("en"):
        return message or ""
    sentences = known(message)
    return message if sentences is None else " ".join(gettext(one) % values for one, values in sentences)
