"""What files say of consents, in English, Italian, German, French, Spanish, Dutch, Portuguese and Polish.

Words are spelt as `base.plain` spells them: without case, accents and punctuation. A star stands for the endings of
gender and number that follow it.
"""

from __future__ import annotations

from collections.abc import Iterator


def _phrases(text: str) -> frozenset[str]:
    return frozenset(_forms(text))


def _forms(text: str) -> Iterator[str]:
    for phrase in text.split(","):
        stem, star, endings = " ".join(phrase.split()).partition("*")
        yield stem
        if star:
            yield from (stem + ending for ending in endings.split("/"))


# Yes, without saying to what.
AFFIRMATIVE = _phrases(
    """
    yes, yep, yeah, y, true, t, 1, 1 0, on, x, ok, okay, enabled, active, activated, confirmed, si, s, vero, vera,
    attiv*o/a/i/e, attivat*o/a, abilitat*o/a, confermat*o/a, ja, j, wahr, aktiv*e/er/es, aktiviert*e, bestatigt*e,
    bestaetigt, oui, o, vrai, actif*s, active*s, activ*e, confirme*e, verdadero, activ*o/a, confirmad*o/a,
    habilitad*o/a, waar, actief, actieve, bevestigd, sim, verdadeir*o/a, ativ*o/a, ativad*o/a, tak, prawda,
    aktywn*y/a/e, potwierdzon*y/a/e
    """
)
# Yes to mail.
GRANTED = _phrases(
    """
    subscribed, subscriber*s, subscribe*s, opt in, optin, opted in, optedin, opts in, double opt in, double optin,
    single opt in, confirmed opt in, soft opt in, accepted, accepts, accept, agreed, agrees, consented, consents,
    consent given, consent granted, granted, allowed, permitted, opted, iscritt*o/a/i/e, abbonat*o/a/i/e,
    accettat*o/a, accetta, acconsente, ha acconsentito, consenso dato, consenso prestato, consenso concesso,
    autorizzat*o/a, registrat*o/a alla newsletter, angemeldet*e/er, abonniert*e, abonnent*in/en, eingetragen*e,
    eingeschrieben, zugestimmt, zustimmung, zustimmung erteilt, eingewilligt, einwilligung, einwilligung erteilt,
    akzeptiert, erlaubt, inscrit*e/s/es, abonne*e/s/es, accepte*e, consenti, consentement donne, souscrit*e,
    autorise*e, d accord, suscrit*o/a/os/as, suscript*o/a, subscrit*o/a, inscrit*o/a, apuntad*o/a, dado de alta,
    dada de alta, de alta, alta, acepta, aceptad*o/a, autorizad*o/a, consentimiento otorgado, ingeschreven,
    aangemeld, geabonneerd, abonnee*s, akkoord, toestemming, toestemming gegeven, geaccepteerd, inscrit*o/a/os/as,
    assinante, cadastrad*o/a, aceito, aceite, aceitou, consentimento dado, zapisan*y/a/e/i, zapisano,
    subskrybent*ka, subskrybuje, subskrybowan*y/a, zgoda, zgoda wyrazona, wyrazono zgode, zaakceptowan*y/a
    """
)
# No, in the sense of "not yet" or "not at all": nobody took anything back.
REFUSED = _phrases(
    """
    no, nope, n, false, f, 0, 0 0, off, disabled, inactive, deactivated, suspended, none, never, not set,
    no consent, declined, rejected, refused, denied, does not accept, not given, nonsubscribed, non subscriber*s,
    archived, deleted, transactional, pending, unconfirmed, unverified, awaiting confirmation, waiting,
    waiting for confirmation, to be confirmed, confirmation pending, pending confirmation, not yet confirmed,
    soft bounce, soft bounced, softbounce, falso, falsa, inattiv*o/a/i/e, disattiv*o/a, disattivat*o/a,
    disabilitat*o/a, in attesa, in attesa di conferma, da confermare, rifiutat*o/a, rifiuta, negat*o/a,
    consenso negato, nessun consenso, mai, nein, falsch, inaktiv*e/er, deaktiviert, ausstehend, wartend, wartet,
    bestatigung ausstehend, unbestatigt, unbestaetigt, abgelehnt, keine einwilligung, keine zustimmung, nie, non,
    faux, inactif*s, inactive*s, en attente, en attente de confirmation, a confirmer, refuse*e, desactive*e, jamais,
    pas de consentement, inactiv*o/a, pendiente, pendiente de confirmar, pendiente de confirmacion, sin confirmar,
    por confirmar, rechazad*o/a, desactivad*o/a, deshabilitad*o/a, nunca, sin consentimiento, nee, neen, onwaar,
    inactief, in afwachting, onbevestigd, geweigerd, nooit, geen toestemming, nao, inativ*o/a, pendente,
    por confirmar, aguardando confirmacao, recusad*o/a, desativad*o/a, sem consentimento, nie, falsz,
    nieaktywn*y/a/e, niezapisan*y/a, oczekujac*y/a, oczekuje, w oczekiwaniu, niepotwierdzon*y/a, odrzucon*a,
    brak zgody, nigdy
    """
)
# A no that somebody said, or that stands above any yes.
WITHDRAWN = _phrases(
    """
    unsubscribed, unsubscribe*s, unsub*s, opted out, opt out, optout, optedout, opts out, withdrawn, withdrew,
    revoked, cancelled, canceled, suppressed, suppression, suppress, blacklisted, blacklist, black listed,
    blocklisted, blocklist, block listed, denylisted, blocked, banned, complained, complaint*s, complainer, spam,
    spam complaint, spam report, marked as spam, reported spam, reported as spam, abuse, abuse complaint,
    do not contact, do not email, do not mail, do not e mail, donotcontact, donotemail, dnc, consent withdrawn,
    consent revoked, objected, disiscritt*o/a/i/e, disiscrizione, disabbonat*o/a, cancellat*o/a/i/e,
    iscrizione annullata, iscrizione cancellata, annullat*o/a, revocat*o/a, ritirat*o/a, bloccat*o/a, in lista nera,
    lista nera, non contattare, opposizione, abgemeldet*e/er, abmeldung, abbestellt*e, abbestellung, ausgetragen,
    widerrufen, widerruf, widersprochen, widerspruch, gekundigt, gekuendigt, gesperrt*e, geblockt, blockiert,
    schwarze liste, nicht kontaktieren, keine werbung, werbesperre, werbewiderspruch, desabonne*e/s/es,
    desabonnement, desinscrit*e/s/es, desinscription, retire*e, revoque*e, resilie*e, annule*e, bloque*e,
    liste noire, blackliste*e, plainte, ne pas contacter, stop, dado de baja, dada de baja, dados de baja,
    dadas de baja, de baja, baja, desuscrit*o/a/os/as, desinscrit*o/a, desapuntad*o/a, cancelad*o/a,
    suscripcion cancelada, revocad*o/a, retirad*o/a, bloquead*o/a, lista negra, no contactar, no molestar,
    uitgeschreven, afgemeld, opgezegd, ingetrokken, toestemming ingetrokken, geblokkeerd, zwarte lijst,
    niet contacteren, niet mailen, klacht, descadastrad*o/a, descadastro, desinscrit*o/a, dessubscrit*o/a, cancelou,
    inscricao cancelada, removid*o/a, revogad*o/a, nao contactar, nao contatar, wypisan*y/a/e/i, wypisano,
    wyrejestrowan*y/a, odsubskrybowan*y/a, zrezygnowal*a, rezygnacja, cofniet*o/a/y, zgoda cofnieta, wycofan*o/a/y,
    zgoda wycofana, zablokowan*y/a, czarna lista, nie kontaktowac
    """
)
# The address does not accept messages.
BOUNCED = _phrases(
    """
    cleaned, bounced, bounce*s, hard bounce*s, hard bounced, hardbounce*d, invalid, invalid email, invalid address,
    undeliverable, undelivered, mailbox not found, does not exist, rimbalzat*o/a/i/e, respint*o/a, non recapitabile,
    non valid*o/a, unzustellbar, nicht zustellbar, ungultig, ungueltig, gebounct, zuruckgewiesen, rebond,
    rebond dur, invalide, non distribuable, non distribue, rebotad*o/a, rebote, rebote duro, invalid*o/a,
    no valid*o/a, gebounced, onbestelbaar, ongeldig, devolvid*o/a, odbit*y/a/e, nieprawidlow*y/a, niedoreczaln*y/a
    """
)
NEGATIONS = _phrases(
    """
    not, never, non, no, mai, nicht, nie, noch nicht, noch nie, pas, jamais, n est pas, nunca, niet, nooit, nao,
    nigdy, nigdy nie, not yet, was never, isn t, is not
    """
)
# What stands before a word and changes nothing: "has opted in", "e-mail: subscribed".
NOISE = _phrases(
    """
    is, has, was, have, email, e mail, newsletter, status, user, customer, contact, currently, marketing, ist,
    hat, sich,
    est, s est, esta, ha, e, jest, zostal
    """
)
# Signs, which `base.plain` leaves out.
YES_SIGNS = frozenset("✓✔☑✅√●")
NO_SIGNS = frozenset("✗✘✕✖❌☐○")
