"""PHOTO FIXES: what a candidate may have changed in a photo with one click: turned, straightened, cut otherwise, white.

In words: a fix is applied to the upright copy of what was sent, never to the cut photo, so that nothing is lost on the
way. Steps add up, end at their limits, and can be undone all together (PHO-01, PHO-03).
"""

from typing import Literal

from pydantic import Field

from certification.rules.model import Frozen

Step = Literal["turn_left", "turn_right", "level", "up", "down", "left", "right", "closer", "further", "white", "reset"]
STEPS: tuple[Step, ...] = (
    *("turn_left", "turn_right", "level", "up", "down", "left", "right", "closer", "further", "white", "reset"),
)
_MOVE = 0.03
_ZOOM = 1.06
_FURTHEST = 0.5


class PhotoFix(Frozen):
    """All changes together. `turn` in degrees clockwise; `across` and `down` move the picture in its frame, as shares of
    the photo's height; `zoom` above 1 shows the head larger."""

    turn: Literal[0, 90, 180, 270] = 0
    level: bool = False
    across: float = Field(default=0, ge=-_FURTHEST, le=_FURTHEST)
    down: float = Field(default=0, ge=-_FURTHEST, le=_FURTHEST)
    zoom: float = Field(default=1, ge=0.4, le=2.5)
    white: bool = False

    def after(self, step: Step) -> "PhotoFix":
        """The changes with one more; at the end of a range it stays there. A turn begins the cut anew."""
        if step == "reset":
            return PhotoFix()
        if step in ("turn_left", "turn_right"):
            turned = (self.turn + (90 if step == "turn_right" else 270)) % 360
            return PhotoFix.model_validate({"turn": turned})
        if step in ("level", "white"):
            return self.model_copy(update={step: True})
        moves = {
            "up": {"down": self.down - _MOVE},
            "down": {"down": self.down + _MOVE},
            "left": {"across": self.across - _MOVE},
            "right": {"across": self.across + _MOVE},
            "closer": {"zoom": self.zoom * _ZOOM},
            "further": {"zoom": self.zoom / _ZOOM},
        }
        changed = {name: round(value, 4) for name, value in moves[step].items()}
        low, high = (0.4, 2.5) if "zoom" in changed else (-_FURTHEST, _FURTHEST)
        return self.model_copy(update={name: min(max(value, low), high) for name, value in changed.items()})
