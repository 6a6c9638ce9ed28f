"""Parallel and Map: the children to start, their inputs, and the result of them all."""

import csv
import io
import json
import uuid
from datetime import datetime
from typing import Any

from local.engine.errors import TaskError
from local.engine.expressions import as_document
from local.engine.records import Execution, FanOut
from local.engine.visit import Visit, machine_arn_of
from local.stack import MachineSpec

INLINE_CONCURRENCY = 40
DISTRIBUTED_CONCURRENCY = 10_000


def is_distributed(state: dict[str, Any]) -> bool:
    """Whether a Map state runs its items as executions of their own."""
    return bool(state.get("ItemProcessor", {}).get("ProcessorConfig", {}).get("Mode") == "DISTRIBUTED")


def fan_out(visit: Visit) -> FanOut:
    """The children of a Parallel or Map state, none of them started yet."""
    state = visit.state
    if state["Type"] == "Parallel":
        document = visit.evaluate(state["Arguments"]) if "Arguments" in state else visit.frame.input
        return FanOut.of("PARALLEL", [document] * len(state["Branches"]), len(state["Branches"]))
    concurrency = int(visit.number("MaxConcurrency") or 0)
    if not is_distributed(state):
        return FanOut.of("INLINE", _items(visit), concurrency or INLINE_CONCURRENCY)
    _check_the_role(visit)
    batcher = state.get("ItemBatcher", {})
    return FanOut.of(
        "DISTRIBUTED",
        _items(visit),
        concurrency or DISTRIBUTED_CONCURRENCY,
        batcher.get("MaxItemsPerBatch", 0),
        name=str(uuid.uuid5(uuid.NAMESPACE_URL, f"{visit.run.execution.arn}/{visit.frame.id}/{visit.frame.turn}")),
        batch_input=visit.evaluate(batcher["BatchInput"]) if "BatchInput" in batcher else None,
        tolerated_count=visit.number("ToleratedFailureCount"),
        tolerated_percentage=visit.number("ToleratedFailurePercentage"),
    )


def _check_the_role(visit: Visit) -> None:
    """On AWS the machine's own role starts the children, so it needs that right on its own machine."""
    if visit.services.authorize is None:
        return
    try:
        visit.services.authorize(visit.machine.role, "states:StartExecution", visit.machine.arn)
    except TaskError:
        raise
    except Exception as error:
        raise TaskError("StepFunctions.AccessDeniedException", str(error)) from error


def _items(visit: Visit) -> list[Any]:
    state = visit.state
    if "ItemReader" in state:
        return _read_items(visit, state["ItemReader"])
    items = visit.evaluate(state["Items"]) if "Items" in state else visit.frame.input
    if not isinstance(items, list):
        raise TaskError("States.QueryEvaluationError", f"the items must be an array, not {type(items).__name__}")
    return items


def _read_items(visit: Visit, reader: dict[str, Any]) -> list[Any]:
    where = visit.evaluate(reader["Arguments"])
    try:
        text = visit.services.objects.read(where["Bucket"], where["Key"], visit.machine.role).decode()
        if reader["ReaderConfig"]["InputType"] == "CSV":
            return _rows(text)
        # Lines end in \n and nothing else: str.splitlines would also break at a U+2028 inside a JSON string
        return [json.loads(line) for line in text.split("\n") if line.strip()]
    except Exception as error:
        problem = f"s3://{where.get('Bucket')}/{where.get('Key')}: {type(error).__name__}: {error}"
        raise TaskError("States.ItemReaderFailed", problem) from error


def _rows(text: str) -> list[dict[str, str]]:
    """One object per row, named by the first row; what a short row lacks is empty, what a long one adds is dropped."""
    header, *rows = [row for row in csv.reader(io.StringIO(text, newline="")) if row]
    return [dict(zip(header, [*row, *[""] * len(header)], strict=False)) for row in rows]


def child_input(visit: Visit, work: FanOut, index: int) -> Any:
    """What the child at `index` gets: the branch's input, the item, or a batch of items."""
    selected = [
        _selected(visit, position, item) if work.mode != "PARALLEL" else item
        for position, item in enumerate(work.items_of(index), start=index * (work.batch_size or 1))
    ]
    if not work.batch_size:
        return selected[0]
    shared = {"BatchInput": work.batch_input} if work.batch_input is not None else {}
    return as_document({**shared, "Items": selected})


def _selected(visit: Visit, index: int, value: Any) -> Any:
    if "ItemSelector" not in visit.state:
        return value
    return visit.evaluate(visit.state["ItemSelector"], item={"Index": index, "Value": value})


def child_record(child: Execution, machine: MachineSpec) -> dict[str, Any]:
    """What a map run notes of a finished child execution, in the fields of AWS."""
    record = {
        "ExecutionArn": child.arn,
        "Input": json.dumps(child.input, ensure_ascii=False),
        "InputDetails": {"Included": True},
        "Name": child.name,
        "StartDate": _stamp(child.started),
        "StateMachineArn": machine_arn_of(machine, child),
        "Status": child.status,
        "StopDate": _stamp(child.stopped or child.started),
    }
    if child.status == "SUCCEEDED":
        output = json.dumps(child.output, ensure_ascii=False)
        return {**record, "Output": output, "OutputDetails": {"Included": True}}
    return {**record, "Error": child.error or "", "Cause": child.cause or ""}


def _stamp(instant: datetime) -> str:
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def gathered(visit: Visit) -> Any:
    """The result of a state whose children are all done: their outputs in order, or where they were written.

    Without a ResultWriter a failed (tolerated) child of a distributed map leaves its record in its place.
    """
    work = visit.fan_out
    if work.mode != "DISTRIBUTED":
        return as_document(work.results)
    if "ResultWriter" in visit.state:
        return _write_results(visit, work, visit.evaluate(visit.state["ResultWriter"]["Arguments"]))
    return as_document([json.loads(child["Output"]) if "Output" in child else child for child in work.results])


def _write_results(visit: Visit, work: FanOut, where: dict[str, Any]) -> dict[str, Any]:
    bucket, folder = where["Bucket"], f"{where['Prefix'].rstrip('/')}/{work.name}".lstrip("/")
    machine = visit.machine.arn.replace(":stateMachine:", ":mapRun:")
    run_arn = f"{machine}/{label_of(visit.frame.state, visit.state)}:{work.name}"
    succeeded = [child for child in work.results if child["Status"] == "SUCCEEDED"]
    failed = [child for child in work.results if child["Status"] != "SUCCEEDED"]
    files: dict[str, list[dict[str, Any]]] = {"FAILED": [], "PENDING": [], "SUCCEEDED": []}
    try:
        for status, children in (("FAILED", failed), ("SUCCEEDED", succeeded)):
            if children:
                body = json.dumps(children, ensure_ascii=False).encode()
                key = f"{folder}/{status}_0.json"
                visit.services.objects.write(bucket, key, body, visit.machine.role)
                files[status].append({"Key": key, "Size": len(body)})
        manifest = {"DestinationBucket": bucket, "MapRunArn": run_arn, "ResultFiles": files}
        key = f"{folder}/manifest.json"
        visit.services.objects.write(bucket, key, json.dumps(manifest).encode(), visit.machine.role)
    except Exception as error:
        raise TaskError("States.ResultWriterFailed", f"s3://{bucket}/{folder}: {error}") from error
    return {"MapRunArn": run_arn, "ResultWriterDetails": {"Bucket": bucket, "Key": key}}


def label_of(name: str, state: dict[str, Any]) -> str:
    """The name under which a distributed map's children run: its Label, or its state's name without spaces."""
    return str(state.get("Label") or "".join(name.split())[:40])
