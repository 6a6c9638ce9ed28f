"""Sockets: a threaded HTTP server on the loopback address that hands every request to a plain function."""

import contextlib
import logging
import socket
import threading
from collections.abc import Callable
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from local.http.messages import Request, Response, message

HOST = "127.0.0.1"
BODY_LIMIT = 64 * 1024 * 1024
Application = Callable[[Request], Response]
_log = logging.getLogger("local.http")


class PortTaken(OSError):
    """Another program listens on the port."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128


class Server:
    """One listening port. It accepts from the moment it is made; `start` begins to answer."""

    def __init__(self, port: int, application: Application) -> None:
        try:
            self._server = _Server((HOST, port), _handler(application))
        except OSError as taken:
            raise PortTaken(taken.errno, f"port {port} of {HOST} is taken by another program") from taken
        self.port: int = self._server.server_address[1]
        self._thread: threading.Thread | None = None

    @property
    def address(self) -> str:
        """Where to reach it, without a trailing slash."""
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, name=f"http-{self.port}", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop answering and free the port."""
        if self._thread is not None:
            stopping = threading.Thread(target=self._server.shutdown)
            stopping.start()
            # Without a visitor the loop would notice only at its next look around.
            with contextlib.suppress(OSError):
                socket.create_connection((HOST, self.port), timeout=1).close()
            stopping.join()
            self._thread.join()
        self._server.server_close()


class _Unreadable(Exception):
    """A body that this server does not read: too large or badly framed."""


def _handler(application: Application) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 65
        # One segment per answer instead of headers and body apart: no wait for the client's acknowledgement.
        wbufsize = -1
        disable_nagle_algorithm = True

        def log_message(self, *args: object) -> None:
            """No line per request on the terminal."""

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except (ConnectionError, TimeoutError):
                self.close_connection = True

        def _answer(self) -> None:
            try:
                request = self._request()
            except _Unreadable as problem:
                self.close_connection = True
                self._send(message(413, str(problem)))
                return
            try:
                response = application(request)
            except Exception:
                _log.exception("%s %s", request.method, request.path)
                response = message(500, "Internal Server Error")
            self._send(response)

        def _request(self) -> Request:
            path, _, query = self.path.partition("?")
            headers: dict[str, str] = {}
            for name, value in self.headers.items():
                lower, joint = name.lower(), "; " if name.lower() == "cookie" else ","
                headers[lower] = f"{headers[lower]}{joint}{value}" if lower in headers else value
            return Request(self.command, path, query, headers, self._body(), self.client_address[0])

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
                return self._chunks()
            length = int(self.headers.get("Content-Length") or 0)
            if not 0 <= length <= BODY_LIMIT:
                raise _Unreadable(f"more than {BODY_LIMIT} bytes")
            return self.rfile.read(length)

        def _chunks(self) -> bytes:
            content = bytearray()
            while size := int(self.rfile.readline().split(b";")[0] or b"0", 16):
                if len(content) + size > BODY_LIMIT:
                    raise _Unreadable(f"more than {BODY_LIMIT} bytes")
                content += self.rfile.read(size)
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass
            return bytes(content)

        def _send(self, response: Response) -> None:
            self.send_response_only(response.status)
            self.send_header("Date", formatdate(usegmt=True))
            for name, value in response.headers:
                if name.lower() not in ("content-length", "connection", "transfer-encoding"):
                    self.send_header(name, value.replace("\r", " ").replace("\n", " "))
            if response.status >= 200 and response.status not in (204, 304):
                length = response.header("content-length") if self.command == "HEAD" else None
                self.send_header("Content-Length", length or str(len(response.body)))
            self.end_headers()
            if self.command != "HEAD" and response.status not in (204, 304):
                self.wfile.write(response.body)

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _answer  # noqa: N815

    return Handler
