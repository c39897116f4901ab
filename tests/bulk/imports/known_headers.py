"""Header rows of other tools as they are today, and what becomes of each column: `header > key@place`."""

from __future__ import annotations

# By a name: the format, the header row, and what is read of it.
KNOWN: dict[str, tuple[str, str]] = {
    "shopify": (
        "shopify",
        """
        Customer ID >
        First Name > first_name
        Last Name > last_name
        Email > email
        Accepts Email Marketing > accepts_marketing
        Default Address Company > company_name
        Default Address Address1 > street_address_1
        Default Address Address2 > street_address_2
        Default Address City > city
        Default Address Province Code > country_area
        Default Address Country Code > country_code
        Default Address Zip > postal_code
        Default Address Phone > additional_phones
        Phone > phone
        Accepts SMS Marketing >
        Total Spent >
        Total Orders >
        Note > store_note
        Tax Exempt > is_tax_exempt
        Tags > tags
        """,
    ),
    "shopify-2": (
        "shopify-2",
        """
        First Name > first_name
        Last Name > last_name
        Email > email
        Accepts Email Marketing > accepts_marketing
        Company > company_name
        Address1 > street_address_1
        Address2 > street_address_2
        City > city
        Province > country_area
        Province Code >
        Country >
        Country Code > country_code
        Zip > postal_code
        Phone > phone
        Accepts SMS Marketing >
        Total Spent >
        Total Orders >
        Tags > tags
        Note > store_note
        Tax Exempt > is_tax_exempt
        """,
    ),
    "woocommerce": (
        "woocommerce",
        """
        Name > name
        Username >
        Last Active >
        Sign Up > created_at
        Email > email
        Orders >
        Total Spend >
        AOV >
        Country / Region > country_code
        City > city
        Region > country_area
        Postal Code > postal_code
        Billing Phone > phone
        Shipping Phone > additional_phones
        Role >
        """,
    ),
    "woocommerce-users": (
        "woocommerce-users",
        """
        ID >
        customer_id >
        user_login >
        user_pass > secret
        user_nicename >
        user_email > email
        user_url >
        user_registered > created_at
        display_name > name
        first_name > first_name
        last_name > last_name
        user_status >
        roles >
        nickname >
        description >
        billing_first_name > first_name@billing
        billing_last_name > last_name@billing
        billing_company > company_name@billing
        billing_email >
        billing_phone > phone
        billing_address_1 > street_address_1@billing
        billing_address_2 > street_address_2@billing
        billing_postcode > postal_code@billing
        billing_city > city@billing
        billing_state > country_area@billing
        billing_country > country_code@billing
        shipping_first_name > first_name@shipping
        shipping_last_name > last_name@shipping
        shipping_company > company_name@shipping
        shipping_address_1 > street_address_1@shipping
        shipping_address_2 > street_address_2@shipping
        shipping_postcode > postal_code@shipping
        shipping_city > city@shipping
        shipping_state > country_area@shipping
        shipping_country > country_code@shipping
        session_tokens > secret
        """,
    ),
    "woocommerce-orders": (
        "woocommerce-orders",
        """
        Order Number >
        Order Status >
        Order Date >
        Customer Note >
        First Name (Billing) > first_name@billing
        Last Name (Billing) > last_name@billing
        Company (Billing) > company_name
        Address 1&2 (Billing) > street_address_1@billing
        City (Billing) > city@billing
        State Code (Billing) > country_area@billing
        Postcode (Billing) > postal_code@billing
        Country Code (Billing) > country_code@billing
        Email (Billing) > email
        Phone (Billing) > phone
        First Name (Shipping) > first_name@shipping
        Last Name (Shipping) > last_name@shipping
        Address 1&2 (Shipping) > street_address_1@shipping
        City (Shipping) > city@shipping
        State Code (Shipping) > country_area@shipping
        Postcode (Shipping) > postal_code@shipping
        Country Code (Shipping) > country_code@shipping
        Payment Method Title >
        Item Name >
        """,
    ),
    "magento-grid": (
        "magento",
        """
        ID >
        Name > name
        Email > email
        Group > groups
        Phone > phone
        ZIP > postal_code
        Country > country_code
        State/Province > country_area
        Customer Since > created_at
        Web Site >
        Confirmed email >
        Account Created in >
        Billing Address > street_address_1@billing
        Shipping Address > street_address_1@shipping
        Date of Birth >
        Tax VAT Number >
        Gender >
        Street Address > street_address_1
        City > city
        Fax >
        VAT Number >
        Company > company_name
        Billing Firstname > first_name@billing
        Billing Lastname > last_name@billing
        Account Lock >
        """,
    ),
    "magento": (
        "magento",
        """
        email > email
        _website >
        _store >
        confirmation >
        created_at > created_at
        created_in >
        disable_auto_group_change >
        dob >
        firstname > first_name
        gender >
        group_id >
        lastname > last_name
        middlename >
        password_hash > secret
        prefix >
        rp_token > secret
        rp_token_created_at > secret
        store_id >
        suffix >
        taxvat >
        updated_at >
        website_id >
        password > secret
        _address_city > city
        _address_company > company_name
        _address_country_id > country_code
        _address_fax >
        _address_firstname >
        _address_lastname >
        _address_postcode > postal_code
        _address_region > country_area
        _address_street > street_address_1
        _address_telephone > phone
        _address_vat_id >
        """,
    ),
    "prestashop-it": (
        "prestashop",
        """
        ID >
        Titolo sociale >
        Nome > first_name
        Cognome > last_name
        Indirizzo email > email
        Gruppo > groups
        Vendite >
        Attivato > is_active
        Newsletter > accepts_newsletter
        Offerte dei partner >
        Registrazione > created_at
        Ultima visita >
        """,
    ),
    "prestashop-en": (
        "prestashop",
        """
        ID >
        Social title >
        First name > first_name
        Last name > last_name
        Email address > email
        Group > groups
        Sales >
        Enabled > is_active
        Newsletter > accepts_newsletter
        Partner offers >
        Registration > created_at
        Last visit >
        """,
    ),
    "prestashop-de": (
        "prestashop",
        """
        ID >
        Anrede >
        Vorname > first_name
        Nachname > last_name
        E-Mail-Adresse > email
        Gruppe > groups
        Verkäufe >
        Aktiviert > is_active
        Newsletter > accepts_newsletter
        Partner-Angebote >
        Registrierung > created_at
        Letzter Besuch >
        """,
    ),
    "prestashop-fr": (
        "prestashop",
        """
        ID >
        Titre de civilité >
        Prénom > first_name
        Nom > last_name
        Adresse e-mail > email
        Groupe > groups
        Ventes >
        Activé > is_active
        Newsletter > accepts_newsletter
        Offres partenaires >
        Inscription > created_at
        Dernière visite >
        """,
    ),
    "prestashop-es": (
        "prestashop",
        """
        ID >
        Tratamiento >
        Nombre > first_name
        Apellidos > last_name
        Dirección de correo electrónico > email
        Grupo > groups
        Ventas >
        Activado > is_active
        Boletín > accepts_newsletter
        Ofertas de socios >
        Registro > created_at
        Última visita >
        """,
    ),
    "mailchimp": (
        "mailchimp",
        """
        Email Address > email
        First Name > first_name
        Last Name > last_name
        Address > street_address_1
        Phone Number > phone
        Birthday >
        MEMBER_RATING >
        OPTIN_TIME > created_at
        OPTIN_IP >
        CONFIRM_TIME >
        CONFIRM_IP >
        LATITUDE >
        LONGITUDE >
        GMTOFF >
        DSTOFF >
        TIMEZONE >
        CC > country_code
        REGION >
        LAST_CHANGED >
        LEID >
        EUID >
        NOTES > store_note
        TAGS > tags
        """,
    ),
    "mailchimp-unsub": (
        "mailchimp",
        """
        Email Address > email
        First Name > first_name
        Last Name > last_name
        MEMBER_RATING >
        OPTIN_TIME > created_at
        OPTIN_IP >
        CONFIRM_TIME >
        CONFIRM_IP >
        CC > country_code
        REGION >
        UNSUB_TIME > unsubscribed_at
        UNSUB_CAMPAIGN_TITLE >
        LEID >
        EUID >
        NOTES > store_note
        TAGS > tags
        """,
    ),
    "klaviyo": (
        "klaviyo",
        """
        Email > email
        Klaviyo ID >
        First Name > first_name
        Last Name > last_name
        Organization > company_name
        Title >
        Phone Number > phone
        Address > street_address_1
        Address 2 > street_address_2
        City > city
        State / Region > country_area
        Country > country_code
        Zip Code > postal_code
        Latitude >
        Longitude >
        Source >
        IP Address >
        Email Marketing Consent > accepts_marketing
        Email Marketing Consent Timestamp >
        Historic Customer Lifetime Value >
        Total Customer Lifetime Value >
        Predicted Customer Lifetime Value >
        Average Order Value >
        Historic Number Of Orders >
        First Active >
        Last Active >
        Profile Created On > created_at
        Date Added >
        Last Open >
        Last Click >
        Average Days Between Orders >
        Email Suppressions > suppressions
        """,
    ),
    "brevo": (
        "brevo",
        """
        CONTACT ID >
        EMAIL > email
        LASTNAME > last_name
        FIRSTNAME > first_name
        SMS > phone
        OPT_IN > accepts_newsletter
        DOUBLE_OPT-IN >
        ADDED_TIME > created_at
        MODIFIED_TIME >
        BLACKLISTED > suppressions
        """,
    ),
    "mailerlite": (
        "mailerlite",
        """
        Subscriber > email
        Status >
        Subscribed > created_at
        Opened >
        Clicked >
        Location >
        Name > first_name
        Last name > last_name
        Company > company_name
        Phone > phone
        City > city
        ZIP > postal_code
        Country > country_code
        """,
    ),
    "hubspot": (
        "hubspot",
        """
        Record ID >
        First Name > first_name
        Last Name > last_name
        Email > email
        Phone Number > phone
        Contact owner >
        Primary company > company_name@default
        Last Activity Date (GMT+2) >
        Lead Status >
        Marketing contact status > accepts_marketing
        Create Date (GMT+2) > created_at
        Associated Company > company_name
        Street Address > street_address_1
        City > city
        Postal Code > postal_code
        Country/Region > country_code
        """,
    ),
    "square": (
        "square",
        """
        Reference ID >
        First Name > first_name
        Last Name > last_name
        Email Address > email
        Phone Number > phone
        Nickname >
        Company Name > company_name
        Street Address 1 > street_address_1
        Street Address 2 > street_address_2
        City > city
        State > country_area
        Postal Code > postal_code
        Birthday >
        Memo > store_note
        Square Customer ID >
        Creation Source >
        First Visit > created_at
        Last Visit >
        Transaction Count >
        Lifetime Spend >
        Email Subscription Status > accepts_marketing
        Instant Profile >
        """,
    ),
    "wix": (
        "wix",
        """
        First Name > first_name
        Last Name > last_name
        Email 1 > email
        Phone 1 > phone
        Address 1 - Street > street_address_1
        Address 1 - City > city
        Address 1 - State/Region > country_area
        Address 1 - Zip > postal_code
        Address 1 - Country > country_code
        Labels > tags
        Created At (UTC+0) > created_at
        Email subscriber status > accepts_marketing
        SMS subscriber status >
        Last Activity >
        Last Activity Date (UTC+0) >
        Source >
        Language > language_code
        """,
    ),
    "bigcommerce": (
        "bigcommerce",
        """
        Customer ID >
        First Name > first_name
        Last Name > last_name
        Company > company_name
        Email > email
        Phone > phone
        Notes > store_note
        Store Credit >
        Customer Group > groups
        Date Joined > created_at
        Address Line 1 - 1 > street_address_1
        Address Line 2 - 1 > street_address_2
        City - 1 > city
        State - 1 > country_area
        Zip - 1 > postal_code
        Country - 1 > country_code
        Receive Marketing Emails? > accepts_marketing
        Tax Exempt Category >
        """,
    ),
    "stripe": (
        "stripe",
        """
        id >
        Description >
        Email > email
        Name > name
        Created (UTC) > created_at
        Delinquent >
        Card ID >
        Card Last4 > secret
        Card Brand >
        Card Exp Month > secret
        Card Fingerprint > secret
        Card Name >
        Card Address Line1 > street_address_1@billing
        Card Address Line2 > street_address_2@billing
        Card Address City > city@billing
        Card Address State > country_area@billing
        Card Address Country > country_code@billing
        Card Address Zip > postal_code@billing
        Shipping Name >
        Shipping Address Line1 > street_address_1@shipping
        Shipping Address City > city@shipping
        Shipping Address Country > country_code@shipping
        Shipping Address Postal Code > postal_code@shipping
        Total Spend >
        Payment Count >
        userId (metadata) >
        """,
    ),
    "google-new": (
        "google",
        """
        First Name > first_name
        Middle Name >
        Last Name > last_name
        Phonetic First Name >
        Name Prefix >
        Name Suffix >
        Nickname >
        File As >
        Organization Name > company_name
        Organization Title >
        Organization Department >
        Birthday >
        Notes > store_note
        Photo >
        Labels > tags
        E-mail 1 - Label >
        E-mail 1 - Value > email
        E-mail 2 - Label >
        E-mail 2 - Value >
        Phone 1 - Label >
        Phone 1 - Value > phone
        Phone 2 - Label >
        Phone 2 - Value > additional_phones
        Phone 3 - Value > additional_phones
        Address 1 - Label >
        Address 1 - Formatted >
        Address 1 - Street > street_address_1
        Address 1 - City > city
        Address 1 - PO Box >
        Address 1 - Region > country_area
        Address 1 - Postal Code > postal_code
        Address 1 - Country > country_code
        Address 1 - Extended Address > street_address_2
        Website 1 - Value >
        """,
    ),
    "google-old": (
        "google",
        """
        Name > name
        Given Name > first_name
        Additional Name >
        Family Name > last_name
        Yomi Name >
        Given Name Yomi >
        Name Prefix >
        Initials >
        Nickname >
        Birthday >
        Gender >
        Location >
        Notes > store_note
        Language > language_code
        Photo >
        Group Membership > tags
        E-mail 1 - Type >
        E-mail 1 - Value > email
        Phone 1 - Type >
        Phone 1 - Value > phone
        Address 1 - Type >
        Address 1 - Formatted >
        Address 1 - Street > street_address_1
        Address 1 - City > city
        Address 1 - Postal Code > postal_code
        Address 1 - Country > country_code
        Organization 1 - Name > company_name
        """,
    ),
    "outlook-en": (
        "outlook",
        """
        Title >
        First Name > first_name
        Middle Name >
        Last Name > last_name
        Suffix >
        Company > company_name
        Department >
        Job Title >
        Business Street > street_address_1@work
        Business Street 2 > street_address_2@work
        Business City > city@work
        Business State > country_area@work
        Business Postal Code > postal_code@work
        Business Country/Region > country_code@work
        Home Street > street_address_1@home
        Home City > city@home
        Home State > country_area@home
        Home Postal Code > postal_code@home
        Home Country/Region > country_code@home
        Business Phone > additional_phones
        Home Phone > additional_phones
        Mobile Phone > additional_phones
        Primary Phone > phone
        E-mail Address > email
        E-mail Type >
        E-mail Display Name >
        E-mail 2 Address > other_emails
        Birthday >
        Categories > tags
        Notes > store_note
        """,
    ),
    "outlook-it": (
        "outlook",
        """
        Titolo >
        Nome > first_name
        Secondo nome >
        Cognome > last_name
        Titolo straniero >
        Società > company_name
        Reparto >
        Posizione >
        Via (uff.) > street_address_1@work
        Via (uff.) 2 > street_address_2@work
        Città (uff.) > city@work
        Provincia (uff.) > country_area@work
        CAP (uff.) > postal_code@work
        Paese (uff.) > country_code@work
        Via (ab.) > street_address_1@home
        Città (ab.) > city@home
        Provincia (ab.) > country_area@home
        CAP (ab.) > postal_code@home
        Paese (ab.) > country_code@home
        Telefono (uff.) > additional_phones
        Abitazione > additional_phones
        Cellulare > phone
        Indirizzo posta elettronica > email
        Tipo posta elettronica >
        Nome visualizzato posta elettronica >
        Notes > store_note
        """,
    ),
    "outlook-de": (
        "outlook",
        """
        Anrede >
        Vorname > first_name
        Weitere Vornamen >
        Nachname > last_name
        Suffix >
        Firma > company_name
        Abteilung >
        Position >
        Straße geschäftlich > street_address_1@work
        Ort geschäftlich > city@work
        Region geschäftlich > country_area@work
        Postleitzahl geschäftlich > postal_code@work
        Land/Region geschäftlich > country_code@work
        Straße privat > street_address_1@home
        Ort privat > city@home
        Bundesland/Kanton privat > country_area@home
        Postleitzahl privat > postal_code@home
        Land/Region privat > country_code@home
        Telefon geschäftlich > additional_phones
        Telefon (privat) > additional_phones
        Mobiltelefon > phone
        E-Mail-Adresse > email
        E-Mail-Typ >
        E-Mail: Angezeigter Name >
        Notizen > store_note
        """,
    ),
    "outlook-fr": (
        "outlook",
        """
        Titre >
        Prénom > first_name
        Deuxième prénom >
        Nom > last_name
        Suffixe >
        Société > company_name
        Service >
        Rue (bureau) > street_address_1@work
        Ville (bureau) > city@work
        Dép/Région (bureau) > country_area@work
        Code postal (bureau) > postal_code@work
        Pays/Région (bureau) > country_code@work
        Rue (domicile) > street_address_1@home
        Ville (domicile) > city@home
        Dép/Région (domicile) > country_area@home
        Code postal (domicile) > postal_code@home
        Pays/Région (domicile) > country_code@home
        Téléphone (bureau) > additional_phones
        Téléphone (domicile) > additional_phones
        Tél. mobile > phone
        Adresse de messagerie > email
        Type de messagerie >
        Nom complet de l'adresse de messagerie >
        Notes > store_note
        """,
    ),
    "outlook-es": (
        "outlook",
        """
        Tratamiento >
        Nombre > first_name
        Segundo nombre >
        Apellidos > last_name
        Sufijo >
        Organización > company_name
        Departamento >
        Puesto >
        Calle del trabajo > street_address_1@work
        Ciudad de trabajo > city@work
        Provincia o estado de trabajo > country_area@work
        Código postal del trabajo > postal_code@work
        País o región del trabajo > country_code@work
        Calle del domicilio > street_address_1@home
        Ciudad de residencia > city@home
        Provincia o estado de residencia > country_area@home
        Código postal de residencia > postal_code@home
        País o región del domicilio > country_code@home
        Teléfono del trabajo > additional_phones
        Particular > additional_phones
        Móvil > phone
        Dirección de correo electrónico > email
        Tipo de correo electrónico >
        Notas > store_note
        """,
    ),
    "activecampaign": (
        "activecampaign",
        """
        ID >
        Email > email
        First Name > first_name
        Last Name > last_name
        Phone > phone
        Account > company_name
        Date Created > created_at
        IP Address >
        Tags > tags
        Status >
        """,
    ),
}
