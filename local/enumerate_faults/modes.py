"""How a call breaks, by the words of the command line."""

from local.chain import Call, Fault, Mode

BEFORE, AFTER, LOST, CONFLICT, THROTTLE = (
    str(mode) for mode in (Mode.BEFORE, Mode.AFTER, Mode.LOST, Mode.CONFLICT, Mode.THROTTLE)
)
SILENT = "silent"

MODES: dict[str, str] = {
    BEFORE: "killed before the call",
    AFTER: "killed after it",
    LOST: "its answer is lost once, and the SDK asks again",
    SILENT: "it is carried out, and no try of the SDK hears the answer",
    THROTTLE: "every try of the SDK is refused: too much load",
    CONFLICT: "a transaction meets another one",
}
EVERY_TRY = 5
"""More than any client of ours, or of the runtime, tries."""
LETTERS = ("sesv2", "sns")
"""Services whose client tries once."""


def modes_at(call: Call) -> list[str]:
    """The modes that make sense at a place."""
    if call.service == "point":  # no SDK is involved
        return [BEFORE, AFTER, LOST]
    once = call.service in LETTERS  # what is tried once is silent when it is lost
    transacted = call.operation == "TransactWriteItems"
    return [BEFORE, AFTER, LOST, *([] if once else [SILENT]), THROTTLE, *([CONFLICT] if transacted else [])]


def fault(at: int, mode: str) -> Fault:
    """The fault as the chain takes it."""
    if mode == SILENT:
        return Fault(at, Mode.LOST, EVERY_TRY)
    return Fault(at, Mode(mode), EVERY_TRY if mode == THROTTLE else 1)


def mode_of(struck: Fault) -> str:
    """The word for a fault of the chain."""
    return SILENT if struck.mode == Mode.LOST and struck.times > 1 else str(struck.mode)
