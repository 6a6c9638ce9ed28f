"""Whatever the engine does not do is refused by name when the machine is defined."""

from typing import Any

import pytest

from local.engine import UnsupportedDefinition
from tests.local.test_engine_maps import apart, both, each, reader
from tests.local.test_engine_workbench import Definition, Workbench, machine, task

END = {"Type": "Succeed"}


def refusal(definition: Definition, kind: str = "STANDARD") -> str:
    with pytest.raises(UnsupportedDefinition) as refused:
        Workbench().define(definition, kind)
    return str(refused.value)


def passing(**fields: Any) -> Definition:
    return machine("Look", Look={"Type": "Pass", "End": True, **fields})


@pytest.mark.parametrize("field", ["InputPath", "OutputPath", "ResultPath", "Parameters", "ResultSelector", "Result"])
def test_fields_of_jsonpath_are_refused(field: str) -> None:
    message = refusal(machine("Look at it", Look_at_it={**task(), field: "$.x"}))
    assert message.startswith(f"trial: state 'Look at it': {field} of a Task is not supported")


@pytest.mark.parametrize("field", ["HeartbeatSeconds", "Credentials", "TimeoutSecondsPath"])
def test_fields_that_the_engine_does_not_do_are_refused(field: str) -> None:
    assert f"{field} of a Task" in refusal(machine("Look", Look={**task(), field: 1}))


@pytest.mark.parametrize("language", [None, "JSONPath"])
def test_a_machine_must_say_jsonata(language: str | None) -> None:
    assert refusal({**passing(), "QueryLanguage": language}) == "trial: QueryLanguage must be JSONata on the machine"


def test_a_single_state_in_jsonpath_is_refused() -> None:
    assert "state 'Look': QueryLanguage JSONPath" in refusal(passing(QueryLanguage="JSONPath"))


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "arn:aws:states:::events:putEvents",
        "arn:aws:states:::states:startExecution.sync",
        "arn:aws:lambda:ap-southeast-1:123456789012:function:x",
    ],
)
def test_every_resource_but_lambda_invoke_is_refused(resource: str) -> None:
    assert f"Resource '{resource}' is not supported" in refusal(machine("Look", Look=task(Resource=resource)))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"FunctionName": "x", "InvocationType": "Event"}, "InvocationType of Arguments"),
        ({"Payload": {}}, "FunctionName of Arguments is missing"),
        ("{% $states.input %}", "Arguments must be an object"),
        ({"FunctionName": "${CheckIdentity}"}, "still has a placeholder"),
    ],
)
def test_the_arguments_of_a_call_are_checked(arguments: Any, words: str) -> None:
    assert words in refusal(machine("Look", Look=task(Arguments=arguments)))


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("$now()", "$now bypasses the clock"),
        ("$millis() > 5", "$millis bypasses the clock"),
        ("{'a': [$random()]}", "$random bypasses the clock"),
        ("$map([1], function($n) { $uuid() })", "$uuid bypasses the clock"),
        ("$states.input ~> $now", "$now bypasses the clock"),
        ("$states.context.Execution.StartTime", "Execution.StartTime bypasses the clock"),
        ("($c := $states.context; $c.Execution.StartTime)", "Execution.StartTime bypasses the clock"),
        ("$eval('1')", "$eval does not exist"),
        ("$states.context.State.EnteredTime", "$states.context.State.EnteredTime is not offered"),
        ("$states.context.Task.Token", "$states.context.Task.Token is not offered"),
        ("$states.inputs.n", "$states.inputs does not exist"),
        ("$states.input.", "is not valid JSONata"),
        ("(1", "is not valid JSONata"),
    ],
)
@pytest.mark.parametrize("field", ["Output", "Assign"])
def test_expressions_that_bypass_the_clock_or_cannot_work_are_refused(expression: str, words: str, field: str) -> None:
    message = refusal(passing(**{field: {"deep": [{"inside": f"{{% {expression} %}}"}]}}))
    assert message.startswith("trial: state 'Look': ")
    assert words in message


@pytest.mark.parametrize(
    "expression", ["'$now()'", "$states.input.now", "$states.context.Map.Item.Value.x", "$states.context", "$nowhere"]
)
def test_what_only_looks_like_them_is_accepted(expression: str) -> None:
    Workbench().define(passing(Output=f"{{% {expression} %}}"))


@pytest.mark.parametrize("text", ["{% 1 %} ", " {% 1 %}", "{% 1", "1 %}"])
def test_an_expression_with_loose_brackets_is_refused(text: str) -> None:
    assert "must begin with {% and end with %}" in refusal(passing(Output=text))


def test_expressions_of_conditions_items_and_catchers_are_checked_too() -> None:
    choice = {"Type": "Choice", "Choices": [{"Condition": "{% $now() = 1 %}", "Next": "End"}]}
    assert "$now" in refusal(machine("Choose", Choose=choice, End=END))
    assert "$millis" in refusal(each(apart(Work=task()), Items="{% [$millis()] %}"))
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "End", "Output": "{% $uuid() %}"}]
    assert "$uuid" in refusal(machine("Try", Try=task(Next="End", Catch=catch), End=END))


def test_a_state_inside_a_branch_is_named_and_every_objection_is_listed() -> None:
    definition = both()
    inner = definition["States"]["Check both"]["Branches"][1]["States"]["Education"]
    inner.update({"InputPath": "$", "Output": "{% $now() %}"})
    lines = refusal(definition).splitlines()
    assert len(lines) == 2
    assert all(line.startswith("trial: state 'Education': ") for line in lines)


def retried(**fields: Any) -> Definition:
    return machine("Try", Try=task(Retry=[{"ErrorEquals": ["A"], **fields}, {"ErrorEquals": ["States.ALL"]}]))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"ErrorEquals": ["States.ALL"]}, "States.ALL stands alone in the last block"),
        ({"ErrorEquals": ["A", "States.ALL"]}, "States.ALL stands alone in the last block"),
        ({"ErrorEquals": []}, "must name errors"),
        ({"JitterStrategy": "HALF"}, "JitterStrategy HALF"),
        ({"MaxAttempts": "{% 3 %}"}, "MaxAttempts of Retry must be a plain number"),
        ({"MaxAttempt": 3}, "MaxAttempt of a block of Retry"),
    ],
)
def test_retry_blocks_are_checked(fields: Definition, words: str) -> None:
    assert words in refusal(retried(**fields))
    Workbench().define(retried())


MAPPED = apart(Work=task())
WRITER = {"Resource": "arn:aws:states:::s3:putObject", "Arguments": {"Bucket": "b", "Prefix": "p"}}


@pytest.mark.parametrize(
    ("definition", "words"),
    [
        (each(machine("Work", Work=task()), ItemBatcher={}), "ItemBatcher belongs to a distributed Map"),
        (each(machine("Work", Work=task()), ToleratedFailureCount=1), "ToleratedFailureCount belongs to a distributed"),
        (each(MAPPED, ItemsPath="$"), "ItemsPath of a Map"),
        (each(MAPPED, Iterator={}), "Iterator of a Map"),
        (each(MAPPED, Items=[1], ItemReader=reader("CSV")), "either Items or ItemReader"),
        (each(MAPPED, ItemReader=reader("JSON")), "InputType 'JSON' is not supported, only CSV or JSONL"),
        (each(MAPPED, ItemReader={**reader("CSV"), "Resource": "arn:aws:states:::s3:listObjectsV2"}), "listObjectsV2"),
        (each(MAPPED, ItemBatcher={"MaxInputBytesPerBatch": 9, "MaxItemsPerBatch": 1}), "MaxInputBytesPerBatch"),
        (each(MAPPED, ItemBatcher={"BatchInput": 1}), "MaxItemsPerBatch of ItemBatcher must be a whole number"),
        (each(MAPPED, ResultWriter={**WRITER, "WriterConfig": {}}), "WriterConfig of ResultWriter"),
        (each(MAPPED, Label="two words"), "Label 'two words'"),
        (each(MAPPED, Label="x" * 41), "40 plain characters"),
        (each({**MAPPED, "ProcessorConfig": {"Mode": "REMOTE"}}), "Mode 'REMOTE' is not supported"),
        (each({**MAPPED, "Variables": {}}), "Variables of a branch or item processor"),
    ],
)
def test_maps_are_checked(definition: Definition, words: str) -> None:
    assert words in refusal(definition)


def test_a_csv_reader_must_take_its_header_from_the_first_row() -> None:
    other = reader("CSV")
    other["ReaderConfig"]["CSVHeaderLocation"] = "GIVEN"
    assert "CSVHeaderLocation 'GIVEN' is not supported, only FIRST_ROW" in refusal(each(MAPPED, ItemReader=other))


def test_an_express_machine_cannot_have_a_distributed_map() -> None:
    Workbench().define(each(MAPPED))
    assert "an Express machine cannot have a distributed Map" in refusal(each(MAPPED), "EXPRESS")


@pytest.mark.parametrize(
    ("definition", "words"),
    [
        (machine("Begin", End=END), "StartAt names 'Begin', which does not exist"),
        (machine("Look", Look={"Type": "Pass", "Next": "Nowhere"}), "state 'Look': 'Nowhere' does not exist"),
        (machine("Look", Look={"Type": "Pass"}), "state 'Look': needs either Next or End"),
        (machine("Look", Look={"Type": "Activity"}), "Type 'Activity' is not supported"),
        (machine("Choose", Choose={"Type": "Choice", "Choices": []}), "Choices must have a rule"),
        (machine("Rest", Rest={"Type": "Wait", "Seconds": 1, "Timestamp": "x", "End": True}), "either Seconds or"),
        (machine("x" * 81, **{"x" * 81: END}), "80 characters at most"),
        ({**machine("End", End=END), "TimeoutSeconds": "{% 1 %}"}, "TimeoutSeconds of the machine must be a whole"),
        ({**machine("End", End=END), "ProcessorConfig": {}}, "ProcessorConfig of the machine"),
        (passing(Assign={"states": 1}), "'states' cannot be the name of a variable"),
        (passing(Assign={"two words": 1}), "'two words' cannot be the name of a variable"),
    ],
)
def test_a_broken_definition_is_refused(definition: Definition, words: str) -> None:
    assert words in refusal(definition)


def test_a_state_name_may_occur_only_once_in_the_whole_machine() -> None:
    state = {"Type": "Parallel", "Branches": [machine("Look", Look=task())], "End": True}
    assert "must be unique" in refusal({"StartAt": "Look", "States": {"Look": state}})


def test_a_branch_may_not_assign_to_a_variable_around_it_but_a_child_execution_may() -> None:
    assign = {"Type": "Pass", "Assign": {"kept": 1}, "End": True}
    first = {"Type": "Pass", "Assign": {"kept": 1}, "Next": "Each"}
    for processor, refused in ((machine("Set", Set=assign), True), (apart(Set=assign), False)):
        state = {"Type": "Map", "ItemProcessor": processor, "End": True}
        definition = machine("First", First=first, Each=state)
        if refused:
            assert "variable 'kept' belongs to the states around it" in refusal(definition)
        else:
            Workbench().define(definition)
