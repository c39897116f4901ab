"""Who sent a message, as its header From says. Anybody may write anything there, and many mail programs do.

Python's own `email.utils` has no use here: what it makes of a header that is not written by the rules depends on the
version of Python. Of `Müller, Hans <hans@example.com>`, with a comma that had to be quoted, older ones make two people,
and newer ones none. People who read it see one, and so does this.
"""

from __future__ import annotations

import re

# Each match goes on where the last one ended and never back, so that no header takes longer than its length.
_PART = re.compile(
    r'"(?P<quoted>(?:[^"\\]|\\.)*+)"?'
    r"|(?P<comment>\((?:[^()\\]|\\.|\([^()]*+\))*+\)?)"
    r"|<(?P<angle>[^<>]*+)>?"
    r'|(?P<plain>[^"(<]++)',
    re.DOTALL,
)
_BETWEEN = re.compile(r"[\s,;:<>()\"]++")


def sender_of(header: str) -> tuple[str, str]:
    """The name and the address of a header From, or blanks unless it is of one person.

    >>> sender_of("Müller, Hans <hans@example.com>"), sender_of("hans@example.com (Hans)")
    (('Müller, Hans', 'hans@example.com'), ('Hans', 'hans@example.com'))
    >>> sender_of('"Boss <boss@example.com>" <eve@example.com>'), sender_of("a@example.com, b@example.com")
    (('Boss <boss@example.com>', 'eve@example.com'), ('', ''))
    """
    angles: list[str] = []
    name, comments = "", ""
    before, after = "", ""  # what is outside of everything, before the first address in angle brackets and after it
    for part in _PART.finditer(header):
        if part["angle"] is not None:
            angles.append(part["angle"].strip())
        elif part["comment"] is not None:
            comments += part["comment"].strip("()")
        elif part["quoted"] is not None:
            name += re.sub(r"\\(.)", r"\1", part["quoted"], flags=re.DOTALL) if not angles else ""
        elif angles:
            after += part["plain"]
        else:
            before += part["plain"]
            name += part["plain"]
    if angles:
        # As in `a@example.com <a@example.com>`, the name just before it may look like another one.
        before = ",".join(re.split("[,;]", before)[:-1])
    bare = _addresses_in(f"{before},{after}")
    if len({address.lower() for address in [*angles, *bare]}) != 1:
        return "", ""
    return (name if angles else comments).strip(), (angles or bare)[0]


def _addresses_in(text: str) -> list[str]:
    return [word for word in _BETWEEN.split(text) if word.count("@") == 1 and word.strip("@") == word]
