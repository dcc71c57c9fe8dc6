"""Servers that accept a connection and then say nothing; and a mail server that does so at first only."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from config.stack.ports import LOOPBACK


@contextmanager
def silent_server() -> Iterator[int]:
    """The port of one."""
    connections: list[socket.socket] = []
    with socket.create_server((LOOPBACK, 0), backlog=128) as server:

        def accept() -> None:
            while True:
                try:
                    connections.append(server.accept()[0])
                except OSError:
                    return

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1]
    for each in connections:
        each.close()


@dataclass
class Mailbox:
    """`silent` is how many more connections are not answered; `came` are recipients."""

    port: int = 0
    silent: int = 0
    came: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def takes(self) -> bool:
        """Whether the next connection is answered."""
        with self.lock:
            self.silent -= 1
            return self.silent < 0


@contextmanager
def mail_server(*, silent: int) -> Iterator[Mailbox]:
    """SMTP without TLS, which leaves the first connections without a word."""
    mailbox, over = Mailbox(silent=silent), threading.Event()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            if not mailbox.takes():
                over.wait()
                return
            self.say("220 here")
            while line := self.rfile.readline().decode().strip():
                self.answer(line)

        def answer(self, line: str) -> None:
            if line.upper().startswith("RCPT TO:"):
                mailbox.came.append(line[8:].strip("<>").partition(">")[0])
            if line.upper() == "DATA":
                self.say("354 go on")
                while self.rfile.readline() not in (b".\r\n", b""):
                    continue
            self.say("221 bye" if line.upper() == "QUIT" else "250 yes")

        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    with socketserver.ThreadingTCPServer((LOOPBACK, 0), Handler) as server:
        server.daemon_threads = True
        mailbox.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield mailbox
        over.set()
        server.shutdown()
