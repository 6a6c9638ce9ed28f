"""What an ID photo must be."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from certification.rules.model import Frozen
from certification.rules.policy_applying import Photo

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
    max_bytes: int = Field(gt=10_000, default=200_000)

    @classmethod
    def of(cls, photo: Photo) -> Self:
        """The profile that a policy asks for; its `largest` limits the upload, so ours stays at the default."""
        return cls(
            width_px=photo.pixels[0],
            height_px=photo.pixels[1],
            width_mm=photo.millimetres[0],
            height_mm=photo.millimetres[1],
            dpi=round(photo.pixels[0] / photo.millimetres[0] * 25.4),
            head_ratio=(float(photo.head[0]), float(photo.head[1])),
            background=photo.background,
        )

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if self.head_ratio[0] >= self.head_ratio[1]:
            raise ValueError("head_ratio: the least share comes first")
        return self
