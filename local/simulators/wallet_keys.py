"""KEYS of the simulated wallets, printed because they protect nothing: one of the provider, one of the merchant (us).

They stand here as primes, so that what is signed with them is the same on every machine.
"""

import base64
import hashlib
from functools import cache

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

_PROVIDER_P = (
    "d1a9a9a2736e3587122aacc321ae8f20de5fcd8b61c4641b40e1ea13813c47b9989bb62534bfff9b81e0b91d6de10881ce49"
    "4fd23f16cd9e23bef9d6e64c03722621d579f39e0b34df88169f8846156b83da49fa7b8b99ecc581a6f1ee766e7806564bf9"
    "6c9a47296fdfba4dc7b1c407e7d2d4ecd5e8733b6c3e5eac3af90993"
)
_PROVIDER_Q = (
    "c953fd01846d8d1c54b9b28279ce56893f0cbdbe8abde35237dca6f354a550de1c31e5710cefcb8f5400e500e4b9d36b3006"
    "87a5cc952bada12b37e4471511129dfe93d6106b6c5c4251b6b5ee7bb30c14ec1ac1753ed59dfe876cb345fde7f6a5614754"
    "997edc1de2cf64b4676f4a5d64031262fb9a9d2a7ec403a395a08161"
)
_MERCHANT_P = (
    "f2887fe2cc6fe66109440a4ceb4d43b7303313b3db210c37e6e041e5cdcc753a0c94b88832992439093882861c8b3ae20a62"
    "92cfb4e09f2d22a8aef2f1e6e8a21473117ce149fc952ae6abd2092df06429bf4501a28e070b666f8494b378e9202fd5cc5b"
    "349713eb483dd479a199fd7bf56c71277f1a49b26ea3a6cd104cb3e3"
)
_MERCHANT_Q = (
    "be6f29c306dd6b623dba70e862bbb61e8eef90c026c14387102b4055461e446604dabd7e3437c2db1985be9362be71c64640"
    "22b9d25007bd91013ca0ac78a0180b5cd3e6d92bd546ca6a80b20ec505b4e39b200993ffb966339e06355d46a731ad348724"
    "39718853b7ac27fe343c9e159e33e65338edb9865092e08961d7957f"
)
EXPONENT = 65537


@cache
def _key(first: str, second: str) -> rsa.RSAPrivateKey:
    p, q = int(first, 16), int(second, 16)
    d = pow(EXPONENT, -1, (p - 1) * (q - 1))
    exponents = rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q)
    return rsa.RSAPrivateNumbers(p, q, d, *exponents, rsa.RSAPublicNumbers(EXPONENT, p * q)).private_key()


def provider() -> rsa.RSAPrivateKey:
    """What both simulated wallets sign with."""
    return _key(_PROVIDER_P, _PROVIDER_Q)


def merchant() -> rsa.RSAPrivateKey:
    """What we sign with towards them."""
    return _key(_MERCHANT_P, _MERCHANT_Q)


@cache
def stranger() -> rsa.RSAPrivateKey:
    """Somebody else's key: a forger's. A new one in every process."""
    return rsa.generate_private_key(EXPONENT, 2048)


def public_text(key: rsa.RSAPrivateKey) -> str:
    """The public half as the merchant console shows it: base64 on one line."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return base64.b64encode(key.public_key().public_bytes(serialization.Encoding.DER, form)).decode()


def private_text(key: rsa.RSAPrivateKey) -> str:
    """The private half on one line, as it is configured."""
    form = serialization.PrivateFormat.PKCS8
    secret = key.private_bytes(serialization.Encoding.DER, form, serialization.NoEncryption())
    return base64.b64encode(secret).decode()


def signed(key: rsa.RSAPrivateKey, message: bytes) -> str:
    """RSA-SHA256 with PKCS#1 v1.5, in base64."""
    return base64.b64encode(key.sign(message, padding.PKCS1v15(), hashes.SHA256())).decode()


def believed(key: rsa.RSAPrivateKey, message: bytes, signature: str) -> bool:
    """Whether the owner of this key signed the message."""
    try:
        key.public_key().verify(base64.b64decode(signature), message, padding.PKCS1v15(), hashes.SHA256())
    except Exception:
        # whatever is wrong with it, it is not a signature
        return False
    return True


def digest(text: str) -> str:
    """A short name that follows from a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]
