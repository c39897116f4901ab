"""A small mail server by IMAP, on a real connection: what the plugin asks of one, in the words of RFC 3501."""

from __future__ import annotations

import re
import socketserver
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any


class Inbox:
    """Messages in the order of their UIDs, with their flags, and the commands that were given."""

    def __init__(self, messages: dict[str, bytes], *, read: int = 0) -> None:
        self.messages = messages
        self.flags = dict.fromkeys(messages, "")
        self.commands: list[str] = []
        self.refused: set[str] = set()  # UIDs of messages that the server does not give
        self.read = read  # messages before them that were read long ago
        self.folder = "INBOX"  # as it is called on the connection
        self.pause = 0.0  # seconds before each byte of a message
        self.stalled: set[str] = set()  # UIDs of messages of which the server sends a few bytes, and no more
        self.unmarked: set[str] = set()  # UIDs of messages whose flags the server does not change
        self.validity = "1"  # with which all UIDs change
        self.url = ""
        self.offers: ssl.SSLContext | None = None  # what the server does after STARTTLS


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        with suppress(ConnectionError, ssl.SSLError):  # the client had enough
            self._talk()

    def _talk(self) -> None:
        self._say(b"* OK [CAPABILITY IMAP4rev1] ready")
        while line := self.rfile.readline():
            tag, _space, command = line.decode("ascii").strip().partition(" ")
            self.server.inbox.commands.append(command)
            self._say(f"{tag} {self._answer(command)}".encode())
            if command == "LOGOUT":
                return
            if command == "STARTTLS":
                self._encrypt()

    def _encrypt(self) -> None:
        offered = self.server.inbox.offers
        assert offered is not None
        link = offered.wrap_socket(self.request, server_side=True)
        self.server.inbox.offers = None
        self.rfile, self.wfile = link.makefile("rb"), link.makefile("wb", buffering=0)  # type: ignore[assignment]

    def _say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")

    def _drip(self, raw: bytes) -> None:
        pause = self.server.inbox.pause
        for piece in [raw[at : at + 1] for at in range(len(raw))] if pause else [raw]:
            time.sleep(pause)
            self.wfile.write(piece)

    def _answer(self, command: str) -> str:
        inbox = self.server.inbox
        if command == "CAPABILITY":
            self._say(b"* CAPABILITY IMAP4rev1" + (b" STARTTLS LOGINDISABLED" if inbox.offers else b""))
        elif command == "STARTTLS" and inbox.offers:
            return "OK begin"
        elif command.startswith("LOGIN"):
            return "OK done" if command == 'LOGIN shop@shop.example "p@ss"' else "NO wrong"
        elif command.startswith("SELECT"):
            if command != f'SELECT "{inbox.folder}"':
                return "NO no such folder"
            self._say(f"* {inbox.read + len(inbox.messages)} EXISTS".encode())
            self._say(f"* OK [UIDVALIDITY {inbox.validity}] UIDs valid".encode())
        elif found := re.fullmatch(r"UID SEARCH (\d+):(\d+) UNSEEN", command):
            first, last = int(found[1]), int(found[2])
            uids = [
                uid
                for number, uid in enumerate(inbox.messages, inbox.read + 1)
                if first <= number <= last and "\\Seen" not in inbox.flags[uid]
            ]
            self._say(" ".join(["* SEARCH", *uids]).encode())
        elif found := re.fullmatch(r"UID SEARCH UID ([\d,]+) (UNSEEN|FLAGGED)", command):
            asked = [uid for uid in found[1].split(",") if uid in inbox.messages]
            flag, is_set = ("\\Flagged", True) if found[2] == "FLAGGED" else ("\\Seen", False)
            self._say(" ".join(["* SEARCH", *(uid for uid in asked if (flag in inbox.flags[uid]) is is_set)]).encode())
        elif found := re.fullmatch(r"UID FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", command):
            if found[1] in inbox.refused:
                return "NO [SERVERBUG] it cannot be read"
            raw = inbox.messages[found[1]][: int(found[2])]
            self._say(b"* 1 FETCH (FLAGS (\\Recent))")  # what another connection did meanwhile
            self._say(f"* 1 FETCH (UID {found[1]} BODY[]<0> {{{len(raw)}}}".encode())
            if found[1] in inbox.stalled:
                self.wfile.write(raw[:10])
                self.rfile.read()  # until the client has had enough
                raise ConnectionAbortedError
            self._drip(raw)
            self.wfile.write(b")\r\n")
        elif found := re.fullmatch(r"UID STORE (\d+) \+FLAGS\.SILENT \((.*)\)", command):
            if found[1] in inbox.unmarked:
                return "NO it is not to be changed"
            inbox.flags[found[1]] = found[2]
        elif command == "LOGOUT":
            self._say(b"* BYE")
        else:
            return "BAD unknown"
        return "OK done"


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    inbox: Inbox
    tls: ssl.SSLContext | None = None

    def get_request(self) -> tuple[Any, Any]:
        link, address = super().get_request()
        return (self.tls.wrap_socket(link, server_side=True) if self.tls else link), address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that refuses the certificate ends the talk: that is what it is to do."""


@contextmanager
def imap_server(inbox: Inbox, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> Iterator[Inbox]:
    """Let a server give these messages, at the address `inbox.url`: by TLS from the first byte, if `tls` is given."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.inbox, server.tls = inbox, tls
        scheme = "imaps" if tls else "imap"
        inbox.url = f"{scheme}://shop%40shop.example:p%40ss@{host}:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield inbox
        finally:
            server.shutdown()
