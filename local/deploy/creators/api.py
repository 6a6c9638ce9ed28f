"""The HTTP API: its routes, read from the OpenAPI body that SAM writes."""

import re
from typing import Any

from local.deploy.creating import Created, Creator, Deployment, Properties
from local.deploy.errors import DeployError
from local.stack import REGION, RouteSpec

API_ID = "local"

_INVOKED = re.compile(r"functions/(arn:aws:lambda:[^/]+)/invocations$")
_BODY_SECTIONS = {"components", "info", "openapi", "paths", "tags"}
_ANY = "x-amazon-apigateway-any-method"


def _api(logical_id: str, properties: Properties, deployment: Deployment) -> Created:
    if deployment.stack.routes:
        raise DeployError(logical_id, "the local cloud serves one HTTP API")
    body: dict[str, Any] = properties["Body"]
    for section in body:
        if section not in _BODY_SECTIONS:
            raise DeployError(logical_id, f"{section} of the API's body is not implemented by the local cloud")
    authorizers = {
        name: _authorizer(f"{logical_id}.{name}", scheme, deployment)
        for name, scheme in (body.get("components") or {}).get("securitySchemes", {}).items()
    }
    for path, methods in body["paths"].items():
        for method, operation in methods.items():
            where = f"{logical_id} {method.upper()} {path}"
            deployment.stack.routes.append(_route(where, method, path, operation, authorizers, deployment))
    endpoint = f"https://{API_ID}.execute-api.{REGION}.amazonaws.com"
    return Created(API_ID, {"ApiEndpoint": endpoint, "ApiId": API_ID}, name=API_ID)


def _route(
    where: str,
    method: str,
    path: str,
    operation: dict[str, Any],
    authorizers: dict[str, tuple[str, tuple[str, ...]]],
    deployment: Deployment,
) -> RouteSpec:
    integration = Properties(where, operation["x-amazon-apigateway-integration"])
    integration.only("type", "aws_proxy", "only Lambda proxy integrations are implemented")
    integration.only("httpMethod", "POST", "Lambda is invoked with POST")
    integration.only("payloadFormatVersion", "2.0", "handlers read payload format 2.0")
    function = _function(where, integration["uri"], deployment)
    integration.refuse_unread({})
    authorizer: str | None = None
    identity: tuple[str, ...] = ()
    for requirement in operation.get("security") or []:
        for name in requirement:
            if name == "NONE":
                continue
            if name not in authorizers:
                raise DeployError(where, f"names the authorizer {name}, which the API does not define")
            authorizer, identity = authorizers[name]
    return RouteSpec("ANY" if method == _ANY else method.upper(), path, function, authorizer, identity)


def _authorizer(where: str, scheme: dict[str, Any], deployment: Deployment) -> tuple[str, tuple[str, ...]]:
    """The function that is asked, and what a request must carry before it is asked."""
    definition = Properties(where, scheme.get("x-amazon-apigateway-authorizer") or {})
    definition.only("type", "request", "only REQUEST authorizers are implemented")
    definition.only("authorizerPayloadFormatVersion", "2.0", "the authorizer reads payload format 2.0")
    definition.only("enableSimpleResponses", True, "the authorizer answers isAuthorized")
    definition.only("authorizerResultTtlInSeconds", 0, "an answer is never kept: a session may end at any moment")
    function = _function(where, definition["authorizerUri"], deployment)
    sources = definition.get("identitySource") or []
    for source in sources:
        if not source.startswith("$request.header."):
            raise DeployError(where, f"the identity source {source} is not a header")
    definition.refuse_unread({})
    return function, tuple(sources)


def _function(where: str, uri: str, deployment: Deployment) -> str:
    match = _INVOKED.search(uri)
    functions = {spec.arn: spec.name for spec in deployment.stack.functions.values()}
    if match is None or match[1] not in functions:
        raise DeployError(where, f"{uri} is not the invocation of a function of this template")
    return functions[match[1]]


def _stage(logical_id: str, properties: Properties, deployment: Deployment) -> Created:
    properties.only("StageName", "$default", "any other stage would stand in every path")
    properties.only("ApiId", API_ID, "there is one API")
    properties.only("AutoDeploy", True, "a route is live as soon as it is in the template")
    deployment.stack.inert.append(logical_id)
    return Created("$default")


_UNLIMITED = "throttling is not modelled"

CREATORS = {
    "AWS::ApiGatewayV2::Api": Creator(_api, {"FailOnWarnings": "there are no warnings, only errors"}),
    "AWS::ApiGatewayV2::Stage": Creator(
        _stage,
        {
            "AccessLogSettings": "the server logs to the console",
            "DefaultRouteSettings": _UNLIMITED,
            "RouteSettings": _UNLIMITED,
            "Tags": "nothing reads them",
        },
    ),
}
