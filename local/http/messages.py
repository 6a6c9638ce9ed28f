"""One HTTP request and one response, free of sockets: what the API, S3, simulators and the control room exchange."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(frozen=True)
class Request:
    """`path` is as sent (percent-encoded), `query` without the question mark; header names are lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    source: str = "127.0.0.1"

    @classmethod
    def of(
        cls, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes | str = b""
    ) -> "Request":
        """A request from a method and a target such as `/en/?page=2`."""
        parts = urlsplit(target)
        lower = {name.lower(): value for name, value in (headers or {}).items()}
        content = body.encode() if isinstance(body, str) else body
        return cls(method.upper(), parts.path or "/", parts.query, {"host": "127.0.0.1", **lower}, content)

    @property
    def plain_path(self) -> str:
        """The path decoded."""
        return unquote(self.path)

    def arguments(self) -> dict[str, str]:
        """The query's values; of a name that comes twice, the last."""
        return dict(parse_qsl(self.query, keep_blank_values=True))

    def form(self) -> dict[str, str]:
        """The fields of an urlencoded body; of a name that comes twice, the last."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


@dataclass(frozen=True)
class Response:
    """`headers` may name a header twice (Set-Cookie)."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """The first value of a header, whatever its case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def all(self, name: str) -> list[str]:
        """Every value of a header, in order."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    @property
    def text(self) -> str:
        """The body as UTF-8."""
        return self.body.decode()


def message(status: int, text: str) -> Response:
    """A short JSON answer as API Gateway gives it, e.g. `{"message":"Not Found"}`."""
    return Response(status, (("content-type", "application/json"),), f'{{"message":"{text}"}}'.encode())
