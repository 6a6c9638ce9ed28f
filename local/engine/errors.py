"""The ways in which the engine says no, and the one way in which a state fails."""


class TaskError(Exception):
    """A state fails with this error name; integrations raise it, the engine raises it for its own `States.…` errors.

    `error` is what Retry and Catch compare (for a function: the name of its exception), `cause` is for people.
    """

    def __init__(self, error: str, cause: str = "") -> None:
        super().__init__(f"{error}: {cause}" if cause else error)
        self.error = error
        self.cause = cause


class UnsupportedDefinition(Exception):
    """A definition uses something this engine does not do. The message names the machine, the state and the field."""


class StartRefused(Exception):
    """An execution cannot be started; `error` is the name that the AWS API uses."""

    error = "ValidationException"


class ExecutionAlreadyExists(StartRefused):
    """A Standard execution of this name ran before, or runs with another input."""

    error = "ExecutionAlreadyExists"


class StateMachineDoesNotExist(StartRefused):
    """No machine with this ARN was defined."""

    error = "StateMachineDoesNotExist"


class InvalidExecutionInput(StartRefused):
    """The input is not JSON, or larger than 256 KiB."""

    error = "InvalidExecutionInput"


class EngineKilled(RuntimeError):
    """The engine died in the middle of a unit of work; only `load` of an earlier state brings it back."""
