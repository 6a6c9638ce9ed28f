"""What an ID photo must be."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from certification.rules.model import Frozen

Share = Annotated[float, Field(gt=0, lt=1)]


class PhotoProfile(Frozen):
    """The photo a scheme asks for (PHO-03; the numbers come from its policy).

    Size in pixels and, printed, in millimetres at `dpi`. `head_ratio` is the least and the greatest share of the
    photo's height from chin to crown. `plain_light` is any even, light colour; `white` is white. `max_bytes` limits
    the photo we write, not the one we get.
    """

    width_px: int = Field(gt=0, le=2000)
    height_px: int = Field(gt=0, le=2000)
    width_mm: int = Field(gt=0)
    height_mm: int = Field(gt=0)
    dpi: int = Field(gt=0, default=300)
    head_ratio: tuple[Share, Share]
    background: Literal["plain_light", "white"]
    max_bytes: int = Field(gt=10_000)

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if self.head_ratio[0] >= self.head_ratio[1]:
            raise ValueError("head_ratio: the least share comes first")
        return self
