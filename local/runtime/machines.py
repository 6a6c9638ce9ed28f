"""State machines on the pump: the engine's steps, the functions it invokes, the objects its maps read and write."""

from datetime import datetime
from typing import Any

import boto3

from local.engine import Engine, TaskError
from local.runtime.destinations import Check
from local.runtime.invoker import Acting, Invoker, UnknownFunction

STEPS_AT_ONCE = 50


class Machines:
    """The engine as an event source. Several units per step: a machine is not held up by every idle poller."""

    name = "machines"

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def step(self) -> bool:
        worked = False
        for _ in range(STEPS_AT_ONCE):
            if not self._engine.step():
                break
            worked = True
        return worked

    def next_due(self) -> datetime | None:
        return self._engine.next_due()

    def dump(self) -> dict[str, Any]:
        return self._engine.dump()

    def load(self, state: dict[str, Any]) -> None:
        self._engine.load(state)


class Tasks:
    """`lambda:invoke` for the engine: under the machine's role, with the function's errors by name."""

    def __init__(self, invoker: Invoker, check: Check) -> None:
        self._invoker, self._check = invoker, check

    def __call__(self, function: str, payload: Any, role: str) -> Any:
        try:
            spec = self._invoker.find(function)
        except UnknownFunction as unknown:
            raise TaskError("Lambda.ResourceNotFoundException", str(unknown)) from unknown
        try:
            self._check(role, "lambda:InvokeFunction", spec.arn)
        except Exception as denied:
            raise TaskError("Lambda.AWSLambdaException", str(denied)) from denied
        outcome = self._invoker.invoke(spec.arn, payload)
        if outcome.failed:
            raise TaskError(outcome.payload["errorType"], outcome.payload["errorMessage"])
        return outcome.payload


class Objects:
    """S3 for distributed maps, under the machine's role."""

    def __init__(self, acting: Acting) -> None:
        self._acting = acting
        self._s3 = boto3.client("s3")

    def read(self, bucket: str, key: str, role: str) -> bytes:
        with self._acting(role, "machines"):
            return self._s3.get_object(Bucket=bucket, Key=key)["Body"].read()

    def write(self, bucket: str, key: str, body: bytes, role: str) -> None:
        with self._acting(role, "machines"):
            self._s3.put_object(Bucket=bucket, Key=key, Body=body)
