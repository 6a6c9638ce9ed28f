"""REGISTRIES: who says whether a person and a document, or a person and a qualification, belong together.

In words: we put a question, signed; the registry answers at once, signed, or gives a ticket and answers later at our
door (`/registry/answers`, `/registry/education/answers`), signed, perhaps twice, perhaps never. Question and answer are
signed over different prefixes, so neither can be sent back as the other.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from pydantic import ValidationError

from certification.providers import http
from certification.providers.ports import Answer, Later, Lost, ProviderRefused, Question
from certification.providers.signatures import Rejected, check, header, json_object, sign

HEADER = "registry-signature"
QUESTION, ANSWER = b"question.", b"answer."
PATH = "/v1/questions"


class RegistryOverHttp:
    """The registry at `base_url`. `secrets` are shared with it, newest first; `now` tells the time of signing."""

    def __init__(self, base_url: str, secrets: Sequence[str], now: Callable[[], datetime]) -> None:
        self._base = base_url.rstrip("/")
        self._secrets = secrets
        self._now = now

    def ask(self, question: Question) -> Answer | Later:
        """Put the question. An answer that is not signed by the registry is no answer: Lost."""
        body = json.dumps(question.model_dump(mode="json")).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            HEADER: sign(QUESTION + body, self._secrets[0], self._now()),
        }
        reply = http.call("POST", self._base + PATH, headers, body)
        if 400 <= reply.status < 500 and reply.status != 429:
            raise ProviderRefused(reply.status, str(reply.json().get("code")), "the registry refuses the question")
        if reply.status not in (200, 202):
            raise Lost(f"the registry answered {reply.status}")
        try:
            if reply.status == 202:
                return _ticket(reply.headers, reply.body, self._secrets, self._now(), question.question)
            answer = verify_answer(reply.headers, reply.body, self._secrets, self._now())
        except Rejected as reason:
            raise Lost(f"the registry's answer cannot be believed: {reason.code}") from reason
        if answer.question != question.question:
            raise Lost("the registry answered another question")
        return answer


def verify_answer(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> Answer:
    """The answer in this message, or Rejected: not signed by the registry, too old or too new, or not an answer."""
    check(header(headers, HEADER), ANSWER + body, secrets, now)
    try:
        return Answer.model_validate(json_object(body))
    except ValidationError as reason:
        raise Rejected("wrong_shape", "signed, but not an answer") from reason


def _ticket(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime, question: str) -> Later:
    check(header(headers, HEADER), ANSWER + body, secrets, now)
    said = json_object(body)
    if said.get("question") != question or not isinstance(said.get("ticket"), str):
        raise Rejected("wrong_shape", "signed, but not a ticket for this question")
    return Later(ticket=said["ticket"])
