"""Subscribers as tools for newsletters export them."""

from __future__ import annotations

from ....consent.models import ConsentPurpose
from .format_definition import Format, dropped, pairs

MAILING_LIST_FORMATS: tuple[Format, ...] = (
    Format(
        "mailchimp",
        "Mailchimp",
        purpose=ConsentPurpose.NEWSLETTER,
        marks=(("LEID", "EUID"), ("MEMBER_RATING", "OPTIN_TIME"), ("MEMBER_RATING", "UNSUB_TIME"), ("CLEAN_TIME",)),
        columns={
            **pairs(
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
            **dropped(
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
        columns=pairs(
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
        columns=pairs(
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
        columns=pairs(
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
        columns=pairs(
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
        "squarespace-list",
        "Squarespace mailing list",
        purpose=ConsentPurpose.NEWSLETTER,
        marks=(("Email Address", "Date Subscribed"),),
        columns={"Email Address": "email", "Date Subscribed": "created_at"},
    ),
)
