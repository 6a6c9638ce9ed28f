"""How a function is called: steps by machines, listeners by queues. Doors are in `doors`.

A handler parses, calls the package and answers. These decorators hold what would otherwise be copied thirty times.
"""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from botocore.exceptions import ClientError

from certification.cloud.log import logger
from certification.cloud.problems import is_passing
from certification.rules.errors import Refused

Event = dict[str, Any]


def step(function: Callable[[Event], Any]) -> Callable[[Event, Any], Any]:
    """A Lambda handler for a state of a machine: the event is the state's payload, the answer its result (JSON).

    A `Refused` is raised under its own class name, so a machine's Catch can name it. Trouble of AWS that passes comes
    under many names (one for each code, PynamoDB's own, the SDK's): the machines' Retry knows it as `ClientError`.
    Anything else goes to *Needs a person*.
    """

    @wraps(function)
    def handler(event: Event, _context: Any) -> Any:
        try:
            return function(event)
        except Refused as refusal:
            logger.info("refused", step=function.__module__, code=refusal.code)
            raise
        except Exception as error:
            if not is_passing(error):
                raise
            raise ClientError({"Error": {"Code": type(error).__name__, "Message": "passing"}}, "Step") from error

    return handler


def listener(function: Callable[[Event], None]) -> Callable[[Event, Any], Event]:
    """A Lambda handler for an SQS queue fed by the bus: called once per message with the announcement's detail.

    What fails is reported alone and delivered again; after the queue's limit it lies in the dead-letter queue.
    """

    @wraps(function)
    def handler(event: Event, _context: Any) -> Event:
        failures = []
        for record in event["Records"]:
            try:
                function(json.loads(record["body"])["detail"])
            except Exception as error:  # one bad message must not hold up the others
                logger.warning("not handled", listener=function.__module__, error=type(error).__name__)
                failures.append({"itemIdentifier": record["messageId"]})
        return {"batchItemFailures": failures}

    return handler
