"""The Step Functions interpreter of the local cloud.

Read in this order: engine.py (what others call), states.py (what each state decides), flow.py (what follows from it),
maps.py, expressions.py (JSONata), language.py (what is refused), graph.py (checks of the house on definitions).
"""

from local.engine.engine import Engine
from local.engine.errors import (
    EngineKilled,
    ExecutionAlreadyExists,
    InvalidExecutionInput,
    StartRefused,
    StateMachineDoesNotExist,
    TaskError,
    UnsupportedDefinition,
)
from local.engine.records import Execution
from local.engine.visit import ObjectStore

__all__ = [
    "Engine",
    "EngineKilled",
    "Execution",
    "ExecutionAlreadyExists",
    "InvalidExecutionInput",
    "ObjectStore",
    "StartRefused",
    "StateMachineDoesNotExist",
    "TaskError",
    "UnsupportedDefinition",
]
