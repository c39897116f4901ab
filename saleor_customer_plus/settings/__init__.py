"""The plugin's settings: what the Dashboard shows, what is valid, and typed access to what was saved.

`table` is the one table of them. `declaring` has the kinds of settings, `reading` how what was entered is read, and
`stored` gives what was saved.
"""

from .choices import CountsWhen, ExportFormat, MailTransport, OptInMode
from .mailbox import MailboxAddress, mailbox_address_of
from .reading import is_one_address, read_time_zone
from .stored import PLUGIN_ID, is_on, load, parse
from .table import DEFAULT_CONFIGURATION, DEFAULTS, SETTINGS, STRUCTURE, CustomerPlusSettings

__all__ = [
    "DEFAULTS",
    "DEFAULT_CONFIGURATION",
    "PLUGIN_ID",
    "SETTINGS",
    "STRUCTURE",
    "CountsWhen",
    "CustomerPlusSettings",
    "ExportFormat",
    "MailTransport",
    "MailboxAddress",
    "OptInMode",
    "is_on",
    "is_one_address",
    "load",
    "mailbox_address_of",
    "parse",
    "read_time_zone",
]
