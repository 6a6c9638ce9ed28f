"""E-mail and SMS. One attempt: a letter whose answer was lost may have been sent, and is never sent again blindly."""

from email.message import EmailMessage
from email.policy import SMTP

from botocore.exceptions import ClientError

from certification.cloud import clients
from certification.cloud.settings import settings


class NotSent(Exception):
    """The service answered no: the letter did not go, and may be tried again."""


def send_email(to: str, subject: str, text: str, html: str | None = None) -> None:
    """Send one e-mail: the text part first and complete, HTML as its alternative.

    The message is put together here, because a name in a header or a body is data, never syntax (ASVS V1.3.11).
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = settings().mail_from
    message["To"] = to
    message["Subject"] = subject
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    try:
        clients.mail().send_email(
            FromEmailAddress=settings().mail_from,
            Destination={"ToAddresses": [to]},
            Content={"Raw": {"Data": message.as_bytes()}},
        )
    except ClientError as error:
        raise NotSent(error.response["Error"]["Code"]) from None


def send_sms(to: str, text: str) -> None:
    """Send one SMS to a number in E.164 form."""
    try:
        clients.text_messages().publish(PhoneNumber=to, Message=text)
    except ClientError as error:
        raise NotSent(error.response["Error"]["Code"]) from None
