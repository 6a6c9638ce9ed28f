"""Metrics: counts that CloudWatch reads out of the log, so that counting costs no call.

What an alarm watches has no dimensions, for an alarm cannot add up over them; which one it was stands in log and case.
"""

from aws_lambda_powertools.metrics import MetricUnit, single_metric

NAMESPACE = "assay"


def count(name: str, **dimensions: str) -> None:
    """One more of `name`, e.g. `count("WebhookRefused", provider="alipay", reason="wrong_signature")`."""
    with single_metric(name=name, unit=MetricUnit.Count, value=1, namespace=NAMESPACE) as metric:
        for dimension, value in dimensions.items():
            metric.add_dimension(name=dimension, value=value)
