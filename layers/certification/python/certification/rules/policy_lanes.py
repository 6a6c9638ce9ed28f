"""POLICY, lanes: the steps that each way of applying has, in the one order that an application can take (K5, K6, INF-07).

In words: which ways there are, and whether the commitment is chosen before confirming, is the scheme's. The steps of a
way and their order are told to candidates, so a policy may not promise one that no application ever takes.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, Protocol

LaneName = Literal["review", "commitment", "proof"]
LaneStep = Literal["apply", "choose", "confirm", "sign", "upload", "review", "pay", "success"]
STEPS: dict[LaneName, tuple[LaneStep, ...]] = {
    "review": ("apply", "confirm", "review", "pay", "success"),
    "commitment": ("apply", "choose", "confirm", "sign", "pay", "success"),
    "proof": ("apply", "confirm", "upload", "review", "pay", "success"),
}
MAY_BE_LEFT_OUT = "choose"


class HasLanes(Protocol):
    """The parts of a policy that its lanes touch."""

    @property
    def lanes(self) -> Mapping[LaneName, tuple[LaneStep, ...]]: ...
    @property
    def success_when(self) -> tuple[str, ...]: ...
    @property
    def commitment(self) -> Any: ...


def gaps_in_lanes(policy: HasLanes) -> Iterator[str]:
    """Steps out of their order, a way that is never taken, and a success that does not follow from the ways."""
    for name, steps in policy.lanes.items():
        whole = STEPS[name]
        if steps not in (whole, tuple(step for step in whole if step != MAY_BE_LEFT_OUT)):
            yield f"lanes.{name}: the steps of this way are {', '.join(whole)}, in this order"
        if name == "commitment" and policy.commitment is None:
            yield "lanes.commitment: the scheme has no commitment"
        if name == "review" and policy.commitment is not None:
            yield "lanes.review: never taken, for the scheme has a commitment; its ways are commitment and proof"
    expected = ("approved", "paid") if "review" in policy.lanes else ("paid",)
    if sorted(policy.success_when) != sorted(expected):
        yield f"success_when: with these lanes a registration is successful when {' and '.join(expected)}"
