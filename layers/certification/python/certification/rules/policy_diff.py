"""POLICY DIFFERENCES: what changed from one policy to another, as sentences for people who read no YAML.

In words: both policies are compared part by part. What has a code (a level, a desk, a question) is the same thing in
both if its code is the same, wherever it stands; a price is the same if it is for the same combination; everything else
in a list is compared by its place. Each difference is one sentence that names the place, what it was and what it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from certification.rules.model import Frozen
from certification.rules.policy import Policy, as_data
from certification.rules.policy_reading import Reading
from certification.rules.words import Words

Kind = Literal["changed", "new", "gone"]
PRICE_OF = ("occupation", "level", "form")
BY_CODE = ("amounts", "for_subjects", "taken", "corrections")
"""Keys whose own keys are codes of the policy."""


class Difference(Frozen):
    """One difference. `path` is its place in the file, `place` the same in words."""

    path: str
    kind: Kind
    place: Words
    before: Words | None
    after: Words | None

    @property
    def sentence(self) -> Words:
        """The whole difference in one sentence."""
        en, zh = self.place.en, self.place.zh
        if self.before is None and self.after is not None:
            return Words(en=f"{en}: new, {self.after.en}.", zh=f"{zh}：新增，{self.after.zh}。")
        if self.after is None and self.before is not None:
            return Words(
                en=f"{en}: no longer there; it was {self.before.en}.", zh=f"{zh}：取消，原为{self.before.zh}。"
            )
        was, now = self.before or Words(en="nothing", zh="无"), self.after or Words(en="nothing", zh="无")
        return Words(en=f"{en}: it was {was.en}, it is now {now.en}.", zh=f"{zh}：原为{was.zh}，现为{now.zh}。")


def differences(before: Policy, after: Policy, reading: Reading) -> tuple[Difference, ...]:
    """Every difference, in the order of the file."""
    comparison = _Comparison(reading, before, after)
    return tuple(comparison.of((), (), as_data(before), as_data(after)))


class _Comparison:
    """One comparison: `place` grows as it goes down, `path` names the same in keys."""

    def __init__(self, reading: Reading, before: Policy, after: Policy) -> None:
        self.reading = reading
        self.currencies = (before.fees.settlement_currency, after.fees.settlement_currency)
        self.words = _words_of_codes(before) | _words_of_codes(after)

    def of(self, path: tuple[str, ...], place: tuple[Words, ...], before: Any, after: Any) -> Iterator[Difference]:
        """What differs at this place and below."""
        if before == after:
            return
        if _is_plain(before) or _is_plain(after):
            yield self._difference(path, place, before, after)
        elif isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from self._each(path, place, before, after, self.reading.name)
        elif isinstance(before, Sequence) and isinstance(after, Sequence):
            yield from self._each(path, place, _by_name(before), _by_name(after), self._item)
        else:
            yield self._difference(path, place, before, after)

    def _each(
        self,
        path: tuple[str, ...],
        place: tuple[Words, ...],
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        name: Any,
    ) -> Iterator[Difference]:
        for key in [*before, *(key for key in after if key not in before)]:
            said = self._item(key) if path and path[-1] in BY_CODE else name(key)
            yield from self.of((*path, key), (*place, said), before.get(key), after.get(key))

    def _item(self, key: str) -> Words:
        """One item of a list: by its words if its code has some, else by its number."""
        parts = [self.words.get(part, Words(en=part, zh=part)) for part in key.split("/")]
        return Words(en=", ".join(part.en for part in parts), zh="，".join(part.zh for part in parts))

    def _difference(self, path: tuple[str, ...], place: tuple[Words, ...], before: Any, after: Any) -> Difference:
        key = next((name for name in reversed(path) if name in self.reading.fields), "")

        def said(value: Any, currency: str) -> Words | None:
            return None if value is None else self.reading.value(value, key, currency)

        kind: Kind = "new" if before is None else "gone" if after is None else "changed"
        return Difference(
            path=".".join(path),
            kind=kind,
            place=Words(en=" › ".join(one.en for one in place), zh=" › ".join(one.zh for one in place)),
            before=said(before, self.currencies[0]),
            after=said(after, self.currencies[1]),
        )


def _is_plain(value: Any) -> bool:
    """Compared as a whole: a single value, words, a window, or a list of single values."""
    if isinstance(value, Mapping):
        return set(value) == {"en", "zh"} or ("from" in value and "who" in value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return not value or not all(isinstance(one, Mapping) for one in value)
    return True


def _by_name(rows: Sequence[Any]) -> dict[str, Any]:
    """The rows of a list by what makes each the same in both policies."""
    if all("code" in row for row in rows):
        return {row["code"]: row for row in rows}
    if all(set(PRICE_OF) <= set(row) for row in rows):
        return {"/".join(row[part] for part in PRICE_OF): row for row in rows}
    return {str(number): row for number, row in enumerate(rows, 1)}


def _words_of_codes(policy: Policy) -> dict[str, Words]:
    lists = (policy.occupations, policy.levels, policy.subjects, policy.forms, policy.regions, policy.fees.items)
    return {row.code: row.words for rows in lists for row in rows}
