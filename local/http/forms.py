"""A browser's upload form (multipart/form-data), read as S3 reads it."""

import io
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.formparser import FormDataParser

from local.http.messages import Request


class UnreadableForm(ValueError):
    """The body is no upload form."""


@dataclass(frozen=True)
class UploadForm:
    """The fields before the file, names in lower case, and the file's bytes."""

    fields: dict[str, str]
    content: bytes
    file_name: str

    @property
    def key(self) -> str:
        """Where the file goes; `${filename}` stands for the name on the sender's machine."""
        return self.fields.get("key", "").replace("${filename}", self.file_name)

    def redirect(self, bucket: str, tag: str) -> str | None:
        """Where the browser goes after a success, with what was stored; None when the form names no place."""
        wanted = self.fields.get("success_action_redirect") or self.fields.get("redirect")
        if not wanted:
            return None
        parts = urlsplit(wanted)
        about = urlencode({"bucket": bucket, "key": self.key, "etag": tag})
        return urlunsplit(parts._replace(query=f"{parts.query}&{about}" if parts.query else about))


def read_form(request: Request) -> UploadForm:
    """The upload form in a request. The file must come in the field `file`."""
    kind = request.headers.get("content-type", "")
    options = dict(part.strip().partition("=")[::2] for part in kind.split(";")[1:])
    if not kind.lower().startswith("multipart/form-data") or not options.get("boundary"):
        raise UnreadableForm("the body is not multipart/form-data")
    parser = FormDataParser(max_form_memory_size=None, cls=MultiDict)
    boundary = {"boundary": options["boundary"].strip('"')}
    try:
        _, fields, files = parser.parse(io.BytesIO(request.body), "multipart/form-data", len(request.body), boundary)
    except (ValueError, HTTPException) as problem:
        raise UnreadableForm(f"the body cannot be read: {problem}") from problem
    found: FileStorage | None = files.get("file")
    content = found.read() if found is not None else fields.get("file", "").encode()
    if found is None and "file" not in fields:
        raise UnreadableForm("the form has no field named file")
    name = found.filename if found is not None and found.filename else ""
    return UploadForm({k.lower(): v for k, v in fields.items() if k.lower() != "file"}, content, name)
