"""Files of other shops and tools, recognised by their headers.

Headers are compared trimmed and without regard to case. A format is recognised by columns that it surely has; what
other shops counted (orders, money) is never ours, and is kept as a custom attribute when asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ....consent.models import ConsentPurpose

# A column that we know and have no place for: kept as a custom attribute when asked.
KEEP = "keep"
# A column that is of no use to anybody here, or that must not be kept: passwords and their like.
DROP = "drop"


@dataclass(frozen=True, slots=True)
class Format:
    """A layout of files. `columns` maps its headers to ours, beside those that are known by their names anyway.

    `marks` are the headers that a file of this kind surely has, and that others have not all of. Of `|` one is enough;
    an `*` stands for any ending. Each tuple is a kind of file that the tool writes.
    """

    key: str
    label: str
    marks: tuple[tuple[str, ...], ...]
    columns: dict[str, str] = field(default_factory=dict)
    delimiter: str = ","
    # For which purpose people are on such a list, or consent in such a file, unless somebody says otherwise.
    purpose: ConsentPurpose = ConsentPurpose.PROMOTIONAL
    # Headers with changing parts, such as Shopify's metafields.
    patterns: tuple[tuple[str, str], ...] = ()


def _pairs(text: str) -> dict[str, str]:
    """`header: key` lines; a header without a key is one to KEEP."""
    pairs = {}
    for line in text.strip().splitlines():
        header, _, key = line.strip().partition(" > ")
        pairs[header.strip()] = key.strip() or KEEP
    return pairs


def _kept(*headers: str) -> dict[str, str]:
    return dict.fromkeys(headers, KEEP)


def _dropped(headers: str) -> dict[str, str]:
    return dict.fromkeys(headers.split(), DROP)


_SHOPIFY = _pairs(
    """
    Customer ID
    First Name > first_name
    Last Name > last_name
    Email > email
    Phone > phone
    Note > store_note
    Tax Exempt > is_tax_exempt
    Tags > tags
    Accepts SMS Marketing
    Accepts WhatsApp Marketing
    Total Spent
    Total Orders
    """
)
_SHOPIFY_OLD = {**_SHOPIFY, "Company": "company_name", "Country Code": "country_code", "Country": DROP}
_PRESTASHOP_LISTS = tuple(
    tuple(listed.split(", "))
    for listed in (
        "Social title, Enabled, Registration, Newsletter",
        "Titolo sociale, Attivato, Registrazione",
        "Anrede, Aktiviert, Registrierung|Registriert|Anmeldung",
        "Titre de civilité|Titre, Activé, Inscription",
        "Tratamiento|Título social, Activado, Registro|Inscripción",
    )
)

FORMATS: tuple[Format, ...] = (
    Format(
        "shopify",
        "Shopify",
        marks=(("Accepts Email Marketing", "Default Address*"),),
        columns={
            **_SHOPIFY,
            "Accepts Email Marketing": "accepts_marketing",
            "Default Address Phone": "additional_phones",
        },
        patterns=((r".*\(customer\.metafields\.[^()]*\)", KEEP),),
    ),
    Format(
        "shopify-2",
        "Shopify (second generation)",
        marks=(("Accepts Email Marketing", "Address1", "Province Code"),),
        columns={**_SHOPIFY_OLD, "Accepts Email Marketing": "accepts_marketing"},
    ),
    Format(
        "shopify-1",
        "Shopify (first generation)",
        marks=(("Accepts Marketing", "Address1", "Province Code"),),
        columns={**_SHOPIFY_OLD, "Accepts Marketing": "accepts_marketing"},
    ),
    Format(
        "woocommerce",
        "WooCommerce Analytics",
        marks=(("Username", "Sign Up", "AOV"), ("Username", "Last Active", "Sign Up", "Total Spend")),
        columns=_pairs(
            """
            Name > name
            Username
            Last Active
            Sign Up > created_at
            Email > email
            Orders
            Total Spend
            AOV
            Country / Region > country_code
            Billing Phone > phone
            Shipping Phone > additional_phones
            Role
            """
        ),
    ),
    Format(
        "woocommerce-users",
        "WooCommerce users",
        marks=(("user_login", "user_email"), ("user_email", "user_registered"), ("user_email", "billing_*")),
        columns=_pairs(
            """
            ID
            customer_id
            user_login
            user_nicename
            user_email > email
            user_registered > created_at
            first_name > first_name
            last_name > last_name
            display_name > name
            nickname
            user_url
            user_status
            roles
            role
            billing_phone > phone
            shipping_phone > additional_phones
            billing_email > drop
            orders
            total_spent
            aov
            """
        ),
    ),
    Format(
        "woocommerce-orders",
        "WooCommerce orders",
        marks=(
            (
                "Order Number|Order ID|order_id|order_number",
                "Email (Billing)|billing_email|Billing Email|Billing Email Address",
            ),
        ),
        columns=_pairs(
            """
            Email (Billing) > email
            billing_email > email
            Billing Email > email
            Billing Email Address > email
            Order Number
            Order ID
            Order Date
            Order Status
            Customer Note
            order_id
            order_number
            order_date
            status
            order_status
            customer_note
            date
            paid_date
            Name
            Item Name
            """
        ),
    ),
    Format(
        "magento",
        "Adobe Commerce (Magento)",
        marks=(("_website", "_store"), ("website_id", "group_id", "store_id"), ("Web Site", "Account Created in")),
        columns={
            **_pairs(
                """
                email > email
                created_at > created_at
                Customer Since > created_at
                firstname > first_name
                lastname > last_name
                prefix
                middlename
                suffix
                dob
                gender
                taxvat
                group_id
                created_in
                Web Site
                Confirmed email
                Account Created in
                Account Lock
                Tax VAT Number
                _address_vat_id
                Group > groups
                """
            ),
            **_dropped(
                """_website _store confirmation disable_auto_group_change password_hash rp_token rp_token_created_at
                store_id updated_at website_id password _address_fax _address_prefix _address_suffix _address_middlename
                _address_firstname _address_lastname _address_default_billing_ _address_default_shipping_"""
            ),
        },
    ),
    Format(
        "prestashop",
        "PrestaShop",
        marks=(("Active (0/1)", "Newsletter (0/1)"), *_PRESTASHOP_LISTS),
        delimiter=";",
        columns={
            **_pairs(
                """
                Customer ID
                ID
                Active (0/1) > is_active
                Titles ID (Mr = 1, Ms = 2, else 0)
                Email * > email
                Birthday (yyyy-mm-dd)
                Last Name * > last_name
                First Name * > first_name
                Newsletter (0/1) > accepts_newsletter
                Newsletter > accepts_newsletter
                Opt-in (0/1)
                Registration date (yyyy-mm-dd) > created_at
                Groups (x,y,z...)
                Default group ID
                """
            ),
            "Password *": DROP,
        },
    ),
    Format(
        "mailchimp",
        "Mailchimp",
        purpose=ConsentPurpose.NEWSLETTER,
        marks=(("LEID", "EUID"), ("MEMBER_RATING", "OPTIN_TIME"), ("MEMBER_RATING", "UNSUB_TIME"), ("CLEAN_TIME",)),
        columns={
            **_pairs(
                """
                Email Address > email
                First Name > first_name
                Last Name > last_name
                OPTIN_TIME > created_at
                CC > country_code
                NOTES > store_note
                TAGS > tags
                Phone Number > phone
                UNSUB_TIME > unsubscribed_at
                MEMBER_RATING
                REGION
                TIMEZONE
                CLEAN_TIME > drop
                """
            ),
            **_dropped(
                """OPTIN_IP CONFIRM_TIME CONFIRM_IP LATITUDE LONGITUDE GMTOFF DSTOFF LAST_CHANGED LEID EUID
                UNSUB_CAMPAIGN_TITLE UNSUB_CAMPAIGN_ID UNSUB_REASON UNSUB_REASON_OTHER CLEAN_CAMPAIGN_TITLE
                CLEAN_CAMPAIGN_ID"""
            ),
        },
    ),
    Format(
        "klaviyo",
        "Klaviyo",
        marks=(("Klaviyo ID",), ("Email Marketing Consent", "Historic Customer Lifetime Value")),
        columns=_pairs(
            """
            Email > email
            Klaviyo ID
            First Name > first_name
            Last Name > last_name
            Organization > company_name
            Title
            Phone Number > phone
            Country > country_code
            Source
            Email Marketing Consent > accepts_marketing
            Profile Created On > created_at
            Historic Customer Lifetime Value
            Total Customer Lifetime Value
            Predicted Customer Lifetime Value
            Average Order Value
            Historic Number Of Orders
            First Active
            Last Active
            Latitude > drop
            Longitude > drop
            IP Address > drop
            Email Marketing Consent Timestamp > drop
            Date Added > drop
            Last Open > drop
            Last Click > drop
            Average Days Between Orders > drop
            Email Suppressions > suppressions
            """
        ),
    ),
    Format(
        "brevo",
        "Brevo (Sendinblue)",
        purpose=ConsentPurpose.NEWSLETTER,
        marks=(
            ("EMAIL", "ADDED_TIME"),
            ("EMAIL", "SMS", "LASTNAME|FIRSTNAME|NOM|PRENOM|NOME|COGNOME|VORNAME|NACHNAME"),
        ),
        columns=_pairs(
            """
            CONTACT ID
            EMAIL > email
            LASTNAME > last_name
            FIRSTNAME > first_name
            NOM > last_name
            PRENOM > first_name
            SMS > phone
            WHATSAPP > additional_phones
            LANDLINE_NUMBER > additional_phones
            EXT_ID
            OPT_IN > accepts_newsletter
            DOUBLE_OPT-IN
            ADDED_TIME > created_at
            MODIFIED_TIME > drop
            BLACKLISTED > suppressions
            EMAIL_BLACKLISTED > suppressions
            SMS_BLACKLISTED
            """
        ),
    ),
    Format(
        "mailerlite",
        "MailerLite",
        purpose=ConsentPurpose.NEWSLETTER,
        marks=(("Subscriber|Email", "Subscribed", "Opens|Opened", "Clicks|Clicked"),),
        columns=_pairs(
            """
            Subscriber > email
            Email > email
            Subscribed > created_at
            Subscribed at > created_at
            Name > first_name
            Last name > last_name
            Sent
            Opens
            Opened
            Clicks
            Clicked
            Location
            Unsubscribed > unsubscribed_at
            """
        ),
    ),
    Format(
        "activecampaign",
        "ActiveCampaign",
        purpose=ConsentPurpose.NEWSLETTER,
        marks=(
            ("email", "cdate", "ip4|sdate|udate|orgname"),
            ("Email", "Account Name|Account", "Date Created", "IP Address"),
        ),
        columns=_pairs(
            """
            id
            cdate > created_at
            udate > drop
            sdate
            ip4 > drop
            IP Address > drop
            Date Created > created_at
            Account > company_name
            """
        ),
    ),
    Format(
        "hubspot",
        "HubSpot",
        marks=(
            ("Record ID", "Email", "First Name"),
            ("Record ID*", "Email", "Create Date*|Contact owner|Lifecycle Stage|Lead Status"),
            ("Contact ID", "Email", "Contact owner"),
        ),
        columns=_pairs(
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
        "square",
        "Square",
        marks=(("Square Customer ID", "Email Address"), ("Reference ID", "Email Subscription Status")),
        columns=_pairs(
            """
            Reference ID
            Nickname
            Birthday
            Memo > store_note
            Square Customer ID
            Creation Source
            First Visit > created_at
            Last Visit
            Transaction Count
            Lifetime Spend
            Email Subscription Status > accepts_marketing
            Instant Profile
            """
        ),
    ),
    Format(
        "wix",
        "Wix",
        marks=(("Email 1", "Email subscriber status"), ("Email 1", "Created At (UTC+0)")),
        columns=_pairs(
            """
            Email 1 > email
            Phone 1 > phone
            Phone 2 > additional_phones
            Labels > tags
            Created At (UTC+0) > created_at
            Email subscriber status > accepts_marketing
            SMS subscriber status
            Last Activity
            Last Activity Date (UTC+0)
            Source
            Language > language_code
            """
        ),
    ),
    Format(
        "bigcommerce",
        "BigCommerce",
        marks=(("Customer ID", "Store Credit"), ("Email", "Date Joined", "Store Credit|Customer Group")),
        columns=_pairs(
            """
            Customer ID
            Store Credit
            Customer Group > groups
            Date Joined > created_at
            Receive Marketing Emails? > accepts_marketing
            Receive Review/Abandoned Cart Emails?
            Tax Exempt Category
            Total Orders
            """
        ),
    ),
    Format(
        "stripe",
        "Stripe",
        marks=(("id", "Delinquent", "Created (UTC)|Created"),),
        columns=_pairs(
            """
            id
            Description
            Delinquent
            Created (UTC) > created_at
            Created > created_at
            Card ID > drop
            Card Brand > drop
            Card Funding > drop
            Card Name > drop
            Card Issue Country > drop
            Card Tokenization Method > drop
            Shipping Name > drop
            Business Vat ID
            Total Spend
            Payment Count
            Average Order
            Refunded Volume
            Dispute Losses
            """
        ),
        patterns=((r".*\(metadata\)", KEEP),),
    ),
    Format(
        "google",
        "Google Contacts",
        marks=(
            ("E-mail 1 - Value|Email 1 - Value|E-mail 1 - Label", "Labels|Group Membership"),
            ("E-mail 1 - Value", "Given Name|First Name"),
        ),
        columns=_pairs(
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
        columns=_pairs(
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
    Format(
        "squarespace",
        "Squarespace",
        marks=(("Total Orders", "Total Spent", "Customer Since"),),
        columns={
            **_pairs(
                """
                First Name > first_name
                Last Name > last_name
                Email > email
                Tags > tags
                Customer Since > created_at
                """
            ),
            **_kept("Account", "Total Orders", "Total Spent", "Average Order Value", "Last Order Date"),
        },
    ),
    Format(
        "squarespace-list",
        "Squarespace mailing list",
        purpose=ConsentPurpose.NEWSLETTER,
        marks=(("Email Address", "Date Subscribed"),),
        columns={"Email Address": "email", "Date Subscribed": "created_at"},
    ),
    Format("ecwid", "Ecwid", marks=(("name", "email", "password"),), columns={"name": "name", "password": DROP}),
)

_BY_KEY = {one.key: one for one in FORMATS}


def plain_header(header: str) -> str:
    return " ".join(header.strip().casefold().split())


def format_of(key: str) -> Format:
    return _BY_KEY[key]


def recognise(headers: Iterable[str]) -> Format | None:
    """The format that a file surely has; of several, the one most of whose columns are there."""
    present = {plain_header(header) for header in headers}
    found = [one for one in FORMATS if any(all(_is_there(mark, present) for mark in kind) for kind in one.marks)]
    return max(found, key=lambda one: _present(one, present), default=None)


def _is_there(mark: str, present: set[str]) -> bool:
    return any(
        any(header.startswith(choice[:-1]) for header in present) if choice.endswith("*") else choice in present
        for choice in map(plain_header, mark.split("|"))
    )


def _present(one: Format, present: set[str]) -> int:
    return len({plain_header(header) for header in one.columns} & present)


def columns_of(one: Format, headers: Sequence[str]) -> dict[int, str]:
    """Our key, KEEP or DROP for each of the file's columns that the format knows, by position."""
    known = {plain_header(header): key for header, key in one.columns.items()}
    found = {}
    for index, header in enumerate(headers):
        key = known.get(plain_header(header))
        if key is None:
            key = next((key for pattern, key in one.patterns if re.fullmatch(pattern, header.strip(), re.I)), None)
        if key is not None:
            found[index] = key
    return found
