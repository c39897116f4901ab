"""Contacts as address books and CRM systems export them."""

from __future__ import annotations

from .format_definition import DROP, Format, pairs

CONTACT_FORMATS: tuple[Format, ...] = (
    Format(
        "hubspot",
        "HubSpot",
        marks=(
            ("Record ID", "Email", "First Name"),
            ("Record ID*", "Email", "Create Date*|Contact owner|Lifecycle Stage|Lead Status"),
            ("Contact ID", "Email", "Contact owner"),
        ),
        columns=pairs(
            """
            Record ID
            Record ID - Contact
            Contact ID
            Contact owner
            Associated Company > company_name
            Lead Status
            Lifecycle Stage
            Last Activity Date
            Marketing contact status > accepts_marketing
            Unsubscribed from all email > suppressions
            """
        ),
    ),
    Format(
        "google",
        "Google Contacts",
        marks=(
            ("E-mail 1 - Value|Email 1 - Value|E-mail 1 - Label", "Labels|Group Membership"),
            ("E-mail 1 - Value", "Given Name|First Name"),
        ),
        columns=pairs(
            """
            Name > name
            Given Name > first_name
            First Name > first_name
            Family Name > last_name
            Last Name > last_name
            Additional Name
            Middle Name
            Name Prefix
            Name Suffix
            Nickname
            File As > drop
            E-mail 1 - Value > email
            Group Membership > tags
            Labels > tags
            Organization 1 - Name > company_name
            Organization Name > company_name
            Notes > store_note
            Birthday
            Location
            Language > language_code
            Photo > drop
            """
        ),
        patterns=((r".*(?: - Type| - Label| - Formatted)", DROP), (r"(?:Phonetic|Yomi|.* Yomi).*", DROP)),
    ),
    Format(
        "outlook",
        "Outlook",
        marks=(
            ("E-mail Address", "E-mail Display Name|E-mail 2 Address|Business Street|Home Street"),
            ("Indirizzo posta elettronica", "Cognome"),
            ("E-Mail-Adresse", "E-Mail: Angezeigter Name|Straße geschäftlich|Straße privat"),
            ("Adresse de messagerie", "Nom"),
            ("Dirección de correo electrónico", "Calle del trabajo|Calle del domicilio|Tratamiento"),
        ),
        columns=pairs(
            """
            E-mail Address > email
            Indirizzo posta elettronica > email
            E-Mail-Adresse > email
            Adresse de messagerie > email
            Title
            Categories > tags
            Categorie > tags
            Kategorien > tags
            Catégories > tags
            Categorías > tags
            Primary Phone > phone
            Abitazione > additional_phones
            Particular > additional_phones
            Web Page
            Notes > store_note
            """
        ),
    ),
)
