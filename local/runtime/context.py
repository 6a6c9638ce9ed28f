"""What a Lambda handler is told about its own invocation."""

import time
import uuid
from dataclasses import dataclass, field

from local.stack import FunctionSpec


@dataclass
class LambdaContext:
    """The second argument of a handler. The time limit runs in real time: a moved clock ends no invocation."""

    spec: FunctionSpec
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    function_version: str = "$LATEST"
    log_stream_name: str = "local"
    client_context: None = None
    identity: None = None
    started: float = field(default_factory=time.perf_counter)

    @property
    def function_name(self) -> str:
        return self.spec.name

    @property
    def invoked_function_arn(self) -> str:
        return self.spec.arn

    @property
    def memory_limit_in_mb(self) -> int:
        return self.spec.memory

    @property
    def log_group_name(self) -> str:
        return f"/aws/lambda/{self.spec.name}"

    @property
    def seconds_used(self) -> float:
        return time.perf_counter() - self.started

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the function's time limit; never below zero."""
        return max(0, int((self.spec.timeout - self.seconds_used) * 1000))
