"""A mail server of the test's own: a real socket that speaks SMTP, in a thread, and keeps what it is given."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class Box:
    """What came in, and how the server behaves: ``answers`` replaces its answer to a command by the command's first words."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    silent: threading.Event | None = None
    """While set and not fired, the server says nothing at all."""


class Talk(socketserver.StreamRequestHandler):
    """One connection."""

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self) -> None:
        box: Box = self.server.box  # type: ignore[attr-defined]
        if box.silent is not None:
            box.silent.wait(30)
            return
        self.say("220 postman ready")
        while line := self.rfile.readline().decode("ascii", "replace").strip():
            verb, _, rest = line.partition(" ")
            line = f"{verb.upper()} {rest}".strip()
            box.heard.append(line)
            if planned := next((answer for words, answer in box.answers.items() if line.startswith(words)), None):
                self.say(planned)
                if planned.startswith("421"):
                    return
            elif line.startswith("EHLO"):
                self.say("250-postman")
                self.say("250 AUTH PLAIN")
            elif line.startswith("DATA"):
                self.say("354 go on")
                self.take(box)
            elif line.startswith("QUIT"):
                self.say("221 bye")
                return
            else:
                self.say("235 ok" if line.startswith("AUTH") else "250 ok")

    def take(self, box: Box) -> None:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        box.raw.append(b"".join(lines))
        box.mails.append(message_from_bytes(box.raw[-1], policy=policy.default))  # type: ignore[arg-type]
        self.say(box.answers.get("END", "250 kept"))


@contextmanager
def postman() -> Iterator[Box]:
    """A server on a free port of this machine; gone after the block."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk) as server:
        server.daemon_threads = True
        server.box = Box(server.server_address[1])  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server.box  # type: ignore[attr-defined]
        finally:
            server.shutdown()
            thread.join()
