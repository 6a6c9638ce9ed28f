"""One creator per resource type. What is in neither list stops the deployment."""

from local.deploy.creating import Creator
from local.deploy.creators import api, events, files, functions, keys, machines, queues, roles, tables

CREATORS: dict[str, Creator] = {
    **tables.CREATORS,
    **files.CREATORS,
    **queues.CREATORS,
    **events.CREATORS,
    **functions.CREATORS,
    **api.CREATORS,
    **keys.CREATORS,
    **machines.CREATORS,
    **roles.CREATORS,
}
