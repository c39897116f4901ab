"""How much a list of customer records can be asked for at once."""

from __future__ import annotations

from ...consent.models import ConsentChannel, ConsentPurpose

# Longer text was pasted by mistake.
MAX_SEARCH_LENGTH = 200

# Each tag or group of `all` is a condition of its own.
MAX_LABELS = 20

# Each consent is a condition of its own; this is the number of channels and purposes.
MAX_CONSENTS = len(ConsentChannel) * len(ConsentPurpose)

# Each attribute is a condition of its own.
MAX_ATTRIBUTES = 10

# Clients split longer lists of values into several requests.
MAX_VALUES = 1000
