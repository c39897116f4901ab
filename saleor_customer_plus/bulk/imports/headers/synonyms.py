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
        direccion de correo, dirección de correo electrónico, dirección de email, indirizzo posta elettronica, adresse
        de messagerie, adresse de courriel, adresse courriel, e-mails, emails, user_email, login email, e-mailadres,
        mailadres, endereço de e-mail, adres e-mail, adres email, contact e-mail, subscriber email, e mail value
    """,
    "first_name": """
        first name, firstname, forename, given name, fname, customer first name, christian name, first,
        nome, nome di battesimo, vorname, vornamen, prénom, prénoms, nombre, nombres, nombre de pila, primer nombre,
        voornaam, primeiro nome, imię, imie
    """,
    "last_name": """
        last name, lastname, surname, family name, lname, customer last name, last, cognome, nachname, familienname,
        zuname, nom, nom de famille, apellido, apellidos, primer apellido, achternaam, sobrenome, apelido, nazwisko
    """,
    "name": """
        name, full name, fullname, customer name, customer, display name, contact name, nominativo, nome completo, nome
        e cognome, cliente, nome cliente, vor- und nachname, vollständiger name, kundenname, kunde, nom complet, nom et
        prénom, nom du client, client, nombre completo, nombre y apellidos, nombre del cliente, name and surname, nome
        e sobrenome, nome completo, volledige naam, naam, imię i nazwisko, cardholder name
    """,
    "company_name": """
        company, company name, organization, organisation, business, business name, firm, azienda, ditta, ragione
        sociale, società, impresa, firma, firmenname, unternehmen, gesellschaft, entreprise, société, raison sociale,
        nom de l'entreprise, empresa, compañía, razón social, nombre de la empresa, associated company, organization
        name, organization 1 name, organización, business account name, account name, orgname, bedrijf, bedrijfsnaam,
        nome da empresa, nazwa firmy
    """,
    "phone": """
        phone, phone number, telephone, telephone number, mobile, mobile phone, mobile number, cell, cell phone, tel,
        tel., customer phone, sms, sms phone number, whatsapp, phone sms, primary phone, main phone, company main
        phone, contact number, phone 1, phone 1 value, telefono, numero di telefono, cellulare, telefonnummer, telefon,
        handy, handynummer, mobil, mobiltelefon, mobilnummer, rufnummer, téléphone, portable, numéro de téléphone,
        mobile téléphone, gsm, teléfono, móvil, número de teléfono, teléfono móvil, celular, telefono cellulare, numero
        cellulare, telefono fisso, telefono mobile, cell., festnetz, telefonnr, telefon-nr., tel. mobile, tél. mobile,
        tél. portable, tél., téléphone portable, téléphone mobile, teléfono fijo, telefoon, telefoonnummer, mobiel,
        telefone, telemóvel, numer telefonu, telefon komórkowy, phone value
    """,
    "other_emails": """
        other emails, other email, other e-mail addresses, additional emails, additional email, additional email
        addresses, secondary email, second email, email 2, e-mail 2, alternative email, alternate email, altre e-mail,
        e-mail secondaria, seconda e-mail, email alternativa, weitere e-mails, zweite e-mail, zweite e-mail-adresse,
        e-mail secondaire, autres e-mails, correo secundario, otros correos
    """,
    "additional_phones": """
        additional phones, other phones, further phones, second phone, phone 2, phone 2 value, home phone, work phone,
        business phone, other phone, telefon geschäftlich, telefon privat, telefono 2, altro telefono, telefon 2,
        zweites telefon, téléphone 2, teléfono 2
    """,
    "country_code": """
        country, country code, country / region, country/region, nation, country iso, country name, country id, country
        iso code, cc, country code iso, paese, nazione, stato estero, codice paese, land, ländercode, landeskennung,
        länderkürzel, staat, pays, code pays, país, código de país, país / región, land / region, pays / région, paese
        / area geografica, paese/regione, país o región, kraj, codice nazione, stato/nazione, country of residence,
        paese di residenza
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
        commento, memo, promemoria, appunti, notiz, notizen, bemerkung, bemerkungen, kommentar, anmerkung, remarque,
        commentaire, notas, observaciones, comentario, nota interna
    """,
    "is_tax_exempt": """
        tax exempt, tax exemption, is tax exempt, vat exempt, esente iva, esenzione iva, steuerbefreit, steuerfrei,
        umsatzsteuerbefreit, exonéré de tva, exempté de taxe, exento de iva, exento de impuestos
    """,
    "is_active": """
        active, is active, enabled, attivo, attivato, abilitato, aktiv, aktiviert, actif, activé, activo, activado,
        habilitado, is enabled, actief, ativo, aktywny
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
        d'inscription, date de création, inscrit le, fecha de registro, fecha de alta, fecha de creación, registration,
        registrazione, registrierung, inscription, registro, user registered, user_registered, added time, added_time,
        created utc, created date, created time, created on, date created utc, creation time, creation timestamp, first
        seen, signup time, signed up at, signed up, optin time, date d'ajout, ajouté le, hinzugefügt am, aggiunto il,
        data di creazione, data registrazione, data di iscrizione, creato il, fecha registro, data de criação, data de
        registo, registratiedatum, aangemaakt op, data rejestracji, data utworzenia, cdate, customer since, cliente
        dal, kunde seit, client depuis, cliente desde, date subscribed, subscribed date, subscription date, subscribe
        date, optin date, date of registration, account created, kunde angelegt am, profile created
    """,
    "accepts_marketing": """
        accepts marketing, accept marketing, accepts email marketing, marketing, subscribed, subscriber, subscribe,
        subscription, email marketing consent, email subscriber status, opt-in, optin, opt in, marketing consent, email
        opt in, accetta il marketing, consenso marketing, iscritto, akzeptiert marketing, abonniert, accepte le
        marketing, abonné, acepta marketing, suscrito, subscription status, email status, marketing status,
        email subscription status, email subscription, email marketing status, email marketing, consent status,
        opt in status, email consent, marketing emails, receive marketing emails, receives marketing emails,
        receive marketing, subscribe status, subscriber status, marketing contact status, consent to marketing,
        newsletter status, marketing permissions, email marketing opt in, accepts email, stato iscrizione,
        stato iscritto, consenso al marketing, einwilligung, status abonnement, mailing status, anmeldestatus,
        statut d'abonnement, estado de suscripción, status zapisu
    """,
    "accepts_promotional_mail": """
        promotional notifications, promotional mail, promotional emails, accepts promotional emails, special offers,
        consent word promotional, notifiche promozionali,
        e-mail promozionali, werbeeinwilligung, werbe-e-mails, e-mails promotionnels, correos
        promocionales
    """,
    "accepts_newsletter": """
        newsletter, wants newsletter, newsletter subscriber, newsletter subscribed, newsletter subscription, newsletter
        opt-in, newsletter opt in, subscribed to newsletter, is subscribed to newsletter, accepts the newsletter,
        mailing list, consent word newsletter, iscritto alla newsletter,
        iscrizione newsletter, newsletter abonniert, newsletter-abonnent,
        newsletter-anmeldung, abonné à la newsletter, inscrit à la newsletter, boletín, suscrito al boletín
    """,
    "unsubscribed_at": """
        unsubscribed at, unsub time, unsubscribed on, unsubscribe date, unsubscribed date, unsubscribe time,
        opt-out date, opt out date, opted out at, optout date, disiscritto il, abgemeldet am, abmeldedatum,
        désabonné le, désinscrit le, fecha de baja, date unsubscribed, unsubscribed time, unsubscription date,
        opt-out time, optout time, blacklisted at, blocklisted at, data disiscrizione, data di disiscrizione,
        data cancellazione, date de désinscription, date de désabonnement, datum der abmeldung,
        unsubscribed at (utc+0), unsub date, clean time, unsubscribed_date, cleaned at, bounced at,
        austragungsdatum, uitgeschreven op, data de cancelamento, data wypisania, suppressed at
    """,
    "suppressions": """
        email suppressions, suppressions, suppressed, unsubscribed, has unsubscribed, unsubscribed from all email,
        opted out, opted out of email, email opt out, email opt-out, opt out of email, has opted out of email,
        do not email, do not contact, blacklisted, is blacklisted, email blacklisted, email_blacklisted,
        emailblacklisted, blacklist, email blacklist, blocklisted, email blocklisted, blocklist, on blocklist,
        is unsubscribed, globally unsubscribed, bounced, has bounced, is bounced, hard bounced, hard bounce,
        email bounced, invalid email address, complained, spam complaint, marked as spam, disiscritto, desabonné,
        désabonné, désinscrit, abgemeldet, gesperrt, baja, opt out, opt-out, optout, optedout, email optout,
        do not mail, no email, no mailing, is suppressed, unsub, unsubscribed from emails, is opted out, donotemail,
        donotcontact, is blocklisted, bounce, cleaned, global unsubscribe, gdpr opt out, disiscritta, è disiscritto,
        cancellato dalla newsletter, lista nera, non contattare, ist abgemeldet, abbestellt, gesperrt für werbung,
        werbesperre, werbewiderspruch, nicht kontaktieren, est désinscrit, liste noire, ne pas contacter,
        dado de baja, de baja, lista negra, no contactar, uitgeschreven, afgemeld, zwarte lijst, niet mailen,
        descadastrado, cancelou a inscrição, wypisany, wypisana, czarna lista, nie kontaktować
    """,
    "accepts_system_mail": """
        accepts system mail, consent word system, system notifications, notifiche di sistema, systemnachrichten,
        notifications système, notificaciones del sistema
    """,
    "tags": """
        tags, tag, labels, label, keywords, etichette, etichetta, schlagworte, schlagwörter, stichwörter, etiketten,
        étiquettes, étiquette, mots-clés, libellés, etiquetas, etiqueta, palabras clave, group membership,
        gruppenmitgliedschaft, appartenenza al gruppo, groupes de contacts
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


# The parts of an address. They are read by these names beside those of `bulk.columns`, whose short headers are.
_ADDRESS_PARTS = {
    "street_address_1": """
        address, address 1, address1, address line 1, address line1, addressline1, address line, address 1 2, street,
        street 1, street address, street address 1, street name, street name and number, streetaddress, addr, addr1,
        line1, line 1, full address, address formatted, formatted, indirizzo, indirizzo 1, via, via e numero, via e
        numero civico, via/piazza, indirizzo completo, straße, strasse, straße 1, straße und hausnummer, straße
        hausnummer, straße/nr., straße nr, anschrift, adresse, adresse 1, adresszeile 1, rue, rue 1, adresse ligne 1,
        voie, numéro et rue, calle, calle 1, dirección, dirección 1, domicilio, calle y número, straat, straatnaam,
        adres, straat en huisnummer, rua, endereço, endereço 1, morada, logradouro, ulica, ulica i numer
    """,
    "street_address_2": """
        address 2, address2, address line 2, address line2, addressline2, street 2, street address 2, street line 2,
        addr2, line2, line 2, extended address, address extended, apartment, apartment suite, apt, apt suite, suite,
        unit, indirizzo 2, via 2, interno, scala, indirizzo riga 2, straße 2, strasse 2, adresszusatz, adresse 2,
        adresszeile 2, zusatz, rue 2, complément, complément d'adresse, adresse ligne 2, calle 2, dirección 2, piso,
        adres 2, toevoeging, endereço 2, complemento
    """,
    "city": """
        city, town, city town, city/town, suburb, city/suburb, locality, town/city, città, citta, comune, località,
        ort, stadt, wohnort, ville, commune, localité, ciudad, población, localidad, municipio, plaats, woonplaats,
        stad, cidade, localidade, miasto, miejscowość
    """,
    "postal_code": """
        zip, c.p., zip code, zipcode, zip/postal code, zip / postal code, zip postcode, zip/postcode, postal code,
        postalcode, postcode, post code, postal, postal/zip code, cap, codice postale, c.a.p., plz, postleitzahl, code
        postal, cp, código postal, codigo postal, postcode, kod pocztowy, cep
    """,
    "country_area": """
        state, state code, state province, state/province, state / region, state/region, state abbreviation, state
        name, province, province code, province state, province/state, county, region, region code, administrative
        area, state county, state/county, state or province, provincia, prov, prov., regione, provincia/regione,
        bundesland, bundesland/kanton, provinz, kanton, département, dép, dép/région, région, estado, comunidad
        autónoma, provincia o estado, provincie, distrito, województwo, province or region
    """,
}


@cache
def address_parts() -> dict[str, tuple[str, ...]]:
    """Which part of an address each plain name is."""
    return {
        plain(name): (key,)
        for key, listed in reversed(_ADDRESS_PARTS.items())
        for name in re.split(r",\s*", " ".join(listed.split()))
    }


@cache
def names() -> dict[str, tuple[str, ...]]:
    """What each plain name may mean, the likelier first. The other headers decide which."""
    found: dict[str, list[str]] = {}
    for key in IMPORTED:
        listed = re.split(r",\s*", " ".join(_SYNONYMS.get(key, "").split()))
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
