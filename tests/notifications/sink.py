"""A mail server of this process, for whatever has to arrive somewhere."""

import socket
import threading
from email import message_from_bytes

from aiosmtpd.controller import Controller


class Sink:
    """A mail server on a port of this machine that keeps what it accepts, and from whom.

    ``answers`` maps an address to the reply its RCPT gets; ``reply_to_data`` is called with the
    message's id before it is accepted and may answer otherwise, or wait. What is larger than
    ``limit`` is refused, and ``sever()`` breaks the connections.
    """

    def __init__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.accepted = []
        self.senders = []
        self.connections = 0
        self.answers = {}
        self.reply_to_data = None
        self.limit = None
        self.servers = set()
        self.lock = threading.Lock()
        self.controller = None

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def ids(self):
        return [message["Message-ID"] for message in self.accepted]

    def up(self):
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def down(self):
        if self.controller:
            self.controller.stop()
            self.controller = None

    def sever(self):
        for server in self.servers:
            server.transport.abort()

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        self.servers.add(server)
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):
        if answer := self.answers.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.limit and len(envelope.content) > self.limit:
            return "552 5.3.4 Message too big"
        message = message_from_bytes(envelope.content)
        if self.reply_to_data and (answer := await self.reply_to_data(message["Message-ID"])):
            return answer
        with self.lock:
            self.accepted.append(message)
            self.senders.append(envelope.mail_from)
        return "250 OK"
