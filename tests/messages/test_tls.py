"""The mailbox by TLS, with a real server and real certificates: at once, and by STARTTLS."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from saleor_customer_plus.messages import mailbox
from saleor_customer_plus.messages.mailbox import MailboxError

from .imap_server import Inbox, imap_server

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="there is no openssl that makes certificates")

LETTER = b"From: anna@example.com\n\nHello"


def openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority, and certificates by it and by nobody."""
    made = tmp_path_factory.mktemp("certificates")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl(made, "req", "-x509", *key, "-days", "2", "-subj", "/CN=Authority", "-keyout", "ca.key", "-out", "ca.pem")
    for name, alternative in (("other", "DNS:mail.other.example"), ("good", "DNS:localhost")):
        openssl(made, "req", *key, "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
        (made / "names").write_text(f"subjectAltName={alternative}")
        by = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names")
        openssl(made, "x509", "-req", "-in", f"{name}.csr", *by, "-days", "2", "-out", f"{name}.pem")
    own = ("-addext", "subjectAltName=DNS:localhost", "-subj", "/CN=localhost")
    openssl(made, "req", "-x509", *key, "-days", "2", *own, "-keyout", "self.key", "-out", "self.pem")
    openssl(made, "x509", "-req", "-in", "good.csr", *by, "-days", "-1", "-out", "old.pem")
    shutil.copy(made / "good.key", made / "old.key")
    return made


@pytest.fixture(autouse=True)
def _trusted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "ca.pem"))


def presenting(folder: Path, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
    return context


def read(inbox: Inbox) -> list[bytes]:
    with mailbox.opened(inbox.url, seconds=10) as box:
        return [box.message(uid) for uid in box.unread()]


def test_the_mailbox_is_read_by_tls(folder: Path) -> None:
    with imap_server(Inbox({"7": LETTER}), tls=presenting(folder, "good"), host="localhost") as inbox:
        assert read(inbox) == [LETTER]


def test_a_server_that_offers_starttls_gets_no_password_before_it(folder: Path) -> None:
    inbox = Inbox({"7": LETTER})
    inbox.offers = presenting(folder, "good")
    with imap_server(inbox, host="localhost"):
        assert read(inbox) == [LETTER]
    said = [command.partition(" ")[0] for command in inbox.commands]
    assert said.index("STARTTLS") < said.index("LOGIN")


@pytest.mark.parametrize("begins_plain", [False, True])
@pytest.mark.parametrize(
    ("certificate", "said"),
    [("self", "self-signed"), ("other", "of another name"), ("old", "has expired")],
)
def test_a_certificate_that_is_not_to_be_trusted_is_told_in_words_and_gets_no_password(
    folder: Path, begins_plain: bool, certificate: str, said: str
) -> None:
    inbox, shown = Inbox({"7": LETTER}), presenting(folder, certificate)
    inbox.offers = shown if begins_plain else None
    with (
        imap_server(inbox, tls=None if begins_plain else shown, host="localhost"),
        pytest.raises(MailboxError, match=f"The certificate of the mail server is refused: .*{said}") as raised,
    ):
        read(inbox)
    assert not any(word in str(raised.value) for word in ("localhost", "p@ss", "shop@"))
    assert not any("LOGIN" in command for command in inbox.commands)


def test_an_issuer_that_this_machine_does_not_know(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "self.pem"))
    with (
        imap_server(Inbox({}), tls=presenting(folder, "good"), host="localhost") as inbox,
        pytest.raises(MailboxError, match="its issuer is not among those that this machine trusts"),
    ):
        read(inbox)


def test_a_server_that_speaks_no_tls_at_the_port(folder: Path) -> None:
    with imap_server(Inbox({}), host="localhost") as inbox:
        inbox.url = inbox.url.replace("imap://", "imaps://")
        with pytest.raises(MailboxError, match="does not speak TLS at this port"):
            read(inbox)


def test_a_talk_by_tls_ends_at_its_time_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often the server sends a byte: by TLS from the first byte, and after STARTTLS."""
    monkeypatch.setattr(mailbox, "GRACE", 0)
    for begins_plain in (False, True):
        inbox, shown = Inbox({"7": LETTER * 100}), presenting(folder, "good")
        inbox.pause, inbox.offers = 0.05, shown if begins_plain else None
        with (
            imap_server(inbox, tls=None if begins_plain else shown, host="localhost"),
            pytest.raises(MailboxError, match="TimeoutError"),
            mailbox.opened(inbox.url, seconds=2) as box,
        ):
            box.message("7")
