"""What reaches whom: each rule takes a transformed template and gives its faults, as sentences."""

import json
import re
from collections.abc import Iterator
from typing import Any

from tests.house.templates import Tree, as_list, granted, of_type, statements, target

QUEUE, MACHINE, FUNCTION = "AWS::SQS::Queue", "AWS::StepFunctions::StateMachine", "AWS::Lambda::Function"
READING_A_QUEUE = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
READING_A_STREAM = {
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:DescribeStream",
    "dynamodb:ListStreams",
}
ANSWER_SECONDS = 29  # an HTTP API gives up after 30


def kind_of(template: Tree, logical_id: str) -> str:
    return str(template["Resources"].get(logical_id, {}).get("Type", ""))


def properties_of(template: Tree, logical_id: str) -> Tree:
    found: Tree = template["Resources"].get(logical_id, {}).get("Properties", {})
    return found


def role_of(template: Tree, logical_id: str) -> Tree:
    properties = properties_of(template, logical_id)
    return properties_of(template, target(properties.get("Role") or properties.get("RoleArn")))


def deliveries(template: Tree) -> Iterator[tuple[str, Tree]]:
    """Every target of a rule and of a schedule, with the name of its owner."""
    for logical_id, rule in of_type(template, "AWS::Events::Rule"):
        for each in rule.get("Targets", []):
            yield logical_id, each
    for logical_id, schedule in of_type(template, "AWS::Scheduler::Schedule"):
        yield logical_id, schedule["Target"]


def takes_from(template: Tree, queue: str, service: str) -> bool:
    """Whether the queue's policy lets a service send to it."""
    for _, policy in of_type(template, "AWS::SQS::QueuePolicy"):
        if queue not in map(target, policy["Queues"]):
            continue
        for statement in as_list(policy["PolicyDocument"]["Statement"]):
            services = as_list(statement.get("Principal", {}).get("Service"))
            actions, resources = as_list(statement["Action"]), map(target, as_list(statement["Resource"]))
            if statement["Effect"] == "Allow" and service in services and "sqs:SendMessage" in actions:
                return queue in resources
    return False


def every_queue_takes_what_its_senders_send(template: Tree) -> list[str]:
    """SAM writes no policy for a queue that is given by ARN. Rules send as a service, schedules and mappings as a role."""
    found = []
    for owner, each in deliveries(template):
        letters = target(each.get("DeadLetterConfig", {}).get("Arn"))
        if kind_of(template, owner) == "AWS::Scheduler::Schedule":
            role = properties_of(template, target(each.get("RoleArn")))
            if letters and "sqs:SendMessage" not in granted(role, letters):
                found.append(
                    f"{owner} cannot send to its dead-letter queue: its role lacks sqs:SendMessage on {letters}"
                )
            continue
        queues = [name for name in (target(each["Arn"]), letters) if kind_of(template, name) == QUEUE]
        for queue in queues:
            if not takes_from(template, queue, "events.amazonaws.com"):
                found.append(f"{owner} cannot send to {queue}: no policy of the queue lets events.amazonaws.com")
    for logical_id, mapping in of_type(template, "AWS::Lambda::EventSourceMapping"):
        queue = target(mapping.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination"))
        role = role_of(template, target(mapping["FunctionName"]))
        if queue and "sqs:SendMessage" not in granted(role, queue):
            found.append(f"{logical_id} cannot send to {queue}: its function's role lacks sqs:SendMessage")
    return found


def queues_are_sealed_without_a_key_of_ours(template: Tree) -> list[str]:
    """A customer key would need a grant for every sender; the service's own key needs none."""
    return [
        f"{logical_id} is not sealed by SQS itself"
        for logical_id, queue in of_type(template, QUEUE)
        if "KmsMasterKeyId" in queue or queue.get("SqsManagedSseEnabled") is not True
    ]


def nothing_is_lost_without_a_trace(template: Tree) -> list[str]:
    """Every target, schedule, queue and stream names where a message ends that cannot be delivered."""
    found = []
    for owner, each in deliveries(template):
        if kind_of(template, target(each.get("DeadLetterConfig", {}).get("Arn"))) != QUEUE:
            found.append(f"{owner} has no dead-letter queue")
    for logical_id, mapping in of_type(template, "AWS::Lambda::EventSourceMapping"):
        source = target(mapping["EventSourceArn"])
        if kind_of(template, source) == QUEUE:
            redrive = properties_of(template, source).get("RedrivePolicy", {})
            if kind_of(template, target(redrive.get("deadLetterTargetArn"))) != QUEUE:
                found.append(f"{source}, read by {logical_id}, has no dead-letter queue")
        elif not mapping.get("DestinationConfig", {}).get("OnFailure"):
            found.append(f"{logical_id} forgets what its stream could not deliver")
    return found


def dead_letters(template: Tree) -> set[str]:
    found = {target(each.get("DeadLetterConfig", {}).get("Arn")) for _, each in deliveries(template)}
    for _, queue in of_type(template, QUEUE):
        found.add(target(queue.get("RedrivePolicy", {}).get("deadLetterTargetArn")))
    return found - {""}


def dead_letters_raise_an_alarm_and_are_kept(template: Tree) -> list[str]:
    watched = {
        target(dimension["Value"])
        for _, alarm in of_type(template, "AWS::CloudWatch::Alarm")
        if alarm["Namespace"] == "AWS/SQS" and alarm["Threshold"] == 0
        for dimension in alarm.get("Dimensions", [])
    }
    found = [f"nobody is told of what lies in {queue}" for queue in sorted(dead_letters(template) - watched)]
    for queue in sorted(dead_letters(template)):
        if properties_of(template, queue).get("MessageRetentionPeriod") != 14 * 24 * 3600:
            found.append(f"{queue} does not keep its messages for the longest time, 14 days")
    return found


def who_reads_a_source_may_read_it(template: Tree) -> list[str]:
    found = []
    for _, mapping in of_type(template, "AWS::Lambda::EventSourceMapping"):
        function, source = target(mapping["FunctionName"]), target(mapping["EventSourceArn"])
        needed = READING_A_QUEUE if kind_of(template, source) == QUEUE else READING_A_STREAM
        missing = needed - granted(role_of(template, function), source)
        found += [f"{function} may not {action} on {source}" for action in sorted(missing)]
    return found


def a_message_stays_hidden_while_it_is_worked_on(template: Tree) -> list[str]:
    """Six times the function's time limit, as AWS asks, so that retries of a throttled poller fit in."""
    found = []
    for _, mapping in of_type(template, "AWS::Lambda::EventSourceMapping"):
        function, source = target(mapping["FunctionName"]), target(mapping["EventSourceArn"])
        if kind_of(template, source) == QUEUE:
            hidden = properties_of(template, source).get("VisibilityTimeout", 30)
            needed = 6 * properties_of(template, function)["Timeout"]
            if hidden < needed:
                found.append(f"{source} hides a message for {hidden} s; {function} needs {needed} s")
    return found


def one_bad_message_does_not_hold_up_the_others(template: Tree) -> list[str]:
    return [
        f"{logical_id} cannot report single messages as failed"
        for logical_id, mapping in of_type(template, "AWS::Lambda::EventSourceMapping")
        if kind_of(template, target(mapping["EventSourceArn"])) == QUEUE
        and mapping.get("FunctionResponseTypes") != ["ReportBatchItemFailures"]
    ]


def who_starts_something_may_start_it(template: Tree) -> list[str]:
    """Rules and schedules reach machines under a role; a rule reaches a queue without one."""
    wanted = {MACHINE: "states:StartExecution", FUNCTION: "lambda:InvokeFunction"}
    found = []
    for owner, each in deliveries(template):
        started = target(each["Arn"])
        action = wanted.get(kind_of(template, started))
        if action and action not in granted(properties_of(template, target(each.get("RoleArn"))), started):
            found.append(f"{owner} may not start {started}")
    return found


def every_machine_is_started_by_something(template: Tree) -> list[str]:
    started = {target(each["Arn"]) for _, each in deliveries(template)}
    return [f"nothing starts {name}" for name, _ in of_type(template, MACHINE) if name not in started]


def definitions(template: Tree) -> Iterator[tuple[str, Tree, Tree]]:
    """Every machine: logical id, properties, and its definition with the placeholders in it."""
    for logical_id, machine in of_type(template, MACHINE):
        yield logical_id, machine, json.loads(machine["DefinitionString"])


def states_in(node: Any) -> Iterator[Tree]:
    """Every state of a definition, those of branches and maps included."""
    if isinstance(node, dict):
        if "Type" in node and "States" not in node:
            yield node
        for value in node.values():
            yield from states_in(value)
    elif isinstance(node, list):
        for value in node:
            yield from states_in(value)


def machines_may_call_their_functions_and_no_others(template: Tree) -> list[str]:
    found = []
    for logical_id, machine, _ in definitions(template):
        filled = {target(value) for value in machine.get("DefinitionSubstitutions", {}).values()}
        functions = {name for name in filled if kind_of(template, name) == FUNCTION}
        allowed = {
            target(resource)
            for statement in statements(role_of(template, logical_id))
            if "lambda:InvokeFunction" in as_list(statement["Action"])
            for resource in as_list(statement["Resource"])
        }
        found += [f"{logical_id} may not call {name}" for name in sorted(functions - allowed)]
        found += [f"{logical_id} may call {name}, which it never does" for name in sorted(allowed - functions)]
    return found


def maps_may_run_their_children(template: Tree) -> list[str]:
    """The children of a distributed map are executions of the machine itself; a `Ref` to it would be circular."""
    found = []
    for logical_id, machine, definition in definitions(template):
        maps = [state for state in states_in(definition) if state["Type"] == "Map"]
        distributed = [m for m in maps if m["ItemProcessor"].get("ProcessorConfig", {}).get("Mode") == "DISTRIBUTED"]
        if not distributed:
            continue
        name = machine["StateMachineName"]["Fn::Sub"]
        own = {
            action
            for statement in statements(role_of(template, logical_id))
            if any(name in str(resource) for resource in as_list(statement["Resource"]))
            for action in as_list(statement["Action"])
        }
        needed = {"states:StartExecution", "states:DescribeExecution", "states:StopExecution"}
        found += [f"{logical_id} has a map and may not {action} on itself" for action in sorted(needed - own)]
        reads = {action for s in statements(role_of(template, logical_id)) for action in as_list(s["Action"])}
        if any("ItemReader" in each for each in distributed) and "s3:GetObject" not in reads:
            found.append(f"{logical_id} may not read the list of its map")
    return found


def a_state_waits_at_least_as_long_as_its_function_works(template: Tree) -> list[str]:
    found = []
    for logical_id, machine, definition in definitions(template):
        for state in states_in(definition):
            called = re.fullmatch(r"\$\{(\w+)\}", str(state.get("Arguments", {}).get("FunctionName", "")))
            if state["Type"] == "Task" and called:
                function = target(machine["DefinitionSubstitutions"].get(called[1]))
                limit = properties_of(template, function).get("Timeout", 0)
                if state.get("TimeoutSeconds", 0) < limit:
                    found.append(f"{logical_id} gives {function} less than its {limit} s")
    return found


def doors_answer_before_the_api_gives_up(template: Tree) -> list[str]:
    found = []
    for _, api in of_type(template, "AWS::ApiGatewayV2::Api"):
        names = set(re.findall(r"functions/\$\{(\w+)\.Arn\}", json.dumps(api["Body"])))
        for name in sorted(names):
            if properties_of(template, name)["Timeout"] > ANSWER_SECONDS:
                found.append(f"{name} may work longer than the API waits ({ANSWER_SECONDS} s)")
    return found


def schedules_say_their_time_zone(template: Tree) -> list[str]:
    return [
        f"{logical_id} has no time zone"
        for logical_id, schedule in of_type(template, "AWS::Scheduler::Schedule")
        if not schedule.get("ScheduleExpressionTimezone")
    ]


def rules_listen_on_the_bus_their_events_come_by(template: Tree) -> list[str]:
    """Our announcements come by our bus, those of S3 by the default one; buckets tell EventBridge and nobody else."""
    found = []
    for logical_id, rule in of_type(template, "AWS::Events::Rule"):
        sources = rule["EventPattern"]["source"]
        if sources != (["assay"] if target(rule.get("EventBusName")) == "Bus" else ["aws.s3"]):
            found.append(f"{logical_id} listens for {sources} on the wrong bus")
        for bucket in rule["EventPattern"].get("detail", {}).get("bucket", {}).get("name", []):
            told = properties_of(template, target(bucket)).get("NotificationConfiguration", {})
            if not told.get("EventBridgeConfiguration", {}).get("EventBridgeEnabled"):
                found.append(f"{target(bucket)}, of {logical_id}, does not tell EventBridge")
    for logical_id, bucket in of_type(template, "AWS::S3::Bucket"):
        others = bucket.get("NotificationConfiguration", {}).keys() - {"EventBridgeConfiguration"}
        found += [f"{logical_id} has a {name}" for name in sorted(others)]
    return found


RULES = [
    every_queue_takes_what_its_senders_send,
    queues_are_sealed_without_a_key_of_ours,
    nothing_is_lost_without_a_trace,
    dead_letters_raise_an_alarm_and_are_kept,
    who_reads_a_source_may_read_it,
    a_message_stays_hidden_while_it_is_worked_on,
    one_bad_message_does_not_hold_up_the_others,
    who_starts_something_may_start_it,
    every_machine_is_started_by_something,
    machines_may_call_their_functions_and_no_others,
    maps_may_run_their_children,
    a_state_waits_at_least_as_long_as_its_function_works,
    doors_answer_before_the_api_gives_up,
    schedules_say_their_time_zone,
    rules_listen_on_the_bus_their_events_come_by,
]
