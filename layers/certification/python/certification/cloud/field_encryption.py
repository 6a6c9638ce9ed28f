"""Personal fields, each sealed on its own with the candidate's data key (AES-256-GCM).

The associated data names candidate and field, so a sealed value moved to another field or person does not open.
One KMS call per candidate and process; destroying the row in `Keys` makes every value unreadable for ever.
"""

import base64
import os
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from certification.cloud import clients, memory
from certification.cloud.settings import settings
from certification.cloud.tables.base import Write
from certification.cloud.tables.keys import DataKey, data_keys

NONCE_BYTES = 12


class PersonalKey:
    """Seals and opens the fields of one candidate."""

    def __init__(self, candidate: str, key: bytes) -> None:
        self._candidate = candidate
        self._cipher = AESGCM(key)

    def seal(self, field: str, text: str) -> str:
        """`text` as base64 of nonce and ciphertext. Sealing twice gives two different texts."""
        nonce = os.urandom(NONCE_BYTES)
        return base64.b64encode(nonce + self._cipher.encrypt(nonce, text.encode(), self._name(field))).decode()

    def open(self, field: str, sealed: str) -> str:
        """The text that `seal` was given for this candidate and field; `InvalidTag` for anything else."""
        raw = base64.b64decode(sealed)
        return self._cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], self._name(field)).decode()

    def _name(self, field: str) -> bytes:
        return f"Candidates|{self._candidate}|{field}".encode()


def new_key(candidate: str) -> tuple[PersonalKey, Write]:
    """A data key for a new candidate, and the write that stores it wrapped."""
    answer = clients.kms().generate_data_key(
        KeyId=settings().key("fields"), KeySpec="AES_256", EncryptionContext={"candidate": candidate}
    )
    wrapped = base64.b64encode(answer["CiphertextBlob"]).decode()
    return PersonalKey(candidate, answer["Plaintext"]), data_keys.insert(DataKey(candidate=candidate, wrapped=wrapped))


@lru_cache(maxsize=512)
def key_of(candidate: str) -> PersonalKey:
    """The data key of a candidate. `NotFound` once the person was erased."""
    wrapped = base64.b64decode(data_keys.read(candidate).wrapped)
    answer = clients.kms().decrypt(
        KeyId=settings().key("fields"), CiphertextBlob=wrapped, EncryptionContext={"candidate": candidate}
    )
    return PersonalKey(candidate, answer["Plaintext"])


memory.remembers(key_of.cache_clear)
