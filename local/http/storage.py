"""placeholder"""

from local.http.messages import Request, Response, message


class Storage:
    def __init__(self, *_: object) -> None: ...

    def handle(self, request: Request) -> Response:
        return message(501, "Not yet")
