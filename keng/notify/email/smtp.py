"""One SMTP connection for as many messages as wait. Every step has a limit in seconds, and so has the whole of a message."""

import secrets
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from django.conf import settings
from django.utils.timezone import get_default_timezone

from keng.notify.channels import Refused, TryLater
from keng.notify.email.address import Server, read

STEP = 15.0  # seconds for one answer of the server
WHOLE = 45.0  # seconds for connecting, signing in and handing over one message, however busily the server drips


def ready() -> bool:
    return bool(settings.SMTP_URL)


@contextmanager
def open_session() -> Iterator["Mail"]:
    mail = Mail(read(settings.SMTP_URL))
    try:
        yield mail
    finally:
        mail.close()


class Mail:
    """A connection to our server, made when the first message is sent."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.connection: smtplib.SMTP | None = None

    def send(self, *, address: str, subject: str, body: str) -> None:
        """Raises Refused where the server refuses this address, TryLater for whatever else goes wrong."""
        with self._limited():
            try:
                written = compose(sender=settings.MAIL_FROM, address=address, subject=subject, body=body)
                connection = self.connection or self._connect()
                connection.sendmail(parseaddr(settings.MAIL_FROM)[1], [address], written)
            except smtplib.SMTPRecipientsRefused as error:
                [(code, _words)] = error.recipients.values()
                raise Refused(str(code), for_good=500 <= code < 600) from error
            except smtplib.SMTPResponseException as error:
                raise TryLater(str(error.smtp_code)) from error
            except ssl.SSLError as error:
                raise TryLater("tls") from error
            except TimeoutError as error:
                raise TryLater("timeout") from error
            except ValueError as error:  # an address that no header or command can hold
                raise Refused("address", for_good=True) from error
            except (OSError, smtplib.SMTPException) as error:
                raise TryLater("timeout" if isinstance(error.__context__, TimeoutError) else "connection") from error

    def close(self) -> None:
        if self.connection is not None:
            with suppress(OSError, smtplib.SMTPException):
                self.connection.quit()
            self.connection = None

    def _connect(self) -> smtplib.SMTP:
        server, context = self.server, ssl.create_default_context()
        if server.scheme == "smtps":
            made: smtplib.SMTP = smtplib.SMTP_SSL(timeout=STEP, context=context, local_hostname="keng")
        else:
            made = smtplib.SMTP(timeout=STEP, local_hostname="keng")
        self.connection = made
        # `_host` is what the certificate is checked against; given to the constructor, the connection would be made before we hold it.
        made._host = server.host  # type: ignore[attr-defined]
        made.connect(server.host, server.port)
        if server.scheme == "smtp+starttls":
            made.starttls(context=context)
        if server.user:
            made.login(server.user, server.password)
        return made

    @contextmanager
    def _limited(self) -> Iterator[None]:
        """Cuts the line when the whole takes too long: a limit for each answer alone lets a server drip on for ever."""
        timer = threading.Timer(WHOLE, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        except TryLater as error:
            if not isinstance(error, Refused):
                self._drop()
            raise
        finally:
            timer.cancel()

    def _cut(self) -> None:
        line = self.connection.sock if self.connection else None
        if line is not None:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def _drop(self) -> None:
        """After an error the connection may be in any state: it is not spoken to again."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def compose(*, sender: str, address: str, subject: str, body: str, now: datetime | None = None) -> bytes:
    """The whole message. Its length depends on those of sender, address, subject and body alone: date and id are of constant length."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, address, subject
    message["Date"] = format_datetime((now or datetime.now(get_default_timezone())).replace(microsecond=0))
    message["Message-ID"] = f"<{secrets.token_hex(16)}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body, charset="utf-8", cte="base64")
    return message.as_bytes()
