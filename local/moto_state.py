"""What moto holds, as bytes and back: the state part of the local cloud's snapshot.

Pickle runs code when it is loaded. `restore` therefore belongs to our own snapshot file only, never to one that came
from somewhere else. Keys travel as PEM, locks as fresh locks; everything else is moto's own objects.
"""

import io
import pickle
import threading
from collections import defaultdict
from types import FunctionType
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from moto.backends import get_backend
from moto.core.base_backend import BaseBackend
from moto.ssm.models import ParameterDict

from local.moto_patches import LOCK, MOTO_VERSION, installed
from local.stack import ACCOUNT, REGION

SERVICES = ("dynamodb", "s3", "sqs", "kms", "ses", "sesv2", "sns", "events", "secretsmanager", "ssm")

_SSM_TAGS = "SimpleSystemManagerBackend.__init__.<locals>.<lambda>"
_LOCK, _RLOCK = type(threading.Lock()), type(threading.RLock())


def _private_key(pem: bytes) -> Any:
    # Our own keys: to prove their primes again at every restore takes longer than all the rest of it.
    return load_pem_private_key(pem, None, unsafe_skip_rsa_key_validation=True)


def _live_backend(kind: str, region: str) -> Any:
    service = next(name for name in SERVICES if get_backend(name).backend.__name__ == kind)
    return get_backend(service)[ACCOUNT][region]


def _parameters(attributes: dict[str, Any], values: dict[str, Any]) -> Any:
    restored = ParameterDict(attributes["account_id"], attributes["region_name"])
    restored.__dict__.update(attributes)
    restored.update(values)
    return restored


def _tags() -> Any:
    return defaultdict(dict)


def _tag_factory() -> Any:
    return _tags


class _StatePickler(pickle.Pickler):
    """Pickles what plain pickle refuses: private keys, locks, and the functions moto keeps in SSM."""

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, (RSAPrivateKey, EllipticCurvePrivateKey)):
            pem = obj.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            return _private_key, (pem,)
        if isinstance(obj, _LOCK):
            return threading.Lock, ()
        if isinstance(obj, _RLOCK):
            return threading.RLock, ()
        if isinstance(obj, threading.Condition):
            return threading.Condition, ()
        if isinstance(obj, BaseBackend):  # SES v2 points at SES: point at the living one again, not at a copy
            return _live_backend, (type(obj).__name__, obj.region_name)
        if isinstance(obj, ParameterDict):
            return _parameters, (obj.__dict__, dict(obj))
        if isinstance(obj, FunctionType) and obj.__qualname__ == _SSM_TAGS:
            return _tag_factory, ()
        return NotImplemented


def snapshot() -> bytes:
    """Everything the ten services hold, taken at one instant under the global lock."""
    _require_installed()
    with LOCK:
        state = {name: _backend_states(name) for name in SERVICES}
        stream = io.BytesIO()
        _StatePickler(stream, protocol=5).dump({"moto": MOTO_VERSION, "state": state})
    return stream.getvalue()


def restore(content: bytes) -> None:
    """Put a snapshot's state in place of the present one. A snapshot of another moto version is refused."""
    _require_installed()
    loaded: dict[str, Any] = pickle.loads(content)
    if loaded["moto"] != MOTO_VERSION:
        raise ValueError(f"the snapshot was made with moto {loaded['moto']}, this is moto {MOTO_VERSION}")
    with LOCK:
        for name, regions in loaded["state"].items():
            for region, attributes in regions.items():
                backend = get_backend(name)[ACCOUNT][region]
                backend.__dict__.clear()
                backend.__dict__.update(attributes)


def _backend_states(service: str) -> dict[str, dict[str, Any]]:
    """The attributes of a service's backends by region (S3 has one for the whole partition)."""
    account = get_backend(service)[ACCOUNT]
    for region in (REGION, "aws"):
        if region in account.regions:
            account[region]  # asking for it creates an empty one
    return {region: dict(backend.__dict__) for region, backend in account.items()}


def _require_installed() -> None:
    if not installed():
        raise RuntimeError("moto's patches are not installed: call local.moto_patches.install() first")
