"""Customers as other shops export them."""

from __future__ import annotations

from .format_definition import DROP, KEEP, Format, dropped, kept, pairs

_SHOPIFY = pairs(
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

SHOP_FORMATS: tuple[Format, ...] = (
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
        columns=pairs(
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
        columns=pairs(
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
        columns=pairs(
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
            **pairs(
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
            **dropped(
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
            **pairs(
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
        "square",
        "Square",
        marks=(("Square Customer ID", "Email Address"), ("Reference ID", "Email Subscription Status")),
        columns=pairs(
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
        columns=pairs(
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
        columns=pairs(
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
        columns=pairs(
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
        "squarespace",
        "Squarespace",
        marks=(("Total Orders", "Total Spent", "Customer Since"),),
        columns={
            **pairs(
                """
                First Name > first_name
                Last Name > last_name
                Email > email
                Tags > tags
                Customer Since > created_at
                """
            ),
            **kept("Account", "Total Orders", "Total Spent", "Average Order Value", "Last Order Date"),
        },
    ),
    Format("ecwid", "Ecwid", marks=(("name", "email", "password"),), columns={"name": "name", "password": DROP}),
)
