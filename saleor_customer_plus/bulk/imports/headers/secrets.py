"""Columns that are never kept, whatever they are called and whatever the options say: passwords, hashes, cards.

A secret is known by its header, in any of the usual languages, or by its cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..values.base import plain, words_of

# Within a header without blanks.
_WITHIN = re.compile(
    r"passw|passphrase|motdepasse|contrasen|wachtwoord|has[lł]o(?!w)|senha|kennwort|parolad|codicesegreto|geheim|losenord"
    r"|passord|salasana|adgangskode|heslo|palavrapasse|secret(?!ar)|credential|rptoken|apikey|privatekey|accesstoken"
    r"|resetkey|activationkey|securityanswer|securitycode|securityquestion"
    r"|cardnumber|creditcard|kreditkart|cartadicredito|cartebancaire|tarjetadecredito|kartennummer|numerocarta"
    r"|cardlast|cardfingerprint|cardcvc|cardexp|accountnumber|kontonummer|numeroconto"
)
# As a word of a header.
_WORDS = words_of(
    """
    pass pwd pw mdp psw passwd parola clave token tokens hash hashes salt salted pin cvv cvc cvv2 csc otp totp 2fa mfa
    iban bic swift ssn md5 sha1 sha256 sha512 bcrypt argon2
    """
)
_NO_SECRETS = re.compile(r"pin ?code|pincode|pass ?through|clave (?:de )?(?:cliente|pais)|hash ?tags?")


def is_secret_header(header: str) -> bool:
    """Whether a column of this header is never kept.

    >>> is_secret_header("user_pass"), is_secret_header("Mot de passe"), is_secret_header("Shipping")
    (True, True, False)
    """
    words = plain(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header))
    if _NO_SECRETS.fullmatch(words):
        return False
    together = words.replace(" ", "")
    if _WITHIN.search(together):
        return True
    # `userpass`, `pwdhash`: no word of a language ends so.
    return not _WORDS.isdisjoint(words.split()) or re.search(r"(?:user|my|db)pass$|pwd|hash$", together) is not None


_HASH = re.compile(
    r"\$(?:P|H|S|1|2[abxy]?|5|6|7|y|gy|argon2(?:id|i|d)|scrypt|pbkdf2[\w-]*|bcrypt[\w-]*)\$.{3,}"
    r"|\{(?:S?SHA(?:\d+)?|S?MD5|CRYPT|BCRYPT|ARGON2|PBKDF2[\w-]*)\}.{8,}"
    r"|(?:pbkdf2_sha(?:1|256)|bcrypt(?:_sha256)?|argon2|scrypt|sha1|md5)\$.{8,}"
    r"|[0-9a-fA-F]{32,128}:.+"
    r"|\*[0-9A-F]{40}",
    re.DOTALL,
)
_DIGEST = re.compile(
    r"(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})", re.IGNORECASE
)
_CARD = re.compile(r"[3-6]\d{3}[ -]?\d{4}[ -]?\d{4}[ -]?\d{2,4}|3[47]\d{2}[ -]?\d{6}[ -]?\d{5}")


def is_hash(cell: str) -> bool:
    """Whether a text is surely the hash of a password, as databases keep it."""
    return cell[:1] in "${pbasm*0123456789ABCDEFabcdef" and _HASH.fullmatch(cell) is not None


def has_secrets(cells: Iterable[str]) -> bool:
    """Whether the cells of a column look like hashes, or like numbers of credit cards."""
    filled = [cell for cell in (cell.strip().lstrip("'") for cell in cells) if cell]
    if not filled:
        return False
    if any(map(is_hash, filled)):
        return True
    return all(_DIGEST.fullmatch(cell) and not cell.isdigit() for cell in filled) or all(map(_is_card, filled))


def _is_card(cell: str) -> bool:
    if not _CARD.fullmatch(cell):
        return False
    digits = [int(char) for char in reversed(cell) if char.isdigit()]
    doubled = [digit * 2 - 9 * (digit > 4) if place % 2 else digit for place, digit in enumerate(digits)]
    return sum(doubled) % 10 == 0
