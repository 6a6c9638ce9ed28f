"""The policy language: wildcards, conditions and their odd cases, and what is refused when a policy is read."""

from typing import Any

import pytest

from local.gate.evaluate import Context, PolicyError, applies, check_statement, holds, matches
from local.gate.principals import Principal, concerns
from local.stack import ACCOUNT

TABLE = "arn:aws:dynamodb:ap-southeast-1:123456789012:table/assay-Outbox"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/assay-door"


@pytest.mark.parametrize(
    ("pattern", "value", "expected"),
    [
        ("*", "", True),
        ("a*c", "abbc", True),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("a.c", "abc", False),
        ("in/*", "in/a/b\nc", True),
        ("[a]", "a", False),
    ],
)
def test_only_star_and_question_mark_are_wild(pattern: str, value: str, expected: bool) -> None:
    assert matches(pattern, value) is expected


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ({"Action": "dynamodb:GetItem", "Resource": TABLE}, True),
        ({"Action": "DynamoDB:getitem", "Resource": TABLE}, True),
        ({"Action": ["dynamodb:PutItem", "dynamodb:Get*"], "Resource": "*"}, True),
        ({"Action": "dynamodb:PutItem", "Resource": TABLE}, False),
        ({"Action": "dynamodb:GetItem", "Resource": TABLE + "/index/due"}, False),
        ({"Action": "dynamodb:GetItem", "Resource": TABLE.replace("Outbox", "outbox")}, False),
        ({"NotAction": "dynamodb:DeleteItem", "Resource": TABLE}, True),
        ({"NotAction": "dynamodb:*", "Resource": TABLE}, False),
        ({"Action": "dynamodb:GetItem", "NotResource": TABLE}, False),
        ({"Action": "dynamodb:GetItem", "NotResource": "arn:aws:s3:::*"}, True),
        (
            {"Action": "dynamodb:GetItem", "Resource": TABLE, "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
            False,
        ),
    ],
)
def test_a_statement_applies_to_action_resource_and_condition(statement: dict[str, Any], expected: bool) -> None:
    assert applies(statement, "dynamodb:GetItem", TABLE, {"aws:SecureTransport": "true"}) is expected


CARRIED: Context = {
    "ses:FromAddress": "Desk@assay.test",
    "aws:SourceArn": "arn:aws:events:ap-southeast-1:123456789012:rule/assay/letters",
    "aws:SecureTransport": "true",
    "s3:TlsVersion": "1.3",
    "dynamodb:LeadingKeys": ("CAND#1", "CAND#2"),
}


@pytest.mark.parametrize(
    ("operator", "key", "wanted", "expected"),
    [
        ("StringEquals", "ses:FromAddress", "Desk@assay.test", True),
        ("StringEquals", "SES:fromaddress", ["x", "Desk@assay.test"], True),
        ("StringEquals", "ses:FromAddress", "desk@assay.test", False),
        ("StringNotEquals", "ses:FromAddress", ["x", "Desk@assay.test"], False),
        ("StringNotEquals", "ses:FromAddress", "x", True),
        ("StringEqualsIgnoreCase", "ses:FromAddress", "desk@ASSAY.test", True),
        ("StringNotEqualsIgnoreCase", "ses:FromAddress", "desk@ASSAY.test", False),
        ("StringLike", "ses:FromAddress", "*@assay.test", True),
        ("StringNotLike", "ses:FromAddress", "*@assay.test", False),
        ("ArnLike", "aws:SourceArn", "arn:aws:events:*:123456789012:rule/*", True),
        ("ArnLike", "aws:SourceArn", "arn:aws:*:rule/*", False),
        ("ArnEquals", "aws:SourceArn", "arn:aws:events:ap-southeast-1:123456789012:rule/assay/letters", True),
        ("ArnNotLike", "aws:SourceArn", "arn:aws:events:*:123456789012:rule/*", False),
        ("ArnNotEquals", "aws:SourceArn", "arn:aws:sqs:ap-southeast-1:123456789012:q", True),
        ("Bool", "aws:SecureTransport", "True", True),
        ("Bool", "aws:SecureTransport", False, False),
        ("NumericLessThan", "s3:TlsVersion", "1.3", False),
        ("NumericLessThanEquals", "s3:TlsVersion", "1.3", True),
        ("NumericGreaterThan", "s3:TlsVersion", "1.2", True),
        ("NumericGreaterThanEquals", "s3:TlsVersion", "1.4", False),
        ("NumericEquals", "s3:TlsVersion", 1.3, True),
        ("NumericNotEquals", "s3:TlsVersion", 1.3, False),
        ("NumericLessThan", "ses:FromAddress", "2", False),
        ("Null", "ses:FromAddress", "true", False),
        ("Null", "ses:FromAddress", "false", True),
        ("Null", "aws:SourceAccount", "true", True),
        ("StringEquals", "aws:SourceAccount", ACCOUNT, False),
        ("StringEqualsIfExists", "aws:SourceAccount", ACCOUNT, True),
        ("StringEqualsIfExists", "ses:FromAddress", "x", False),
        ("StringNotEquals", "aws:SourceAccount", ACCOUNT, True),
        ("StringNotEqualsIfExists", "aws:SourceAccount", ACCOUNT, True),
        ("ForAllValues:StringLike", "dynamodb:LeadingKeys", "CAND#*", True),
        ("ForAllValues:StringLike", "dynamodb:LeadingKeys", "CAND#1", False),
        ("ForAllValues:StringLike", "aws:SourceAccount", "x", True),
        ("ForAnyValue:StringLike", "dynamodb:LeadingKeys", "CAND#1", True),
        ("ForAnyValue:StringLike", "dynamodb:LeadingKeys", "IDX#*", False),
        ("ForAnyValue:StringLike", "aws:SourceAccount", "x", False),
        ("ForAllValues:StringNotLike", "dynamodb:LeadingKeys", "CAND#1", False),
        ("ForAnyValue:StringNotLike", "dynamodb:LeadingKeys", "CAND#1", True),
    ],
)
def test_condition_operators(operator: str, key: str, wanted: Any, expected: bool) -> None:
    assert holds({operator: {key: wanted}}, CARRIED) is expected


def test_every_operator_and_every_key_must_hold() -> None:
    both = {"Bool": {"aws:SecureTransport": "true"}, "StringLike": {"ses:FromAddress": "*@assay.test"}}
    assert holds(both, CARRIED)
    assert not holds({**both, "Null": {"ses:FromAddress": "true"}}, CARRIED)
    assert not holds({"StringEquals": {"ses:FromAddress": "Desk@assay.test", "aws:SourceAccount": "x"}}, CARRIED)


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ({"Effect": "Allow", "Action": "s3:*", "NotPrincipal": "*"}, "NotPrincipal"),
        ({"Effect": "Allow", "Resource": "*"}, "Action or NotAction"),
        ({"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::${aws:username}"}, "policy variable"),
        ({"Effect": "Allow", "Action": "s3:*", "Condition": {"IpAddress": {"aws:SourceIp": "::1"}}}, "IpAddress"),
        ({"Effect": "Allow", "Action": "s3:*", "Condition": {"StringEquals": {"aws:SourceVpc": "x"}}}, "aws:SourceVpc"),
        ({"Effect": "Allow", "Action": "s3:*", "Condition": {"Some:StringEquals": {"s3:prefix": "x"}}}, "Some"),
    ],
)
def test_what_cannot_be_judged_is_refused_when_the_policy_is_read(statement: dict[str, Any], says: str) -> None:
    with pytest.raises(PolicyError, match=says):
        check_statement(statement, "DoorRole")


@pytest.mark.parametrize(
    ("named", "principal", "effect", "expected"),
    [
        ("*", Principal(role=ROLE), "Allow", True),
        ("*", Principal(service="events.amazonaws.com"), "Deny", True),
        ({"AWS": "*"}, Principal(role=ROLE), "Allow", True),
        ({"AWS": "*"}, Principal(service="events.amazonaws.com"), "Allow", False),
        ({"AWS": ROLE}, Principal(role=ROLE), "Allow", True),
        ({"AWS": [ROLE + "2", ROLE]}, Principal(role=ROLE), "Allow", True),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, Principal(role=ROLE), "Allow", False),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, Principal(role=ROLE), "Deny", True),
        ({"AWS": ACCOUNT}, Principal(account=True), "Allow", True),
        ({"Service": "events.amazonaws.com"}, Principal(service="events.amazonaws.com"), "Allow", True),
        ({"Service": ["sns.amazonaws.com"]}, Principal(service="events.amazonaws.com"), "Allow", False),
        ({"Service": "events.amazonaws.com"}, Principal(role=ROLE), "Allow", False),
    ],
)
def test_a_principal_element_means_roles_services_or_the_account(
    named: Any, principal: Principal, effect: str, expected: bool
) -> None:
    assert concerns(named, principal, effect) is expected


@pytest.mark.parametrize("named", [{"Federated": "x"}, None, []])
def test_other_principals_are_refused(named: Any) -> None:
    with pytest.raises(PolicyError):
        concerns(named, Principal(role=ROLE), "Allow")
