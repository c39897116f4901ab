"""The columns of lists of customers: their names in five languages, what they hold, and what is read from a file.

Exports and imports share them, so that an export can be loaded back as it is. The other names under which files know
the same things are in `imports.headers.synonyms`; a value is read by its kind in `bulk.cells`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from ..records.labels import fold

LANGUAGES = ("en", "it", "de", "fr", "es")


# The slug of the account's customer type, and what is before the slug of an attribute of the account, and before the
# key of its metadata: these columns have no other header.
CUSTOMER_TYPE = "customer_type"
ACCOUNT_ATTRIBUTE = "account_attribute:"
METADATA = "metadata:"
PRIVATE_METADATA = "private_metadata:"
PREFIXES_OF_ACCOUNT = (ACCOUNT_ATTRIBUTE, METADATA, PRIVATE_METADATA)


def is_of_account(key: str) -> bool:
    """Whether a column is about the account, and an import sets it there.

    Other tools' columns are never taken for one: they are called by their keys, or in a mapping.
    """
    prefix, _, name = key.partition(":")
    return key == CUSTOMER_TYPE or (f"{prefix}:" in PREFIXES_OF_ACCOUNT and 0 < len(name.strip()) <= MAX_NAME_LENGTH)


# Of an attribute's slug, or a key of metadata.
MAX_NAME_LENGTH = 255


class Kind(StrEnum):
    """What the cells of a column hold."""

    ID = "an id"
    EMAIL = "an e-mail address"
    EMAILS = "e-mail addresses, separated by commas"
    TEXT = "text"
    LONG_TEXT = "text of several lines"
    PHONE = "a phone number"
    PHONES = "phone numbers, separated by commas"
    COUNTRY = "a country, by code or by name in any language"
    LANGUAGE = "a language, by code or by name in any language"
    BOOLEAN = "yes or no"
    CONSENT = "yes, no or unsubscribed"
    TIME = "a date, or a date and a time"
    NUMBER = "a whole number"
    MONEY = "an amount"
    LIST = "names, separated by commas"
    BASIS = "a lawful basis"
    OBJECT = "pairs such as `instagram: anna`, separated by semicolons"
    ADDRESSES = "a list of addresses in JSON"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `field` is the field of `CustomerRecord` that it is read from, and written to, where there is one."""

    key: str
    kind: Kind
    headers: tuple[str, str, str, str, str]  # one for each of LANGUAGES
    example: str
    field: str | None = None
    longest: int | None = None
    is_imported: bool = True
    is_exported: bool = True

    def header(self, language: str) -> str:
        return self.headers[LANGUAGES.index(language)]


def _of_record() -> Iterator[Column]:
    """What a record holds by itself, in the order in which staff read it. The key is the name of the field."""
    for key, kind, longest, example, *headers in (
        ("email", Kind.EMAIL, 254, "anna@example.com", "Email", "E-mail", "E-Mail", "E-mail", "Correo electrónico"),
        ("first_name", Kind.TEXT, 256, "Anna", "First name", "Nome", "Vorname", "Prénom", "Nombre"),
        ("last_name", Kind.TEXT, 256, "Rossi", "Last name", "Cognome", "Nachname", "Nom de famille", "Apellidos"),
        ("company_name", Kind.TEXT, 256, "Rossi GmbH", "Company", "Azienda", "Firma", "Société", "Empresa"),
        ("phone", Kind.PHONE, 128, "+493012345678", "Phone", "Telefono", "Telefon", "Téléphone", "Teléfono"),
        (
            "additional_phones", Kind.PHONES, 1024, "+4915112345678",
            "Additional phones", "Altri telefoni", "Weitere Telefone", "Autres téléphones", "Otros teléfonos",
        ),
        ("street_address_1", Kind.TEXT, 256, "Torstraße 1", "Street", "Via", "Straße", "Rue", "Calle"),
        ("street_address_2", Kind.TEXT, 256, "", "Street 2", "Via 2", "Straße 2", "Rue 2", "Calle 2"),
        ("postal_code", Kind.TEXT, 20, "10119", "Postal code", "CAP", "Postleitzahl", "Code postal", "Código postal"),
        ("city", Kind.TEXT, 256, "Berlin", "City", "Città", "Ort", "Ville", "Ciudad"),
        ("country_area", Kind.TEXT, 128, "", "State or province", "Provincia", "Bundesland", "Région ou province",
         "Provincia o estado"),
        ("country_code", Kind.COUNTRY, 2, "DE", "Country code", "Codice paese", "Ländercode", "Code pays",
         "Código de país"),
        ("language_code", Kind.LANGUAGE, 35, "de", "Language", "Lingua", "Sprache", "Langue", "Idioma"),
        ("number", Kind.TEXT, 64, "K-1001", "Customer number", "Numero cliente", "Kundennummer", "Numéro client",
         "Número de cliente"),
        ("store_note", Kind.LONG_TEXT, 10_000, "Rings twice", "Store note", "Nota del negozio", "Notiz des Shops",
         "Note de la boutique", "Nota de la tienda"),
        ("is_tax_exempt", Kind.BOOLEAN, None, "no", "Tax exempt", "Esente da imposte", "Steuerbefreit",
         "Exonéré de taxe", "Exento de impuestos"),
        ("is_approved_buyer", Kind.BOOLEAN, None, "yes", "Approved buyer", "Acquirente approvato",
         "Freigegebener Käufer", "Acheteur approuvé", "Comprador aprobado"),
        ("is_active", Kind.BOOLEAN, None, "yes", "Active", "Attivo", "Aktiv", "Actif", "Activo"),
        ("deactivation_reason", Kind.TEXT, 256, "", "Reason of deactivation", "Motivo della disattivazione",
         "Grund der Deaktivierung", "Motif de la désactivation", "Motivo de la desactivación"),
        ("lawful_basis", Kind.BASIS, 24, "CONSENT", "Lawful basis", "Base giuridica", "Rechtsgrundlage",
         "Base juridique", "Base jurídica"),
        ("social_profiles", Kind.OBJECT, 2048, "instagram: anna", "Social profiles", "Profili social",
         "Soziale Profile", "Profils sociaux", "Perfiles sociales"),
        ("created_at", Kind.TIME, None, "2024-05-01", "Known since", "Conosciuto dal", "Bekannt seit", "Connu depuis",
         "Conocido desde"),
    ):  # fmt: skip
        yield Column(key, kind, tuple(headers), example, field=key, longest=longest)  # type: ignore[arg-type]


def _beside_record() -> Iterator[Column]:
    """Columns of other features, and columns of a file that are not fields of a record."""
    for key, kind, example, *headers in (
        ("accepts_promotional_mail", Kind.CONSENT, "yes", "Accepts promotional mail", "Accetta le e-mail promozionali",
         "Akzeptiert Werbe-E-Mails", "Accepte les e-mails promotionnels", "Acepta correos promocionales"),
        ("accepts_newsletter", Kind.CONSENT, "yes", "Accepts newsletter", "Accetta la newsletter",
         "Akzeptiert Newsletter", "Accepte la newsletter", "Acepta el boletín"),
        ("accepts_system_mail", Kind.CONSENT, "yes", "Accepts system mail", "Accetta le e-mail di sistema",
         "Akzeptiert Systemnachrichten", "Accepte les e-mails système", "Acepta correos del sistema"),
        ("other_emails", Kind.EMAILS, "a.rossi@example.org", "Other email addresses", "Altri indirizzi e-mail",
         "Weitere E-Mail-Adressen", "Autres adresses e-mail", "Otros correos electrónicos"),
        ("address_book", Kind.ADDRESSES,
         '[{"kind":"BILLING","street_address_1":"Torstraße 2","city":"Berlin","country_code":"DE"}]',
         "Address book", "Rubrica degli indirizzi", "Adressbuch", "Carnet d'adresses", "Libreta de direcciones"),
        ("tags", Kind.LIST, "vip, fair 2024", "Tags", "Tag", "Schlagwörter", "Étiquettes", "Etiquetas"),
        ("groups", Kind.LIST, "Resellers", "Groups", "Gruppi", "Gruppen", "Groupes", "Grupos"),
    ):  # fmt: skip
        field = key if key.startswith("accepts") else None
        yield Column(key, kind, tuple(headers), example, field=field, longest=10_000)  # type: ignore[arg-type]
    for key, kind, example, *headers in (
        # One column of another tool, which does not say for which purpose it is.
        ("accepts_marketing", Kind.CONSENT, "yes", "Accepts marketing", "Accetta il marketing", "Akzeptiert Werbung",
         "Accepte le marketing", "Acepta marketing"),
        ("unsubscribed_at", Kind.TIME, "2024-05-01", "Unsubscribed at", "Disiscritto il", "Abgemeldet am",
         "Désabonné le", "Baja el"),
        ("suppressions", Kind.TEXT, "", "Email suppressions", "Soppressioni e-mail", "E-Mail-Sperren",
         "Suppressions e-mail", "Supresiones de correo"),
        ("name", Kind.TEXT, "Anna Rossi", "Name", "Nome e cognome", "Name", "Nom complet", "Nombre completo"),
        ("lead_subject", Kind.TEXT, "Price list", "Subject of enquiry", "Oggetto della richiesta",
         "Betreff der Anfrage", "Objet de la demande", "Asunto de la consulta"),
        ("lead_message", Kind.LONG_TEXT, "Do you deliver?", "Enquiry", "Richiesta", "Anfrage", "Demande", "Consulta"),
    ):  # fmt: skip
        longest = 10_000 if kind is Kind.LONG_TEXT else 255
        yield Column(key, kind, tuple(headers), example, longest=longest, is_exported=key == "name")  # type: ignore[arg-type]


def _of_account() -> Iterator[Column]:
    """What Saleor keeps of the account. Its attributes and metadata have columns by name: see `PREFIXES_OF_ACCOUNT`."""
    yield Column(
        CUSTOMER_TYPE,
        Kind.TEXT,
        ("Customer type", "Tipo di cliente", "Kundentyp", "Type de client", "Tipo de cliente"),
        "wholesale",
        longest=255,
        is_imported=False,  # unless somebody says so: see `is_of_account`
    )


def _only_exported() -> Iterator[Column]:
    """What follows from orders and accounts: exported, and ignored by an import."""
    for key, kind, field, example, *headers in (
        ("id", Kind.ID, "id", "Q3VzdG9tZXJSZWNvcmQ6MQ==", "ID", "ID", "ID", "ID", "ID"),
        ("has_account", Kind.BOOLEAN, None, "yes", "Account", "Account", "Konto", "Compte", "Cuenta"),
        ("stage", Kind.TEXT, "stage", "CUSTOMER", "Stage", "Fase", "Stufe", "Étape", "Etapa"),
        ("sources", Kind.LIST, "sources", "ORDER", "Sources", "Origini", "Herkunft", "Origines", "Orígenes"),
        ("updated_at", Kind.TIME, "modified_at", "2024-05-01", "Updated", "Modificato", "Geändert", "Modifié",
         "Modificado"),
        ("customer_since", Kind.TIME, "customer_since", "2024-05-01", "Customer since", "Cliente dal", "Kunde seit",
         "Client depuis", "Cliente desde"),
        ("order_count", Kind.NUMBER, "order_count", "3", "Total orders", "Ordini totali", "Bestellungen insgesamt",
         "Total des commandes", "Pedidos totales"),
        ("total_spent", Kind.MONEY, None, "120.50", "Total spent", "Totale speso", "Gesamtausgaben", "Total dépensé",
         "Total gastado"),
        ("net_of_refunds", Kind.MONEY, None, "100.50", "Net of refunds", "Al netto dei rimborsi",
         "Abzüglich Erstattungen", "Net des remboursements", "Neto de reembolsos"),
        ("average_order_value", Kind.MONEY, None, "40.17", "Average order value", "Valore medio dell'ordine",
         "Durchschnittlicher Bestellwert", "Valeur moyenne des commandes", "Valor medio de los pedidos"),
        ("currency", Kind.TEXT, None, "EUR", "Currency", "Valuta", "Währung", "Devise", "Moneda"),
        ("first_order_at", Kind.TIME, None, "2024-05-01", "First order", "Primo ordine", "Erste Bestellung",
         "Première commande", "Primer pedido"),
        ("last_order_at", Kind.TIME, "last_order_at", "2024-05-01", "Last order", "Ultimo ordine",
         "Letzte Bestellung", "Dernière commande", "Último pedido"),
        ("rfm_group", Kind.TEXT, None, "LOYAL", "RFM group", "Gruppo RFM", "RFM-Gruppe", "Groupe RFM", "Grupo RFM"),
        ("days_between_orders", Kind.NUMBER, None, "30.5", "Days between orders", "Giorni tra gli ordini",
         "Tage zwischen Bestellungen", "Jours entre les commandes", "Días entre pedidos"),
        ("next_order_expected_at", Kind.TIME, None, "2024-05-01", "Next order expected", "Prossimo ordine previsto",
         "Nächste Bestellung erwartet", "Prochaine commande attendue", "Próximo pedido previsto"),
        ("acquisition_source", Kind.TEXT, None, "google", "Acquisition source", "Fonte di acquisizione",
         "Akquisequelle", "Source d'acquisition", "Fuente de adquisición"),
        ("acquisition_medium", Kind.TEXT, None, "cpc", "Acquisition medium", "Mezzo di acquisizione",
         "Akquisemedium", "Support d'acquisition", "Medio de adquisición"),
        ("acquisition_campaign", Kind.TEXT, None, "summer", "Acquisition campaign", "Campagna di acquisizione",
         "Akquisekampagne", "Campagne d'acquisition", "Campaña de adquisición"),
        ("notes", Kind.LONG_TEXT, None, "", "Staff notes", "Note dello staff", "Notizen des Teams", "Notes de l'équipe",
         "Notas del equipo"),
    ):  # fmt: skip
        yield Column(key, kind, tuple(headers), example, field=field, is_imported=False)  # type: ignore[arg-type]


_ADDRESSES = {
    "shipping": ("Shipping", "Spedizione", "Lieferung", "Livraison", "Envío"),
    "billing": ("Billing", "Fatturazione", "Rechnung", "Facturation", "Facturación"),
}


def _of_addresses() -> Iterator[Column]:
    """The addresses of the last order: `shipping_city` and so on; `shipping_address` is all of it in one line."""
    for address, prefixes in _ADDRESSES.items():
        for part, example, *names in (
            ("name", "Anna Rossi", "name", "nome", "Name", "nom", "nombre"),
            ("company", "Rossi GmbH", "company", "azienda", "Firma", "société", "empresa"),
            ("address", "Torstraße 1, 10119 Berlin, DE", "address", "indirizzo", "Adresse", "adresse", "dirección"),
            ("street_1", "Torstraße 1", "street", "via", "Straße", "rue", "calle"),
            ("street_2", "", "street 2", "via 2", "Straße 2", "rue 2", "calle 2"),
            ("city", "Berlin", "city", "città", "Ort", "ville", "ciudad"),
            ("region", "BE", "region", "provincia", "Bundesland", "région", "provincia"),
            ("postal_code", "10119", "postal code", "CAP", "Postleitzahl", "code postal", "código postal"),
            ("country_code", "DE", "country code", "codice paese", "Ländercode", "code pays", "código de país"),
            ("phone", "+493012345678", "phone", "telefono", "Telefon", "téléphone", "teléfono"),
        ):
            headers = tuple(f"{prefix} {name}" for prefix, name in zip(prefixes, names, strict=True))
            yield Column(f"{address}_{part}", Kind.TEXT, headers, example, is_imported=False)  # type: ignore[arg-type]


COLUMNS: dict[str, Column] = {
    column.key: column
    for part in (_of_record, _beside_record, _of_account, _only_exported, _of_addresses)
    for column in part()
}
# What an import may map a column of a file to, beside `field:<key>`, a field of the shop's own, and
# `attribute:<name>`, which keeps it as a custom attribute.
IMPORTED = tuple(column.key for column in COLUMNS.values() if column.is_imported)
ATTRIBUTE = "attribute:"
# A field of the shop's own, by its key: `field:birthday`.
FIELD = "field:"


def header_of_field(key: str, label: str) -> str:
    """The header of a field of the shop's own: its label, unless a column of ours has the same name in some language.

    >>> header_of_field("birthday", "Date of birth"), header_of_field("town", "CITY")
    ('Date of birth', 'field:town')
    """
    return f"{FIELD}{key}" if fold(label) in names_of_columns() else label


@cache
def names_of_columns() -> frozenset[str]:
    """All keys and headers of our columns, without their case. No field of the shop's own is known by one."""
    return frozenset(fold(name) for column in COLUMNS.values() for name in (column.key, *column.headers))
