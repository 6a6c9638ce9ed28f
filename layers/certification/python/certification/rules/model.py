"""The base of every record and answer."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A value that never changes after it was made, refuses unknown keys, and never repeats its input in an error.

    The last point keeps names and ID numbers out of logs: pydantic prints the offending input by default.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
