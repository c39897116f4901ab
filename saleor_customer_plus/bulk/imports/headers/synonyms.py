"""Under which names files know our columns, in five languages, and the reading of a header as such a name."""

from __future__ import annotations

import re
from functools import cache

from ...columns import COLUMNS, IMPORTED
from ..values.base import plain

# Beside the headers of `bulk.columns`. Compared by `plain`: case, accents, punctuation and blanks do not matter.
_SYNONYMS = {
    "email": """
        email, e-mail, mail, email address, e-mail address, customer email, contact email, email 1, email 1 value,
        e-mail 1, e-mail 1 value, primary email, user email, indirizzo email, indirizzo e-mail, posta elettronica,
        indirizzo di posta elettronica, e-mail-adresse, emailadresse, email-adresse, mailadresse, kunden e-mail, adresse
        email, adresse e-mail, adresse mail, adresse électronique, courriel, correo, correo electronico, email cliente,
        direccion de correo, dirección de correo electrónico, dirección de email
    """,
    "first_name": """
        first name, firstname, forename, given name, fname, customer first name, billing first name, christian name,
        nome, nome di battesimo, vorname, prénom, prenom, nombre, nombre de pila, primer nombre
    """,
    "last_name": """
        last name, lastname, surname, family name, lname, customer last name, billing last name, cognome, nachname,
        familienname, zuname, nom, nom de famille, apellido, apellidos
    """,
    "name": """
        name, full name, fullname, customer name, customer, display name, contact name, billing name, nominativo, nome
        completo, nome e cognome, cliente, nome cliente, vor- und nachname, vollständiger name, kundenname, kunde, nom
        complet, nom et prénom, nom du client, client, nombre completo, nombre y apellidos, nombre del cliente
    """,
    "company_name": """
        company, company name, organization, organisation, business, business name, firm, billing company, azienda,
        ditta, ragione sociale, società, impresa, firma, firmenname, unternehmen, gesellschaft, entreprise, société,
        raison sociale, nom de l'entreprise, empresa, compañía, razón social, nombre de la empresa,
        associated company, organization name, organization 1 name
    """,
    "phone": """
        phone, phone number, telephone, telephone number, mobile, mobile phone, mobile number, cell, cell phone, tel,
        tel., billing phone, customer phone, contact number, phone 1, phone 1 value, telefono, numero di telefono,
        cellulare, telefonnummer, telefon, handy, handynummer, mobil, mobiltelefon, mobilnummer, rufnummer, téléphone,
        portable, numéro de téléphone, mobile téléphone, gsm, teléfono, móvil, número de teléfono, teléfono móvil,
        celular
    """,
    "additional_phones": """
        additional phones, other phones, further phones, second phone, phone 2, phone 2 value, shipping phone, home
        phone, work phone, business phone, telefon geschäftlich, telefon privat, telefono 2, altro telefono, telefon 2,
        zweites telefon, téléphone 2, teléfono 2
    """,
    "country_code": """
        country, country code, country / region, country/region, nation, billing country, country iso, country code
        iso, paese, nazione, stato estero, codice paese, land, ländercode, landeskennung, länderkürzel, staat, pays,
        code pays, país, código de país, país / región,
        land / region, pays / région, paese / area geografica, business country / region, land / region geschäftlich
    """,
    "language_code": """
        language, language code, locale, preferred language, lang, customer language, lingua, sprache, sprachcode,
        langue, idioma, lengua
    """,
    "number": """
        customer number, customer no, customer no., client number, codice cliente, numero cliente, kundennummer,
        kunden-nr, kunden-nr., kundennr, kdnr, kd-nr, numéro client, numéro de client, code client, número de cliente,
        código de cliente
    """,
    "store_note": """
        note, notes, store note, customer note, customer notes, remark, remarks, comment, comments, nota, annotazioni,
        commento, notiz, notizen, bemerkung, bemerkungen, kommentar, anmerkung, remarque, commentaire, notas,
        observaciones, comentario, nota interna
    """,
    "is_tax_exempt": """
        tax exempt, tax exemption, is tax exempt, vat exempt, esente iva, esenzione iva, steuerbefreit, steuerfrei,
        umsatzsteuerbefreit, exonéré de tva, exempté de taxe, exento de iva, exento de impuestos
    """,
    "is_active": """
        active, is active, enabled, attivo, abilitato, aktiv, aktiviert, actif, activo, habilitado
    """,
    "is_approved_buyer": """
        approved buyer, approved, is approved, approvato, freigegeben, freigeschaltet, approuvé, aprobado
    """,
    "lawful_basis": "lawful basis, legal basis, gdpr basis, base giuridica, rechtsgrundlage, base légale, base legal",
    "social_profiles": "social profiles, social, social media, profili social, soziale netzwerke, réseaux sociaux, "
    "redes sociales",
    "created_at": """
        known since, created, created at, date created, creation date, registration date, registered, registered at,
        create date, created at (utc+0), date joined, registered date, sign up, sign up date, signup date, date added,
        profile created on, member since, data di registrazione, data creazione, data iscrizione, registrato il,
        registrierungsdatum, registriert am, angelegt am, erstellt am, erstellungsdatum, anmeldedatum, date
        d'inscription, date de création, inscrit le, fecha de registro, fecha de alta, fecha de creación
    """,
    "accepts_marketing": """
        accepts marketing, accept marketing, accepts email marketing, marketing, newsletter, subscribed, subscriber,
        subscribe, subscription, email marketing consent, email subscriber status, opt-in, optin, opt in, marketing
        consent, promotional notifications, email opt in, wants newsletter, mailing list, accetta il marketing, consenso
        marketing, iscritto, iscritto alla newsletter, akzeptiert marketing, newsletter abonniert, newsletter-abonnent,
        werbeeinwilligung, abonniert, accepte le marketing, abonné, abonné à la newsletter, inscrit à la newsletter,
        acepta marketing, suscrito, boletín, suscrito al boletín
    """,
    "accepts_system_mail": "accepts system mail, system notifications, notifiche di sistema, systemnachrichten, "
    "notifications système, notificaciones del sistema",
    "tags": """
        tags, tag, labels, label, keywords, etichette, etichetta, schlagworte, schlagwörter, stichwörter, etiketten,
        étiquettes, étiquette, mots-clés, libellés, etiquetas, etiqueta, palabras clave
    """,
    "groups": """
        groups, group, customer group, customer groups, gruppo, gruppi, gruppo clienti, gruppo di clienti,
        kundengruppe, kundengruppen, gruppe, gruppen, groupe, groupes, groupe de clients, grupo, grupos, grupo de
        clientes
    """,
    "lead_subject": "subject of enquiry, subject, enquiry subject, oggetto, betreff, objet, asunto",
    "lead_message": "enquiry, inquiry, message, enquiry message, messaggio, richiesta, nachricht, anfrage, message du "
    "client, demande, mensaje, consulta",
}


@cache
def names() -> dict[str, tuple[str, ...]]:
    """What each plain name may mean, the likelier first. Names in use for two columns are told apart by the others."""
    found: dict[str, list[str]] = {}
    for key in IMPORTED:
        listed = re.split(r",\s*", _SYNONYMS.get(key, "").strip())
        for name in (key, *COLUMNS[key].headers, *listed):
            if name:
                keys = found.setdefault(plain(name), [])
                if key not in keys:
                    keys.append(key)
    return {name: tuple(keys) for name, keys in found.items()}


@cache
def exported_names() -> dict[str, str]:
    """The headers of columns that are only ever exported, so that a file of ours is read without surprise."""
    return {
        plain(name): column.key
        for column in COLUMNS.values()
        if not column.is_imported
        for name in (column.key, *column.headers)
    }
