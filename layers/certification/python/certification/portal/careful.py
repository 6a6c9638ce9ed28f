"""A field of a view model that a template misspells is an error; an option that a macro was not given is nothing.

The component macros rely on missing keys and variables being false, so only fields of objects are strict; that our
templates name no unknown variable is found by reading them, in a test.
"""

from typing import Any

from jinja2 import Undefined
from jinja2.exceptions import UndefinedError
from jinja2.utils import missing


class Careful(Undefined):
    """Jinja's undefined value, refused in every use when it is a missing field of an object."""

    def __init__(
        self,
        hint: str | None = None,
        obj: Any = missing,
        name: str | None = None,
        exc: type[Exception] = UndefinedError,
    ) -> None:
        super().__init__(hint, obj, name, exc)  # type: ignore[arg-type]
        self._option = obj is missing or isinstance(obj, dict)

    def _nothing(self, value: Any) -> Any:
        return value if self._option else self._fail_with_undefined_error()

    def __str__(self) -> str:
        return str(self._nothing(""))

    def __len__(self) -> int:
        return int(self._nothing(0))

    def __bool__(self) -> bool:
        return bool(self._nothing(False))

    def __iter__(self) -> Any:
        return iter(self._nothing(()))

    def __eq__(self, other: object) -> bool:
        return bool(self._nothing(isinstance(other, Undefined)))

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(type(self))
