"""docs/process.md: the process in one picture and the tables behind it, from the template, the machines and the code."""

import ast
from collections import defaultdict

from certification.policies import load_policy, schemes
from certification.rules.status import AT_REST, TABLE, Status, Trigger
from certification.rules.waits import WAITS
from local.docs import code, template

COMMITMENT = {Status.AWAITING_SIGNATURE, Status.AWAITING_PROOFS}
COLOURS = {
    "candidate": "fill:#dbeafe,stroke:#1d4ed8,color:#111",
    "desk": "fill:#fef3c7,stroke:#b45309,color:#111",
    "machine": "fill:#e5e7eb,stroke:#4b5563,color:#111",
    "outside": "fill:#ede9fe,stroke:#6d28d9,color:#111",
    "nobody": "fill:#dcfce7,stroke:#15803d,color:#111",
}

type Edge = tuple[Status, Trigger, Status]


def page() -> str:
    parts = [_head(), _picture(), _steps(), _announcements(), _files(), _jobs(), _machines(), _functions()]
    return "\n\n".join(parts) + "\n"


def _head() -> str:
    return (
        "# The process\n\n"
        "Written by `make docs` from `template.yaml`, `statemachines/` and the code, and compared in a test. No machine waits for\n"
        "a person, a bank or a registry: it runs from one outside act to the next, and what waits is a row with a due date."
    )


def movers() -> dict[Trigger, list[str]]:
    """Which functions cause a step, in the order of the template."""
    found: dict[Trigger, list[str]] = defaultdict(list)
    for folder in template.functions().values():
        for name in sorted(code.triggers(folder)):
            found[Trigger[name]].append(folder)
    return found


def edges() -> list[Edge]:
    """The steps that something can cause, between statuses that an application of a published scheme can reach."""
    caused = movers()
    left_out = set() if any(load_policy(scheme)[0].commitment for scheme in schemes()) else COMMITMENT
    steps = [
        (status, trigger, to)
        for status, row in TABLE.items()
        for trigger, to in row.items()
        if trigger in caused and not {status, to} & left_out
    ]
    reached = {Status.DRAFT}
    while True:
        more = {to for status, _, to in steps if status in reached} - reached
        if not more:
            return [step for step in steps if step[0] in reached]
        reached |= more


def _picture() -> str:
    shown = edges()
    statuses = [status for status in Status if any(status in (a, b) for a, _, b in shown)]
    parties = {status: wait.party for status, wait in WAITS.items()}
    lines = ["## What an application waits for", "", "```mermaid", "stateDiagram-v2"]
    lines.append("    [*] --> draft")
    labels: dict[tuple[Status, Status], list[str]] = defaultdict(list)
    for status, trigger, to in shown:
        labels[status, to].append(trigger.value.replace("_", " "))
    lines += [f"    {status} --> {to}: {', '.join(words)}" for (status, to), words in labels.items()]
    lines += [f"    {status} --> [*]" for status in statuses if status in AT_REST]
    lines += [f"    classDef {party} {colours}" for party, colours in COLOURS.items()]
    for party in COLOURS:
        members = [status.value for status in statuses if parties.get(status, "nobody") == party]
        lines += [f"    class {', '.join(members)} {party}"] if members else []
    lines += ["```", ""]
    lines.append(
        "Whose turn it is: blue the candidate, amber a desk, grey a machine of ours, violet the outside, green nobody."
    )
    others = [status.value for status in Status if status not in statuses]
    lines.append(
        f"The table in `rules/status.py` has {sum(map(len, TABLE.values()))} steps; the {len(shown)} that something in this"
        f" version can cause are drawn. Not reached yet: {', '.join(others)}."
    )
    return "\n".join(lines)


def _steps() -> str:
    caused = movers()
    rows = [
        f"| {status} | {trigger.value.replace('_', ' ')} | {to} | {_who(caused[trigger])} |"
        for status, trigger, to in edges()
    ]
    return "\n".join(["### Who moves it", "", "| from | what happened | to | moved by |", "|---|---|---|---|", *rows])


def _who(folders: list[str]) -> str:
    words = []
    for folder in folders:
        machines = template.callers(folder)
        words.append(f"`{folder}`" + (f" (machine {', '.join(machines)})" if machines else ""))
    return ", ".join(words)


def _then(started: str) -> str:
    """What runs when something reaches a machine or a queue."""
    if started in template.machines():
        return f"machine **{template.machines()[started]}**"
    if started in template.listeners():
        return f"listener `{template.listeners()[started]}`"
    return f"`{template.functions()[started]}`"


def _announcements() -> str:
    made: dict[str, list[str]] = defaultdict(list)
    for folder in template.functions().values():
        for name in code.announcements(folder):
            made[name].append(folder)
    heard = {name: template.hearers(name) for name in made}
    rows = []
    for name in sorted(made, key=lambda name: (not heard[name], name)):
        then = "; ".join(_then(started) for _, started in heard[name]) or "nobody: for the record"
        rows.append(f"| `{name}` | {', '.join(f'`{folder}`' for folder in made[name])} | {then} |")
    return "\n".join(
        [
            "## What is announced, and what follows",
            "",
            "An announcement is written in the transaction of the row it tells about, and reaches the bus by the outbox.",
            "",
            "| announcement | made by | followed by |",
            "|---|---|---|",
            *rows,
        ]
    )


def _files() -> str:
    rows = [f"| `{files}` | {_then(started)} |" for _, files, started in template.bucket_rules()]
    return "\n".join(["## Files that arrive", "", "| file | followed by |", "|---|---|", *rows])


def _jobs() -> str:
    rows = [
        f"| `{job}` | {every} | {_then(started)} | {template.comments().get(name, '')} |"
        for name, every, job, started in template.jobs()
    ]
    head = ["## Jobs", "", "Rows decide what is due, so a job may run at any rate and as often as it likes.", ""]
    return "\n".join([*head, "| job | runs | starts | looks for |", "|---|---|---|---|", *rows])


def _machines() -> str:
    lines = ["## Machines", "", "| machine | what for | states and their functions, in order |", "|---|---|---|"]
    for logical_id, name in template.machines().items():
        states = [f"{state} (`{folder}`)" for state, folder in template.tasks(logical_id) if folder != "open_case"]
        lines.append(
            f"| [{name}](../statemachines/{name}.asl.yaml) | {template.comments().get(logical_id, '')} | {' → '.join(states)} |"
        )
    lines += ["", "Whatever a state cannot deal with goes to *Needs a person*, which opens a case (`open_case`)."]
    return "\n".join(lines)


def _functions() -> str:
    lines = ["## Functions, and what their roles let them do", ""]
    lines += ["| function | called by | what it does | reads | writes | files |", "|---|---|---|---|---|---|"]
    listeners = {folder: queue for queue, folder in template.listeners().items()}
    for logical_id, folder in template.functions().items():
        called = template.routes(logical_id) or [f"machine {name}" for name in template.callers(folder)]
        if folder in listeners:
            called = [f"queue {listeners[folder]}"]
        called = called or [f"job `{job}`" for _, _, job, started in template.jobs() if started == logical_id]
        called = called or [_other_caller(logical_id)]
        rights = template.rights(logical_id)
        cells = [", ".join(sorted(rights[kind])) for kind in ("reads", "writes", "files")]
        name = f"[{folder}](../functions/{folder}/app.py)"
        lines.append(f"| {name} | {', '.join(called)} | {_purpose(folder)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _other_caller(logical_id: str) -> str:
    events = template.template()["Resources"][logical_id]["Properties"].get("Events", {})
    streams = [event["Properties"]["Stream"] for event in events.values() if event["Type"] == "DynamoDB"]
    return f"stream of {streams[0]}" if streams else "the API, before a guarded route"


def _purpose(folder: str) -> str:
    """The first sentence of the handler's file."""
    text = ast.get_docstring(ast.parse((code.ROOT / f"functions/{folder}/app.py").read_text(encoding="utf-8"))) or ""
    return text.split(". ")[0].rstrip(".").replace("\n", " ")
