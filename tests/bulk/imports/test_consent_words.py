"""What files say of consents, in the words of eight languages."""

from __future__ import annotations

import pytest

from saleor_customer_plus.bulk.imports.job_settings import status_of_name
from saleor_customer_plus.bulk.imports.values.base import Unreadable
from saleor_customer_plus.bulk.imports.values.choices import Answer, answer_of, flag_of, suppression_of

SAID = {
    Answer.YES: """
        opt in | opt_in | opt-in | opted in | Opted-In | OPTED_IN | optin | subscribed | Subscribed | SUBSCRIBED |
        confirmed | active | Active | yes | Yes | YES | y | true | TRUE | 1 | 1.0 | x | X | ✓ | ✔ | ☑ | ✅ | ✔️ | on |
        ok | double opt-in | Double Opt In | single_opt_in | confirmed_opt_in | iscritto | Iscritta | iscritti |
        ISCRITTE | attivo | Sì | si | SI | vero | accettato | acconsente | consenso dato | angemeldet | Angemeldet |
        abonniert | Abonnent | ja | Ja | wahr | aktiv | zugestimmt | eingewilligt | bestätigt | eingetragen |
        inscrit | Inscrite | inscrits | abonné | Abonnée | ABONNÉS | oui | Oui | vrai | actif | accepté | confirmé |
        suscrito | Suscrita | suscritos | sí | Sí | verdadero | dado de alta | acepta | activo | ingeschreven |
        aangemeld | geabonneerd | ja | actief | bevestigd | sim | Sim | inscrito | inscrita | ativo | assinante |
        subscrito | aceito | tak | Tak | zapisany | Zapisana | zapisani | aktywny | potwierdzony | zgoda |
        subskrybent | Subscribed (double opt-in) | Yes - confirmed | subscribed, confirmed | accepts | agreed |
        consented | granted | Opted in. | "subscribed" | is subscribed | Email: subscribed
    """,
    Answer.NO: """
        no | No | NO | n | false | FALSE | 0 | 0.0 | off | none | never | not subscribed | NOT_SUBSCRIBED |
        never subscribed | NEVER_SUBSCRIBED | non-subscribed | nonsubscribed | not_opted_in | not opted in | pending |
        Pending | PENDING | unconfirmed | not confirmed | awaiting confirmation | inactive | archived |
        transactional | ✗ | ✘ | ☐ | ❌ | non iscritto | Non iscritta | mai iscritto | in attesa | non confermato |
        inattivo | falso | rifiutato | nessun consenso | nein | Nein | nicht angemeldet | nicht abonniert |
        nie angemeldet | ausstehend | unbestätigt | nicht bestätigt | inaktiv | falsch | non | Non | non inscrit |
        pas inscrit | jamais inscrit | non abonné | en attente | non confirmé | inactif | faux | no suscrito |
        nunca suscrito | pendiente | sin confirmar | no confirmado | inactivo | nee | Nee | niet ingeschreven |
        nooit ingeschreven | niet aangemeld | in afwachting | onbevestigd | não | Não | não inscrito |
        nunca inscrito | pendente | não confirmado | inativo | nie | Nie | niezapisany | nie zapisany |
        nigdy nie zapisany | oczekujący | niepotwierdzony | brak zgody | not unsubscribed | never bounced |
        not suppressed | declined | soft bounce | Pending (double opt-in sent) | subscribed, pending
    """,
    Answer.WITHDRAWN: """
        unsubscribed | Unsubscribed | UNSUBSCRIBED | unsubscribe | unsub | opted out | opt out | opt_out | opt-out |
        OPTED_OUT | optout | withdrawn | revoked | suppressed | blacklisted | Blacklisted | blocklisted | complained |
        complaint | spam | spam complaint | marked as spam | abuse | do not contact | do-not-email | doNotContact |
        DNC | cancelled | canceled | disiscritto | Disiscritta | disiscritti | disiscritte | cancellato | revocato |
        disabbonato | abgemeldet | Abgemeldet | abbestellt | ausgetragen | widerrufen | gesperrt | désabonné |
        Désabonnée | desabonne | désinscrit | Désinscrite | désinscrits | révoqué | dado de baja | Dada de baja |
        baja | desuscrito | cancelado | revocado | uitgeschreven | Uitgeschreven | afgemeld | opgezegd |
        descadastrado | cancelada | desinscrito | wypisany | Wypisana | wypisani | zrezygnował | zgoda cofnięta |
        Unsubscribed (spam complaint) | has unsubscribed | user opted out | opted out by phone |
        unsubscribed: 2024-01-01 | unsubscribed - link | Global Unsubscribe | Unsubscribed on 2024-01-01 |
        hat sich abgemeldet
    """,
    Answer.BOUNCED: """
        bounced | Bounced | BOUNCED | bounce | cleaned | Cleaned | CLEANED | hard bounce | HARD_BOUNCE |
        hard-bounced | hardbounce | invalid | invalid email | undeliverable | rimbalzato | non valido | unzustellbar |
        ungültig | rebond | invalide | rebotado | ongeldig | odbity | Cleaned (hard bounce) | email bounced
    """,
}


@pytest.mark.parametrize("answer", SAID)
def test_consents_are_read_in_the_words_of_eight_languages(answer: Answer) -> None:
    wrong = {}
    for cell in (one.strip() for one in SAID[answer].split("|")):
        for spelt in (cell, cell.upper(), cell.capitalize(), f" {cell}. "):
            try:
                read = answer_of(spelt)
            except Unreadable:
                read = None
            if read is not answer:
                wrong[spelt] = read
    assert wrong == {}


def test_hundreds_of_words_are_tried() -> None:
    assert sum(len(words.split("|")) for words in SAID.values()) >= 300


@pytest.mark.parametrize(
    "cell",
    ["", "perhaps", "2", "yes no", "yes but", "subscribed?", "weekly", "2024-01-01", "imported", "email confirmed"],
)
def test_what_is_neither_yes_nor_no_is_not_guessed(cell: str) -> None:
    with pytest.raises(Unreadable, match="neither yes nor no"):
        answer_of(cell)


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        ("1", Answer.WITHDRAWN), ("yes", Answer.WITHDRAWN), ("2024-01-01", Answer.WITHDRAWN),
        ("user asked", Answer.WITHDRAWN),
        ("['UNSUBSCRIBE']", Answer.WITHDRAWN), ("complaint", Answer.WITHDRAWN), ("x", Answer.WITHDRAWN),
        ("HARD_BOUNCE", Answer.BOUNCED), ("rimbalzato", Answer.BOUNCED), ("['BOUNCE', 'SPAM']", Answer.BOUNCED),
        ("0", Answer.NO), ("no", Answer.NO), ("[]", Answer.NO), ("nein", Answer.NO), ("not suppressed", Answer.NO),
        ("subscribed", Answer.NO), ("Opted in", Answer.NO), ("n/a", Answer.NO), ("-", Answer.NO), ("never", Answer.NO),
    ],
)  # fmt: skip
def test_a_column_of_who_must_not_be_written_to(cell: str, answer: Answer) -> None:
    assert suppression_of(cell) is answer


def test_a_column_of_bounces() -> None:
    assert suppression_of("yes", is_of_bounces=True) is Answer.BOUNCED
    assert suppression_of("no", is_of_bounces=True) is Answer.NO
    assert suppression_of("unsubscribed", is_of_bounces=True) is Answer.WITHDRAWN


@pytest.mark.parametrize(
    ("cell", "flag"),
    [("Sì", True), ("attiva", True), ("TAK", True), ("✓", True), ("nee", False), ("☐", False), ("disabled", False)],
)
def test_flags_in_the_same_words(cell: str, flag: bool) -> None:
    assert flag_of(cell) is flag


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("unsubscribed_members_export_1a2b.csv", Answer.WITHDRAWN), ("Unsubscribes 2024.xlsx", Answer.WITHDRAWN),
        ("opt-out.csv", Answer.WITHDRAWN), ("opted_out_contacts.csv", Answer.WITHDRAWN),
        ("blacklist.csv", Answer.WITHDRAWN),
        ("suppression_list.csv", Answer.WITHDRAWN), ("do-not-email.csv", Answer.WITHDRAWN),
        ("disiscritti.csv", Answer.WITHDRAWN),
        ("Abgemeldete Empfänger.csv", Answer.WITHDRAWN), ("désabonnés.csv", Answer.WITHDRAWN),
        ("désinscrits 2024.csv", Answer.WITHDRAWN), ("dados de baja.csv", Answer.WITHDRAWN),
        ("uitgeschreven.csv", Answer.WITHDRAWN),
        ("wypisani.csv", Answer.WITHDRAWN), ("cleaned_members_export.csv", Answer.BOUNCED),
        ("hard bounces.csv", Answer.BOUNCED),
        ("nonsubscribed_members.csv", Answer.NO), ("non iscritti.csv", Answer.NO), ("Nicht angemeldet.csv", Answer.NO),
        ("pending.csv", Answer.NO), ("subscribed_members_export.csv", Answer.YES), ("customers.csv", None),
        ("Baja California.csv", None), ("subscribers of spam-free.csv", None), ("abonnés.csv", None),
    ],
)  # fmt: skip
def test_what_the_name_of_a_file_says(name: str, answer: Answer | None) -> None:
    assert status_of_name(name) is answer
