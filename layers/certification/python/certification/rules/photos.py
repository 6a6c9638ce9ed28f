"""PHOTOS: who may replace the photo in use, and whose earlier photo stays good (PHO-04, PHO-07, PHO-08).

In words: the first photo is the candidate's own to choose. Whether it may be replaced afterwards says the policy: freely
until the application is confirmed, only by the desk, or never. A reviewer or desk that asks for another photo opens the
way again, whatever the policy says: the photo they refuse cannot be kept. Where a scheme changed its profile, the photo
of an earlier one stays good for people whose account is older than the scheme's cut-off day.
"""

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from certification.rules.calendars import start_of_day
from certification.rules.model import Frozen
from certification.rules.policy_applying import Photo
from certification.rules.words import Because


class Replacing(Frozen):
    """Who may put another photo in the place of the one in use: the candidate, the desk on request, or nobody."""

    by: Literal["candidate", "desk", "nobody"]
    because: Because


def replacing(photo: Photo, *, in_use: bool, confirmed: bool, asked_again: bool) -> Replacing:
    """`in_use`: there is a photo; `confirmed`: an application rests on it; `asked_again`: a desk wants another."""
    if not in_use:
        return _answer("candidate", "Choose your photo.", "请上传照片。")
    if asked_again:
        return _answer("candidate", "The desk asks for another photo.", "审核人员要求更换照片。", "CHK-03", "PHO-08")
    if photo.replace == "never":
        return _answer(
            "nobody",
            "A photo that was handed in cannot be changed in this exam.",
            "本考试的照片一经上传不得修改。",
            "PHO-07",
        )
    if photo.replace == "staff_only":
        return _answer(
            "desk",
            "A photo that was handed in is in principle not changed. The desk of your place of registration decides"
            " whether it may be replaced.",
            "照片原则上一经上传不得修改；确需更换的，由报名地考试机构决定。",
            "PHO-07",
            "PHO-08",
        )
    if confirmed:
        return _answer(
            "desk",
            "Your application is confirmed. The desk decides whether its photo may be replaced.",
            "报名已确认，更换照片须由审核人员决定。",
            "CHG-03",
            "PHO-08",
        )
    return _answer("candidate", "You may replace your photo until you confirm.", "确认报名前可自行更换照片。", "CHG-03")


def stays_good(photo: Photo, profile: str, registered_at: datetime, zone: ZoneInfo) -> bool:
    """Whether a photo of this (earlier) profile need not be replaced by somebody registered at this moment (PHO-04)."""
    earlier = photo.earlier
    if earlier is None or profile not in earlier.profiles:
        return False
    return registered_at < start_of_day(earlier.registered_before, zone)


def _answer(by: Literal["candidate", "desk", "nobody"], en: str, zh: str, *rules: str) -> Replacing:
    return Replacing(by=by, because=Because(en=en, zh=zh, rules=rules))
