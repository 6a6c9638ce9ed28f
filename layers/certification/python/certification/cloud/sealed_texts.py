"""Texts about people we hold no key for, sealed under our own: what the public writes to us. At most 4,096 bytes."""

import base64

from certification.cloud import clients
from certification.cloud.settings import settings


def seal(case: str, text: str) -> str:
    """The text as only this case's reader can open it."""
    answer = clients.kms().encrypt(
        KeyId=settings().key("fields"), Plaintext=text.encode(), EncryptionContext={"case": case}
    )
    return base64.b64encode(answer["CiphertextBlob"]).decode()


def unseal(case: str, sealed: str) -> str:
    """The text that `seal` was given for this case."""
    answer = clients.kms().decrypt(
        KeyId=settings().key("fields"),
        CiphertextBlob=base64.b64decode(sealed),
        EncryptionContext={"case": case},
    )
    return answer["Plaintext"].decode()
