"""The notices as an Atom feed (RFC 4287): whoever follows it needs no account and no e-mail."""

from datetime import datetime
from xml.etree import ElementTree

from certification.acts import notice_board
from certification.cloud import clock
from certification.cloud.settings import settings
from certification.letters.formats import Language, said
from certification.portal.texts import Translator

NAMESPACE = "http://www.w3.org/2005/Atom"
MOST = 50
TYPE = "application/atom+xml; charset=utf-8"


def atom(language: Language) -> str:
    """The newest versions of all notices, newest first. What names people and has ended is not in it."""
    t, now = Translator(language), clock.now()
    here = f"{settings().public_url}/{language}"
    versions = [
        (series, version)
        for series in notice_board.board()
        for version in series.begun(now)
        if not series.removed(version, now)
    ]
    versions.sort(key=lambda one: (one[1].effective, one[0].id), reverse=True)
    feed = ElementTree.Element("feed", {"xmlns": NAMESPACE, "xml:lang": "zh-CN" if language == "zh" else "en"})
    _with(
        feed,
        id=f"{here}/notices",
        title=t("notices.title"),
        updated=_when(versions[0][1].effective if versions else now),
    )
    ElementTree.SubElement(feed, "link", {"rel": "self", "href": f"{here}/notices/feed"})
    ElementTree.SubElement(feed, "link", {"rel": "alternate", "href": f"{here}/notices"})
    _with(ElementTree.SubElement(feed, "author"), name=t("layout.service"))
    for series, version in versions[:MOST]:
        address = f"{here}/notices/{series.id}/{version.number}"
        entry = ElementTree.SubElement(feed, "entry")
        _with(entry, id=address, title=said(version.title, language), updated=_when(version.effective))
        _with(entry, summary=t(f"notices.kind_{series.kind}"))
        ElementTree.SubElement(entry, "link", {"rel": "alternate", "href": address})
    return ElementTree.tostring(feed, encoding="unicode", xml_declaration=True)


def _with(parent: ElementTree.Element, **texts: str) -> None:
    for name, text in texts.items():
        ElementTree.SubElement(parent, name).text = text


def _when(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
