"""What pages say: complete in both languages, used, and named rightly by every template."""

import ast
import re
from pathlib import Path

import pytest
from jinja2 import meta, nodes
from markupsafe import Markup

from certification.letters.formats import LANGUAGES, Language
from certification.portal import templating, texts
from certification.portal.texts import Translator, catalogue
from certification.portal.views import countries
from certification.rules.policy_applying import Education
from certification.rules.status import Status

PORTAL = Path(texts.__file__).parent
TEMPLATES = sorted(path.relative_to(PORTAL / "templates").as_posix() for path in (PORTAL / "templates").rglob("*.html"))
GIVEN = {  # what `page()` and the environment give every template
    *("token", "errors", "typed", "path", "link", "visitor", "tag", "languages", "navigation"),
    *("t", "language", "static"),
    *(
        "back",
        "wrong",
        "field",
        "long_field",
        "date_field",
        "choice",
        "pick",
        "tick",
        "ticks",
        "submit",
        "go",
        "receipts",
        "facts",
        "aside",
    ),
    *(
        "more",
        "progress",
        "price_tables",
        "published",
        "notice_text",
        "notice_list",
        "contact_card",
        "govukTaskList",
        "govukNotificationBanner",
        "govukButton",
        "govukCheckboxes",
        "govukSelect",
        "remembered",
        "cases",
        "done",
        "folder",
    ),
    *("flow", "sends", "confirms", "confirmed", "text"),
    *("list", "items"),  # set inside a branch, which Jinja's analysis does not follow
}
VIEWS = {  # what page functions add
    *("all_blocks", "catalogue", "timeline", "asked", "studied", "most_studies"),  # what eligibility and work show
    *("jobs", "leaves", "certificates", "fields", "times", "known_certificates"),
    *("application", "suffix", "entry", "countries", "degrees", "forms", "duplicate"),
    *("photo", "shape", "sent", "late", "bank"),  # what the pages of files show
    *("info", "columns", "entries", "platforms", "scopes", "choices", "said", "waiting", "mine"),
    *("orders", "rows", "which", "sitting", "others"),  # what the pages of money show
    *("shown", "letter_of", "notice_of", "longest", "receipt", "way", "why"),
    *(
        "exam",
        "exams",
        "view",
        "reference",
        "reasons",
        "person",
        "kinds",
        "nationalities",
        "levels",
        "most",
        "education",
    ),
    *("work", "to", "ended", "staff", "address", "by_phone", "again", "known", "applications", "messages", "verdict"),
    *(
        "number",
        "draw",
        "draws",
        "desks",
        "refusal",
        "kind",
        "asked",
        "none_left",
        "ticked",
        "sittings",
        "key",
        "folders",
        "minutes",
        "course",
        "kept",
        "queue",
        "correcting",
        "action",
    ),
    "picture",
}
# Texts that are looked up under a name made at run time: every name that can be made must be there.
MADE = {
    *(f"profile.level_{level.value}" for level in Education),
    *(f"progress.{state}" for state in ("done", "now")),
    *(f"tasks.{state}" for state in ("done", "todo", "problem", "working", "locked")),
    *(f"pay.state_{state}" for state in ("open", "confirming", "settled", "lapsed", "superseded", "voided")),
    *(f"staff.identity_{state}" for state in ("unasked", "asked", "passed", "failed", "on_site")),
    *(f"check.{state}" for state in ("valid", "void", "unknown")),
}


def tree(name: str) -> nodes.Template:
    environment = templating.environment("en", templating.sources())
    return environment.parse((PORTAL / "templates" / name).read_text("utf-8"))


def named_in_templates() -> set[str]:
    """Every key that a template names in full, and every `area.` or `area.prefix_` that it completes."""
    found: set[str] = set()
    for name in TEMPLATES:
        for call in tree(name).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "t" and call.args:
                first = call.args[0]
                if isinstance(first, nodes.Const):
                    found.add(first.value)
                elif isinstance(first, nodes.Concat) and isinstance(first.nodes[0], nodes.Const):
                    found.add(f"{first.nodes[0].value}*")
    return found


def named_in_python() -> set[str]:
    """Every text of the shape `area.key` in the package, and every f-string that begins like one."""
    areas = "|".join(sorted({key.split(".")[0] for key in catalogue()}))
    found: set[str] = set()
    for path in PORTAL.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if re.fullmatch(rf"({areas})\.(?!html$)[\w-]*[a-z0-9]", node.value):
                    found.add(node.value)
            elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                start = str(node.values[0].value)
                if re.match(rf"({areas})\.", start):
                    found.add(f"{start}*")
    return found


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_every_text_says_the_same_in_both_languages(key: str) -> None:
    entry = catalogue()[key]
    english, chinese = entry["en"], entry["zh"]
    forms = english.values() if isinstance(english, dict) else [english]
    assert isinstance(chinese, str)
    assert not isinstance(english, dict) or set(english) == {"one", "other"}
    for text in [*forms, chinese]:
        assert text.strip(), "a text is empty"
    names = [set(re.findall(r"\{(\w+)\}", text)) for text in forms]
    assert set.union(*names) == set(re.findall(r"\{(\w+)\}", chinese))


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_chinese_is_chinese_and_english_is_not(key: str) -> None:
    entry = catalogue()[key]
    assert not re.search("[\u4e00-\u9fff]", str(entry["en"]).replace("陈样本", ""))
    without_values = re.sub(r"\{\w+\}", "", str(entry["zh"]))
    if re.search("[a-z]{4}", re.sub(r"\{\w+\}", "", str(entry["en"]))) and key != "about.privacy_cookies":
        assert re.search("[\u4e00-\u9fff]", without_values), "the Chinese text has no Chinese"
    assert not re.search(r"[\u4e00-\u9fff][,;?!]", without_values), "half-width punctuation after a Chinese character"


def test_every_text_that_is_named_exists() -> None:
    for key in named_in_templates() | named_in_python() | MADE:
        if key.endswith("*"):
            assert any(known.startswith(key[:-1]) for known in catalogue()), key
        else:
            assert key in catalogue(), key


def test_no_text_is_left_over() -> None:
    named = named_in_templates() | named_in_python() | MADE
    starts = tuple(key[:-1] for key in named if key.endswith("*"))
    left = {key for key in catalogue() if key not in named and not key.startswith(starts)}
    assert left == set()


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_names_no_unknown_variable(name: str) -> None:
    assert meta.find_undeclared_variables(tree(name)) <= GIVEN | VIEWS


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_has_nothing_inline_and_no_text_of_its_own(name: str) -> None:
    source = (PORTAL / "templates" / name).read_text("utf-8")
    assert not re.search(r"\son\w+=|\sstyle=|<style|<script(?![^>]*\ssrc=)|\|safe", source)
    written = "".join(data.data for data in tree(name).find_all(nodes.TemplateData))
    words = re.sub(
        r"<[^>]*>|&\w+;|\w+=\"[^\"]*\"?|python3 recompute_\w+.py|-(commitment|list|draw|sample).json|COMM-…",
        " ",
        written,
    )
    assert not re.search(r"(?<![\w/=\"'-])[A-Za-z\u4e00-\u9fff]{2,}(?![\w=\"'-])", words), words


def test_plurals_follow_the_number() -> None:
    english, chinese = Translator("en"), Translator("zh")
    assert english("files.photo_bad", n=1) == "1 check needs attention"
    assert english("files.photo_bad", n=2) == "2 checks need attention"
    assert chinese("files.photo_bad", n=1) == "有 1 项需要注意"


def test_markup_in_a_value_stays_and_the_rest_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "catalogue", lambda: {"a.b": {"en": "x < {link} & {name}", "zh": "x"}})
    said = Translator("en")("a.b", link=Markup("<a>y</a>"), name="<b>")
    assert said == "x &lt; <a>y</a> &amp; &lt;b&gt;"


def test_an_unquoted_comma_in_a_text_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "area.yaml").write_text("key: {en: Read this, then go on, zh: 好}\n", "utf-8")
    monkeypatch.setattr(texts, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match=r"area\.yaml: key must have en and zh"):
        catalogue.__wrapped__()


def test_every_status_says_whose_turn_it_is() -> None:
    from certification.rules.waits import WAITS

    said = {str(status) for status in Status if Translator("en").has(f"next.{status}_title")}
    assert said | {str(status) for status in WAITS} == {str(status) for status in Status}


def test_norway_is_a_nationality_and_not_a_truth_value() -> None:
    assert countries.name("NO", "en") == "Norway"
    assert countries.name("CN", "zh") == "中国"
    assert len(dict(countries.options("en"))) > 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_pages_are_the_same_as_from_source(language: Language, tmp_path: Path) -> None:
    from jinja2 import ModuleLoader

    assert templating.compile_to(tmp_path) > len(TEMPLATES)
    values = {
        "token": "", "errors": {}, "typed": {}, "path": "/privacy", "link": lambda path: f"/en{path}", "tag": "en",
        "languages": [], "navigation": [], "visitor": type("V", (), {"kind": "nobody"}),
    }  # fmt: skip
    for name in ("privacy.html", "browsers.html"):
        compiled = templating.environment(language, ModuleLoader(tmp_path)).get_template(name).render(values)
        source = templating.environment(language, templating.sources()).get_template(name).render(values)
        assert compiled == source
