"""KMS as patched: keys that refuse, digests that stay digests."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from local.clock import VirtualClock
from tests.local.patched_moto import client, patched_moto


@pytest.fixture
def clock() -> Iterator[VirtualClock]:
    with patched_moto() as patched:
        yield patched.clock


def error_of(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as refusal:
        call(**arguments)
    code: str = refusal.value.response["Error"]["Code"]
    return code


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(("state", "code"), [("disable", "DisabledException"), ("delete", "KMSInvalidStateException")])
def test_a_key_that_is_disabled_or_pending_deletion_refuses_to_work(state: str, code: str) -> None:
    kms = client("kms")
    data = kms.create_key()["KeyMetadata"]["Arn"]
    seal = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    mac = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["Arn"]
    kms.create_alias(AliasName="alias/fields", TargetKeyId=data)
    blob = kms.encrypt(KeyId="alias/fields", Plaintext=b"x")["CiphertextBlob"]
    for key in (data, seal, mac):
        if state == "disable":
            kms.disable_key(KeyId=key)
        else:
            kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert error_of(kms.encrypt, KeyId="alias/fields", Plaintext=b"x") == code
    assert error_of(kms.decrypt, CiphertextBlob=blob) == code
    assert error_of(kms.generate_data_key, KeyId=data, KeySpec="AES_256") == code
    assert error_of(kms.sign, KeyId=seal, Message=b"x", SigningAlgorithm="ECDSA_SHA_256") == code
    digest = {"Message": bytes(32), "MessageType": "DIGEST", "SigningAlgorithm": "ECDSA_SHA_256"}
    assert error_of(kms.sign, KeyId=seal, **digest) == code
    assert error_of(kms.generate_mac, KeyId=mac, Message=b"x", MacAlgorithm="HMAC_SHA_256") == code


@pytest.mark.usefixtures("clock")
def test_a_key_that_is_enabled_again_works_again() -> None:
    kms = client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    kms.disable_key(KeyId=key)
    kms.enable_key(KeyId=key)
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"


@pytest.mark.usefixtures("clock")
def test_a_signed_digest_verifies_as_the_message_it_came_from() -> None:
    kms = client("kms")
    key = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    request = {"KeyId": key, "MessageType": "DIGEST", "SigningAlgorithm": "ECDSA_SHA_256"}
    signature = kms.sign(Message=sha256(b"the document").digest(), **request)["Signature"]
    public = load_der_public_key(kms.get_public_key(KeyId=key)["PublicKey"])
    assert isinstance(public, ec.EllipticCurvePublicKey)
    public.verify(signature, b"the document", ec.ECDSA(hashes.SHA256()))
    assert kms.verify(Message=sha256(b"the document").digest(), Signature=signature, **request)["SignatureValid"]
    wrong = {**request, "Message": sha256(b"another").digest(), "Signature": signature}
    assert error_of(kms.verify, **wrong) == "KMSInvalidSignatureException"
    assert error_of(kms.sign, **{**request, "Message": bytes(31)}) == "ValidationException"
