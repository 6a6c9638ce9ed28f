"""E-mail and SMS. One attempt: a letter whose answer was lost may have been sent, and is never sent again blindly."""

from botocore.exceptions import ClientError

from certification.cloud import clients
from certification.cloud.settings import settings


class NotSent(Exception):
    """The service answered no: the letter did not go, and may be tried again."""


def send_email(to: str, subject: str, text: str, html: str | None = None) -> None:
    """Send one e-mail, text part first."""
    body: dict[str, dict[str, str]] = {"Text": {"Data": text, "Charset": "UTF-8"}}
    if html:
        body["Html"] = {"Data": html, "Charset": "UTF-8"}
    try:
        clients.mail().send_email(
            FromEmailAddress=settings().mail_from,
            Destination={"ToAddresses": [to]},
            Content={"Simple": {"Subject": {"Data": subject, "Charset": "UTF-8"}, "Body": body}},  # type: ignore[typeddict-item]
        )
    except ClientError as error:
        raise NotSent(error.response["Error"]["Code"]) from None


def send_sms(to: str, text: str) -> None:
    """Send one SMS to a number in E.164 form."""
    try:
        clients.text_messages().publish(PhoneNumber=to, Message=text)
    except ClientError as error:
        raise NotSent(error.response["Error"]["Code"]) from None
