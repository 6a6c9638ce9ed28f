"""Facts of cases: whatever an act writes into a case, its page says in words, in both languages."""

import ast
from collections.abc import Iterator, Mapping

from certification.portal.texts import catalogue
from certification.portal.views.desk_facts import HIDDEN, ORDER
from tests.house.sources import PACKAGE, named, python_files, tree

ACTS = python_files(PACKAGE / "acts")
Function = ast.FunctionDef


def functions() -> dict[str, list[Function]]:
    """Every function of the acts by name: those that take facts, as a parameter or as words of their own."""
    found: dict[str, list[Function]] = {}
    for path in ACTS:
        for node in ast.walk(tree(path)):
            if isinstance(node, Function) and _takes_facts(node):
                found.setdefault(node.name, []).append(node)
    return found


def _takes_facts(node: Function) -> bool:
    parts = node.args
    names = [each.arg for each in (*parts.args, *parts.kwonlyargs, *([parts.kwarg] if parts.kwarg else []))]
    return "facts" in names


def written() -> Iterator[tuple[str, str]]:
    """Every key that is written, with its place. A key that cannot be read from the code is an error."""
    takes = functions()
    for path in ACTS:
        constants = {
            target.id: value.value
            for node in tree(path).body
            if isinstance(node, ast.Assign)
            for names in node.targets
            for target, value in _pairs(names, node.value)
        }
        for function in (node for node in ast.walk(tree(path)) if isinstance(node, Function)):
            local = [node for node in tree(path).body if isinstance(node, Function)]
            dicts = {
                getattr(node.targets[0], "id", "")
                for node in ast.walk(function)
                if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict)
            }
            for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
                for given in _given(call, takes, {each.name for each in local if not _takes_facts(each)}, dicts):
                    place = f"{named(path)}:{call.lineno}"
                    yield from ((key, place) for key in _keys(given, function, constants, place))


def _pairs(names: ast.expr, value: ast.expr) -> Iterator[tuple[ast.Name, ast.Constant]]:
    pairs = [(names, value)]
    if isinstance(names, ast.Tuple) and isinstance(value, ast.Tuple):
        pairs = list(zip(names.elts, value.elts, strict=False))
    for name, one in pairs:
        if isinstance(name, ast.Name) and isinstance(one, ast.Constant):
            yield name, one


def _given(call: ast.Call, takes: dict[str, list[Function]], others: set[str], dicts: set[str]) -> Iterator[ast.expr]:
    """What a call gives as facts of a case: `facts=`, the place of that parameter, or its own words."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name == "changed":
        for value in (each.value for each in call.keywords if each.arg == "facts"):
            if isinstance(value, ast.Dict) or getattr(value, "id", "") in dicts:  # others are the facts of payments
                yield value
    if name in others or name in ("Refused", "Case"):
        return
    for function in takes.get(name, []):
        parts = function.args
        if parts.kwarg is not None and parts.kwarg.arg == "facts":
            known = {each.arg for each in (*parts.args, *parts.kwonlyargs)}
            words = [each.arg for each in call.keywords if each.arg is not None and each.arg not in known]
            yield ast.Dict(keys=[ast.Constant(word) for word in words], values=[ast.Constant("") for _ in words])
        places = [each.arg for each in parts.args]
        if "facts" in places and len(call.args) > places.index("facts"):
            yield call.args[places.index("facts")]
        yield from (each.value for each in call.keywords if each.arg == "facts")


def _keys(given: ast.expr, function: Function, constants: Mapping[str, object], place: str) -> Iterator[str]:
    match given:
        case ast.Constant(value=None):
            return
        case ast.IfExp():
            yield from _keys(given.body, function, constants, place)
            yield from _keys(given.orelse, function, constants, place)
        case ast.Dict():
            for key in given.keys:
                said = key.value if isinstance(key, ast.Constant) else constants.get(getattr(key, "id", ""))
                if key is not None:  # what is unpacked was written elsewhere
                    assert isinstance(said, str), f"{place}: write the key as a text"
                    yield said
        case ast.Name():
            found = [
                node.value
                for node in ast.walk(function)
                if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == given.id
            ]
            assert found or given.id == "facts", f"{place}: where do these facts come from?"
            for value in found:
                yield from _keys(value, function, constants, place)
        case ast.Call() if getattr(given.func, "id", "") == "_facts":
            return  # what to look at in a review: sentences in both languages
        case _:
            raise AssertionError(f"{place}: write the facts as a dict")


def test_every_fact_that_an_act_writes_is_said_on_the_page() -> None:
    found = dict(written())
    assert {"order", "appointment", "on_paper_by", "asks", "reason", "why", "machine"} <= found.keys(), (
        "the finder is broken"
    )
    without = {key: place for key, place in found.items() if key not in HIDDEN and key not in ORDER}
    assert not without, "give it words in locales/fact.yaml and a line in views/desk_facts.py"
    assert not (set(ORDER) | HIDDEN) - found.keys(), "no act writes this fact any more"


def test_every_fact_has_words_and_no_words_are_left_over() -> None:
    assert not {key for key in ORDER if f"fact.{key}" not in catalogue()}
    words = {key.removeprefix("fact.") for key in catalogue() if key.startswith("fact.")}
    starts = tuple(f"{key}_" for key in ORDER)
    starts = (*starts, "closed_")  # what a case ended with
    assert {word for word in words if word not in ORDER and not word.startswith(starts)} == {"nothing"}
