"""What must be true of the process before any AWS client exists: region, keys, time zone, the address of S3.

Clients and settings are made once per process and kept warm, so a process has one set of ports for its life: the
second local cloud of a test run listens where the first did.
"""

import os
import secrets
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass

from local.stack import REGION

_IN_THE_WAY = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN")
HTTP_PORT = 8080
S3_PORT = 8081
LOWEST_FREE, HIGHEST_FREE = 20_000, 32_000


@dataclass(frozen=True)
class Ports:
    """Where the HTTP API and the S3 endpoint listen on 127.0.0.1."""

    http: int = HTTP_PORT
    s3: int = S3_PORT

    @classmethod
    def following(cls, http: int) -> "Ports":
        """The S3 endpoint on the port after the API's."""
        return cls(http, http + 1)


class PortsChosen(RuntimeError):
    """This process listens on other ports already; its clients remember them."""


_chosen: Ports | None = None


def ports_of_this_process(wanted: Ports | None) -> Ports:
    """The ports that were chosen first; without a wish, two free ones."""
    global _chosen  # noqa: PLW0603 - clients of this process remember the address of S3
    if _chosen is None:
        _chosen = wanted or free_ports()
    if wanted is not None and wanted != _chosen:
        raise PortsChosen(f"this process uses the ports {_chosen.http} and {_chosen.s3}; start another process")
    return _chosen


class Environment:
    """The variables of this process while it holds a local cloud, and as they were before."""

    def __init__(self) -> None:
        self._before: dict[str, str | None] = {}

    def prepare(self, ports: Ports) -> None:
        """What every AWS client reads when it is made. Call it before the first one is."""
        address = f"http://127.0.0.1:{ports.s3}"
        self._set(
            {
                "AWS_DEFAULT_REGION": REGION,
                "AWS_REGION": REGION,
                "AWS_ENDPOINT_URL_S3": address,
                "MOTO_S3_CUSTOM_ENDPOINTS": address,
                "AWS_EC2_METADATA_DISABLED": "true",
                "TZ": "UTC",
                **dict.fromkeys(_IN_THE_WAY),
            }
        )
        time.tzset()

    def use(self, environments: list[Mapping[str, str]]) -> None:
        """Set the variables of the functions. They are the same for every function, as the template's Globals say."""
        together: dict[str, str] = {}
        for environment in environments:
            for name, value in environment.items():
                if together.setdefault(name, value) != value:
                    raise ValueError(f"the variable {name} differs between functions: {together[name]!r} and {value!r}")
        self._set(together)
        forget_caches()

    def restore(self) -> None:
        """Everything as it was; clients and settings made meanwhile are forgotten."""
        _put(self._before)
        self._before = {}
        time.tzset()
        forget_caches()

    def _set(self, values: Mapping[str, str | None]) -> None:
        for name in values:
            self._before.setdefault(name, os.environ.get(name))
        _put(values)


def _put(values: Mapping[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def forget_caches() -> None:
    """Clients, settings and looked-up keys of an earlier local cloud of this process are not ours."""
    for name, module in list(sys.modules.items()):
        if name.startswith(("certification.cloud", "certification.providers", "local.deploy")):
            for value in list(vars(module).values()):
                forget = getattr(value, "cache_clear", None)
                if callable(forget):
                    forget()


def free_ports() -> Ports:
    """Two neighbouring ports nobody uses now, below those that the system gives to outgoing connections."""
    while True:
        port = secrets.randbelow(HIGHEST_FREE - LOWEST_FREE) + LOWEST_FREE
        if _is_free(port) and _is_free(port + 1):
            return Ports.following(port)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
