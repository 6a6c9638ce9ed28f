"""Resource types that do nothing on a laptop. Each with its reason; whatever stands nowhere stops the deployment."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from local.stack import ACCOUNT, REGION


@dataclass(frozen=True)
class Inert:
    """`attributes` are what GetAtt gives, with `{name}` for the physical name; `named_by` is the property with it."""

    reason: str
    named_by: str
    attributes: Mapping[str, str] = field(default_factory=dict)


INERT: dict[str, Inert] = {
    "AWS::CloudWatch::Alarm": Inert(
        "nobody is woken on a laptop; the control room shows what the alarm would watch",
        "AlarmName",
        {"Arn": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{{name}}"},
    ),
    "AWS::CloudWatch::Dashboard": Inert("the control room takes its place", "DashboardName"),
    "AWS::Logs::LogGroup": Inert(
        "logs go to the console and the control room",
        "LogGroupName",
        {"Arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{{name}}:*"},
    ),
}
