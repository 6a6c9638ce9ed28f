"""The words of the photo check: what is in doubt, where, and what the candidate can do about it."""

from certification.imaging.measures import Ground
from certification.imaging.problem import Problem
from certification.imaging.profile import PhotoProfile


def _doubt(code: str, en: str, zh: str) -> Problem:
    return Problem(code=code, en=en, zh=zh, severity="doubtful")


def _note(code: str, en: str, zh: str) -> Problem:
    return Problem(code=code, en=en, zh=zh, severity="note")


NO_FACE = _doubt(
    "no_face",
    "We found no face. Look straight into the camera, with your whole face showing.",
    "未检测到人脸。请正对镜头并露出完整面部。",
)
FACE_TOO_SMALL = _doubt(
    "face_too_small",
    "Your face is too small in the picture. Come closer to the camera.",
    "面部在照片中过小，请靠近镜头拍摄。",
)
TOO_CLOSE = _doubt(
    "too_close",
    "There is too little room around your head. Step back from the camera.",
    "头部周围空间不足，请远离镜头拍摄。",
)
TOO_FAR = _doubt(
    "too_far",
    "Your head is too small in the cut photo. Show it larger.",
    "头部在裁剪后的照片中过小。请放大后再保存。",
)
NOT_FRONTAL = _doubt(
    "not_frontal",
    "Your face is turned to the side. Look straight into the camera.",
    "面部偏向一侧。请正对镜头拍摄。",
)
BLURRED = _doubt(
    "blurred",
    "The picture is blurred. Hold the camera still and wipe its lens.",
    "照片模糊。请擦净镜头并持稳相机。",
)
TOO_DARK = _doubt(
    "too_dark",
    "The whole picture is dark. Take it in daylight or with more light, in front of a light wall.",
    "照片整体偏暗。请在日光或更亮的环境下、浅色墙壁前拍摄。",
)
OVEREXPOSED = _doubt(
    "overexposed",
    "Part of your face is pure white, it is too bright. Turn away from the lamp or switch the flash off.",
    "面部曝光过度。请避开直射光源或关闭闪光灯。",
)
GLARE = _doubt(
    "glare",
    "There is a bright reflection over your eyes. Tilt your glasses a little or take them off, and face the window.",
    "眼部有明显反光。请略微调整眼镜角度或摘下眼镜，并面向窗户拍摄。",
)
GREY = _doubt(
    "not_colour",
    "The picture is black and white. Send a photo in colour.",
    "照片为黑白照片。请上传彩色照片。",
)
POSITION_REMOVED = _note(
    "position_removed",
    "The file said where it was taken. We removed that.",
    "文件中含有拍摄地点信息，我们已将其删除。",
)
FIRST_OF_SEVERAL = _note(
    "first_of_several",
    "The file held more than one picture. We took the first.",
    "文件包含多张图片，我们取用了第一张。",
)
REST_REMOVED = _note(
    "rest_removed",
    "There was something else behind the picture in the file. We left it out.",
    "文件在图片之后还附有其他内容，我们已将其去除。",
)
TURNED = _note("turned", "The picture lay on its side. We turned it upright.", "照片方向不正，我们已将其转正。")
FINISHED = _note(
    "finished",
    "This is a finished photo, as our tool makes it. We keep it exactly as it is.",
    "这是由照片工具处理完成的照片，我们按原样保存。",
)


def several_faces(number: int) -> Problem:
    return _doubt(
        "several_faces",
        f"There are {number} faces in the picture. Take it again on your own.",
        f"照片中有{number}张人脸。请单独拍摄。",
    )


def tilted(degrees: float) -> Problem:
    side, side_zh = ("right", "右") if degrees > 0 else ("left", "左")
    number = round(abs(degrees))
    return _doubt(
        "tilted",
        f"Your head is tilted to the {side} by about {number} degrees. Straighten the photo here, or hold your head upright.",
        f"头部向{side_zh}倾斜约{number}度。可在此一键摆正，或端正姿势重新拍摄。",
    )


def uneven(darker: float) -> Problem:
    """`darker` above 0: the right half of the picture's face is the darker one."""
    side, side_zh = ("right", "右侧") if darker > 0 else ("left", "左侧")
    return _doubt(
        "uneven_light",
        f"The {side} half of your face is in the shade. Face the window or the lamp.",
        f"面部{side_zh}处于阴影中。请面向窗户或光源拍摄。",
    )


def displaced(low: float, right: float, most: float) -> list[Problem]:
    """Where the head is instead of its place, in percent of the photo's height: "Your face is too low by 12 %."."""
    said = (
        (low, "too_low", "too low", "偏下", "Move the picture up here, or take it again with the camera lower."),
        (-low, "too_high", "too high", "偏上", "Move the picture down here, or take it again with the camera higher."),
        (right, "too_right", "too far to the right", "偏右", "Move the picture to the left here, or take it again."),
        (-right, "too_left", "too far to the left", "偏左", "Move the picture to the right here, or take it again."),
    )
    return [
        _doubt(
            code,
            f"Your face is {where} by {round(by * 100)} %. {do}",
            f"面部位置{where_zh}{round(by * 100)}%。可在此移动照片，或重新拍摄。",
        )
        for by, code, where, where_zh, do in said
        if round(by, 3) > most
    ]


_WHERE = {
    "upper_left": ("at the upper left", "左上角"),
    "upper_right": ("at the upper right", "右上角"),
    "left": ("at the left", "左侧"),
    "right": ("at the right", "右侧"),
}
_WALL = {
    "plain_light": ("Stand in front of a plain, light wall.", "请站在纯色的浅色墙壁前拍摄。"),
    "white": ("Stand in front of a white wall.", "请站在白色墙壁前拍摄。"),
}
_GREYEST = 24.0
# Least light (luma 0-255), most spread (luma), most colour (largest minus smallest channel).
_LIMITS = {"plain_light": (140.0, 40.0, 70.0), "white": (215.0, 25.0, 24.0)}


def background_problems(zones: dict[str, Ground], profile: PhotoProfile) -> list[Problem]:
    """One problem per kind of fault, naming the places: "The background is grey at the upper left."."""
    least_light, most_spread, most_colour = _LIMITS[profile.background]
    faults: dict[tuple[str, str, str], list[str]] = {}
    for name, ground in zones.items():
        if ground.spread > most_spread:
            fault = ("background_uneven", "not plain", "不纯净")
        elif ground.light < least_light:
            fault = ("background_dark", *_shade(ground, profile))
        elif ground.colour > most_colour:
            fault = ("background_coloured", "coloured", "有颜色")
        else:
            continue
        faults.setdefault(fault, []).append(name)
    return [
        _background(code, words, places if len(places) < len(zones) else [], profile)
        for (code, *words), places in faults.items()
    ]


def _shade(ground: Ground, profile: PhotoProfile) -> tuple[str, str]:
    """What people call it: a wall that is not white enough is grey or coloured long before it is dark."""
    if profile.background == "white" and ground.light >= _LIMITS["plain_light"][0]:
        return ("grey", "偏灰") if ground.colour <= _GREYEST else ("coloured", "有颜色")
    return "dark", "偏暗"


def _background(code: str, words: list[str], places: list[str], profile: PhotoProfile) -> Problem:
    """`places` are those with the fault; none means everywhere."""
    where_en = where_zh = ""
    if places:
        where_en = " " + " and ".join(_WHERE[place][0] for place in places)
        where_zh = "、".join(_WHERE[place][1] for place in places)
    do_en, do_zh = _WALL[profile.background]
    return _doubt(code, f"The background is {words[0]}{where_en}. {do_en}", f"背景{where_zh}{words[1]}。{do_zh}")
