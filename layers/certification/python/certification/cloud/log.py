"""One JSON logger for every function. Ids, names of rules and counts only: never a person's data."""

from aws_lambda_powertools import Logger

logger = Logger(service="assay", use_rfc3339=True)
