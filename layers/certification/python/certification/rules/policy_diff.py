"""POLICY DIFFERENCES: what changed from one policy to another, as sentences for people who read no YAML.

In words: both policies are compared part by part. What has a code (a level, a desk, a question) is the same thing in
both if its code is the same, wherever it stands; a price is the same if it is for the same combination; everything else
in a list is compared by its place. Each difference is one sentence that names the place, what it was and what it is; of
a long list only what came and what went.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from certification.rules.model import Frozen
from certification.rules.policy import Policy, as_data
from certification.rules.policy_codes import words_of_codes
from certification.rules.policy_reading import PATHS, Reading, joined
from certification.rules.words import Words

Kind = Literal["changed", "new", "gone"]
PRICE_OF = ("occupation", "level", "form")
NAMED_BY_PLACE = frozenset({"code", "words", *PRICE_OF})
"""What the place of a whole row says already."""
LONG = 5


class Difference(Frozen):
    """One difference. `path` is its place in the file, `place` the same in words.

    `before` and `after` are absent where there is nothing to say beside the place; `came` and `went` stand in their
    place for a long list.
    """

    path: str
    kind: Kind
    place: Words
    before: Words | None = None
    after: Words | None = None
    came: Words | None = None
    went: Words | None = None

    @property
    def sentence(self) -> Words:
        """The whole difference in one sentence."""
        en, zh = self.place.en, self.place.zh
        match self.kind:
            case "new":
                said = Words(en="new", zh="新增") if self.after is None else _said("new, {}", "新增，{}", self.after)
            case "gone":
                gone = Words(en="no longer there", zh="取消")
                said = gone if self.before is None else _said("no longer there; it was {}", "取消，原为{}", self.before)
            case "changed" if self.came or self.went:
                parts = [_said("now also {}", "新增{}", self.came)] if self.came else []
                parts += [_said("no longer {}", "取消{}", self.went)] if self.went else []
                said = joined(parts, "; ", "；")
            case "changed":
                said = _changed(self.before, self.after)
        return Words(en=f"{en}: {said.en}.", zh=f"{zh}：{said.zh}。")


def _said(en: str, zh: str, what: Words) -> Words:
    return Words(en=en.format(what.en), zh=zh.format(what.zh))


def _changed(before: Words | None, after: Words | None) -> Words:
    """What it was and is; a text that is the same in one language says so in that language."""
    was, now = before or Words(en="nothing", zh="无"), after or Words(en="nothing", zh="无")
    en = f"it was {was.en}, it is now {now.en}"
    zh = f"原为{was.zh}，现为{now.zh}"
    if was.en == now.en:
        en = f"only the Chinese changes, from {was.zh} to {now.zh}"
    if was.zh == now.zh:
        zh = f"仅英文有变化，原为{was.en}，现为{now.en}"
    return Words(en=en, zh=zh)


def differences(before: Policy, after: Policy, reading: Reading) -> tuple[Difference, ...]:
    """Every difference, in the order of the file."""
    comparison = _Comparison(reading, before, after)
    return tuple(comparison.of((), (), as_data(before), as_data(after)))


class _Comparison:
    """One comparison: `place` grows as it goes down, `path` names the same in keys."""

    def __init__(self, reading: Reading, before: Policy, after: Policy) -> None:
        self.reading = reading
        self.currencies = (before.fees.settlement_currency, after.fees.settlement_currency)
        self.codes = (words_of_codes(before), words_of_codes(after))

    def of(self, path: tuple[str, ...], place: tuple[Words, ...], before: Any, after: Any) -> Iterator[Difference]:
        """What differs at this place and below."""
        if before == after:
            return
        if _is_plain(before) or _is_plain(after):
            yield self._difference(path, place, before, after)
        elif isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from self._each(path, place, before, after)
        elif isinstance(before, Sequence) and isinstance(after, Sequence):
            yield from self._each(path, place, _by_name(before), _by_name(after))
        else:
            yield self._difference(path, place, before, after)

    def _each(
        self, path: tuple[str, ...], place: tuple[Words, ...], before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> Iterator[Difference]:
        for key in [*before, *(key for key in after if key not in before)]:
            yield from self.of((*path, key), (*place, self._name(key, path)), before.get(key), after.get(key))

    def _name(self, key: str, path: tuple[str, ...]) -> Words:
        """One key or row: by its words if it is a code of the policy, by its number, else by its key."""
        within = path[-1] if path else ""
        parts = key.split("/")
        if len(parts) == len(PRICE_OF):
            return joined([self._code(kind, code) for kind, code in zip(PRICE_OF, parts, strict=True)], ", ", "，")
        if key.startswith("#"):
            return Words(en=f"no. {key[1:]}", zh=f"第{key[1:]}项")
        own = self.codes[1].get(within, {}).get(key) or self.codes[0].get(within, {}).get(key)
        return own or self.reading.name(key, within)

    def _code(self, kind: str, code: str) -> Words:
        return self.codes[1][kind].get(code) or self.codes[0][kind].get(code) or Words(en=code, zh=code)

    def _difference(self, path: tuple[str, ...], place: tuple[Words, ...], before: Any, after: Any) -> Difference:
        key = next((name for name in reversed(path) if name in self.reading.fields), "")
        kind: Kind = "new" if before is None else "gone" if after is None else "changed"

        def said(value: Any, side: int) -> Words | None:
            if kind != "changed" and isinstance(value, Mapping) and ("code" in value or set(PRICE_OF) <= set(value)):
                value = {name: one for name, one in value.items() if name not in NAMED_BY_PLACE}
            if value is None or value == {}:
                return None
            return self.reading.value(value, key, self.currencies[side], self.codes[side])

        spoken: dict[str, Any] = {"before": said(before, 0), "after": said(after, 1)}
        if kind == "changed" and _is_long(before, after, ordered=key != PATHS):
            came, went = [one for one in after if one not in before], [one for one in before if one not in after]
            spoken = {"came": said(came, 1) if came else None, "went": said(went, 0) if went else None}
        return Difference(
            path=".".join(path).replace("#", ""), kind=kind, place=joined([*place], " › ", " › "), **spoken
        )


def _is_long(before: Any, after: Any, *, ordered: bool) -> bool:
    """A list of which only the new and the gone are told: long, and what is in both stands in the same order."""
    if not (isinstance(before, list) and isinstance(after, list)) or max(len(before), len(after)) < LONG:
        return False
    kept = [one for one in after if one in before]
    same = not ordered or kept == [one for one in before if one in after]
    return bool(kept) and same and set(before) != set(after)


def _is_plain(value: Any) -> bool:
    """Compared as a whole: a single value, words, a window, or a list of single values."""
    if isinstance(value, Mapping):
        return set(value) == {"en", "zh"} or ("from" in value and "who" in value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return not value or not all(isinstance(one, Mapping) for one in value)
    return True


def _by_name(rows: Sequence[Any]) -> dict[str, Any]:
    """The rows of a list by what makes each the same in both policies; `#2` is the second where nothing does."""
    if all("code" in row for row in rows):
        return {row["code"]: row for row in rows}
    if all(set(PRICE_OF) <= set(row) for row in rows):
        return {"/".join(row[part] for part in PRICE_OF): row for row in rows}
    return {f"#{number}": row for number, row in enumerate(rows, 1)}
