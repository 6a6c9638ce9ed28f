"""The chain: every call is counted, and the one a test names breaks as real calls break."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ReadTimeoutError

from local.chain import Call, Chain, Fault, Killed, Mode, chain
from tests.local.patched_moto import client, patched_moto

ADD = {
    "TableName": "Rows",
    "Key": {"pk": {"S": "counter"}},
    "UpdateExpression": "ADD n :one",
    "ExpressionAttributeValues": {":one": {"N": "1"}},
}


@pytest.fixture
def dynamodb() -> Iterator[Any]:
    with patched_moto():
        chain.install()
        made = client("dynamodb")
        made.create_table(
            TableName="Rows",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        )
        chain.arm(None)
        yield made
        chain.arm(None)
        chain.only(None)
        chain.uninstall()


def total(dynamodb: Any) -> int:
    item = dynamodb.get_item(TableName="Rows", Key={"pk": {"S": "counter"}}).get("Item")
    return int(item["n"]["N"]) if item else 0


# ---- counting


def test_calls_inside_the_system_are_counted_with_role_and_function(dynamodb: Any) -> None:
    with chain.acting("DoorRole", "door"):
        dynamodb.update_item(**ADD)
        total(dynamodb)
    assert chain.count == 2
    assert chain.ledger == [
        Call("DoorRole", "door", "dynamodb", "UpdateItem"),
        Call("DoorRole", "door", "dynamodb", "GetItem"),
    ]


def test_calls_of_the_test_itself_are_neither_counted_nor_broken(dynamodb: Any) -> None:
    chain.arm(Fault(1, Mode.BEFORE))
    dynamodb.update_item(**ADD)
    assert (chain.count, total(dynamodb)) == (0, 1)


def test_only_narrows_what_is_counted(dynamodb: Any) -> None:
    chain.only(lambda call: call.operation == "UpdateItem")
    with chain.acting("DoorRole"):
        total(dynamodb)
        dynamodb.update_item(**ADD)
    assert [call.operation for call in chain.ledger] == ["UpdateItem"]


def test_services_are_counted_by_the_name_boto3_knows(dynamodb: Any) -> None:
    assert dynamodb is not None
    with chain.acting(None):
        client("events").list_rules()
        client("secretsmanager").list_secrets()
    assert [call.service for call in chain.ledger] == ["events", "secretsmanager"]


# ---- dying


def test_a_process_killed_before_its_call_leaves_no_effect(dynamodb: Any) -> None:
    chain.arm(Fault(1, "before"))
    with pytest.raises(Killed), chain.acting("DoorRole"):
        dynamodb.update_item(**ADD)
    assert total(dynamodb) == 0
    assert [fault.at for fault in chain.fired] == [1]


def test_a_process_killed_after_its_call_leaves_the_effect(dynamodb: Any) -> None:
    chain.arm(Fault(1, "after"))
    with pytest.raises(Killed), chain.acting("DoorRole"):
        dynamodb.update_item(**ADD)
    assert total(dynamodb) == 1


def test_a_dead_process_does_not_clean_up(dynamodb: Any) -> None:
    chain.arm(Fault(1, Mode.AFTER))

    def handler() -> None:
        try:
            dynamodb.update_item(**ADD)
        except Exception:
            raise AssertionError("death is no Exception") from None
        finally:
            dynamodb.update_item(**ADD)

    with pytest.raises(Killed), chain.acting("DoorRole"):
        handler()
    assert total(dynamodb) == 1


def test_the_death_of_one_invocation_is_not_the_death_of_the_next(dynamodb: Any) -> None:
    chain.arm(Fault(1, Mode.AFTER))
    with pytest.raises(Killed), chain.acting("DoorRole"):
        dynamodb.update_item(**ADD)
    with chain.acting("DoorRole"):
        dynamodb.update_item(**ADD)
    assert total(dynamodb) == 2


def test_the_dead_call_again_only_after_they_were_revived(dynamodb: Any) -> None:
    chain.arm(Fault(1, Mode.BEFORE))
    with chain.acting("DoorRole"):
        for _ in range(2):
            with pytest.raises(Killed):
                dynamodb.update_item(**ADD)
        chain.revive()
        dynamodb.update_item(**ADD)
    assert total(dynamodb) == 1


# ---- answers that are lost, refused or late


def test_a_lost_answer_is_repeated_by_the_sdk_and_doubles_a_careless_effect(dynamodb: Any) -> None:
    chain.arm(Fault(1, Mode.LOST))
    with chain.acting("DoorRole"):
        dynamodb.update_item(**ADD)
    assert total(dynamodb) == 2
    assert chain.count == 1


def test_a_lost_answer_of_a_transaction_has_one_effect_because_the_sdk_repeats_its_token(dynamodb: Any) -> None:
    chain.arm(Fault(1, Mode.LOST))
    with chain.acting("DoorRole"):
        dynamodb.transact_write_items(TransactItems=[{"Update": ADD}])
    assert total(dynamodb) == 1


def test_a_lost_answer_reaches_the_caller_of_a_client_that_tries_once(dynamodb: Any) -> None:
    once = client("dynamodb", config=Config(retries={"total_max_attempts": 1}))
    chain.arm(Fault(1, Mode.LOST))
    with pytest.raises(ReadTimeoutError), chain.acting("DoorRole"):
        once.update_item(**ADD)
    assert total(dynamodb) == 1


def test_a_throttled_call_is_tried_again_without_any_waiting(dynamodb: Any) -> None:
    chain.arm(Fault(1, Mode.THROTTLE, times=3))
    with chain.acting("DoorRole"):
        dynamodb.update_item(**ADD)
    assert (total(dynamodb), chain.count) == (1, 1)


def test_a_call_throttled_more_often_than_the_sdk_tries_is_an_error(dynamodb: Any) -> None:
    chain.arm(Fault(1, Mode.THROTTLE, times=99))
    with pytest.raises(ClientError) as refusal, chain.acting("DoorRole"):
        dynamodb.update_item(**ADD)
    assert refusal.value.response["Error"]["Code"] == "ProvisionedThroughputExceededException"
    assert total(dynamodb) == 0


@pytest.mark.parametrize(
    ("service", "call", "code"),
    [
        ("s3", lambda made: made.list_buckets(), "SlowDown"),
        ("sns", lambda made: made.list_topics(), "Throttled"),
        ("sesv2", lambda made: made.list_email_identities(), "TooManyRequestsException"),
        ("kms", lambda made: made.list_keys(), "ThrottlingException"),
        ("sqs", lambda made: made.list_queues(), "RequestThrottled"),
    ],
    ids=["s3", "sns", "sesv2", "kms", "sqs"],
)
def test_each_service_throttles_in_its_own_words(dynamodb: Any, service: str, call: Any, code: str) -> None:
    assert dynamodb is not None
    made = client(service, config=Config(retries={"total_max_attempts": 1}))
    chain.arm(Fault(1, Mode.THROTTLE))
    with pytest.raises(ClientError) as refusal, chain.acting("DoorRole"):
        call(made)
    assert refusal.value.response["Error"]["Code"] == code


def test_a_conflicting_transaction_is_cancelled_with_its_reasons(dynamodb: Any) -> None:
    chain.arm(Fault(1, Mode.CONFLICT))
    put = {"Put": {"TableName": "Rows", "Item": {"pk": {"S": "other"}}}}
    with pytest.raises(ClientError) as refusal, chain.acting("DoorRole"):
        dynamodb.transact_write_items(TransactItems=[{"Update": ADD}, put])
    codes = [reason["Code"] for reason in refusal.value.response["CancellationReasons"]]
    assert codes == ["TransactionConflict", "None"]
    assert total(dynamodb) == 0


def test_a_conflict_cannot_happen_to_a_call_that_is_no_transaction(dynamodb: Any) -> None:
    chain.arm(Fault(1, Mode.CONFLICT))
    with chain.acting("DoorRole"):
        dynamodb.update_item(**ADD)
    assert (total(dynamodb), chain.fired) == (1, [])


def test_two_faults_break_two_calls(dynamodb: Any) -> None:
    chain.arm([Fault(1, Mode.AFTER), Fault(2, Mode.BEFORE)])
    for _ in range(2):
        with pytest.raises(Killed), chain.acting("DoorRole"):
            dynamodb.update_item(**ADD)
    with chain.acting("DoorRole"):
        dynamodb.update_item(**ADD)
    assert (total(dynamodb), [fault.at for fault in chain.fired]) == (2, [1, 2])


# ---- points outside AWS


@pytest.mark.parametrize(("mode", "sent"), [(Mode.BEFORE, []), (Mode.AFTER, ["charge"])])
def test_a_call_to_an_external_body_is_a_point_where_the_process_may_die(
    dynamodb: Any, mode: Mode, sent: list[str]
) -> None:
    assert dynamodb is not None
    chain.arm(Fault(1, mode))
    reached: list[str] = []
    with pytest.raises(Killed), chain.acting("DoorRole"), chain.point("card: charge"):
        reached.append("charge")
    assert reached == sent
    assert chain.ledger == [Call("DoorRole", None, "point", "card: charge")]


def test_the_answer_of_an_external_body_may_be_lost(dynamodb: Any) -> None:
    assert dynamodb is not None
    chain.arm(Fault(1, Mode.LOST))
    with pytest.raises(TimeoutError), chain.acting("DoorRole"), chain.point("card: charge"):
        pass


def test_a_point_outside_the_system_is_passed(dynamodb: Any) -> None:
    assert dynamodb is not None
    chain.arm(Fault(1, Mode.BEFORE))
    chain.point("card: charge")
    assert chain.count == 0


# ---- installing


def test_a_client_made_before_the_chain_is_found_out() -> None:
    with patched_moto():
        early = client("dynamodb")
        chain.install()
        try:
            early.list_tables()
            with pytest.raises(RuntimeError, match="made before"), chain.acting("DoorRole"):
                early.list_tables()
        finally:
            chain.uninstall()


def test_installing_twice_is_installing_once() -> None:
    other = Chain()
    chain.install()
    chain.install()
    chain.uninstall()
    other.install()
    other.uninstall()
