"""The words of the photo check: what is wrong, and what the candidate can do about it."""

from certification.imaging.measures import ZONES, Ground
from certification.imaging.problem import Problem
from certification.imaging.profile import PhotoProfile

NO_FACE = Problem(
    code="no_face",
    en="We found no face. Look straight into the camera, with your whole face showing.",
    zh="未检测到人脸。请正对镜头并露出完整面部。",
)
SEVERAL_FACES = Problem(
    code="several_faces",
    en="There is more than one face in the picture. Take it again on your own.",
    zh="照片中有多张人脸，请单独拍摄。",
)
FACE_TOO_SMALL = Problem(
    code="face_too_small",
    en="Your face is too small in the picture. Come closer to the camera.",
    zh="面部在照片中过小，请靠近镜头拍摄。",
)
TOO_CLOSE = Problem(
    code="too_close",
    en="There is too little room around your head. Step back from the camera.",
    zh="头部周围空间不足，请远离镜头拍摄。",
)
OFF_CENTRE = Problem(
    code="off_centre",
    en="Your head is too near the edge of the picture. Take it again with your head in the middle.",
    zh="头部过于靠近照片边缘，请将头部置于画面中间重新拍摄。",
)
TILTED = Problem(code="tilted", en="Your head is tilted. Hold it upright.", zh="头部倾斜，请保持端正。")
BLURRED = Problem(
    code="blurred",
    en="The picture is blurred. Hold the camera still and wipe its lens.",
    zh="照片模糊。请擦净镜头并持稳相机。",
)
TOO_DARK = Problem(
    code="too_dark",
    en="The whole picture is dark. Take it in daylight or with more light.",
    zh="照片整体偏暗。请在日光或更亮的环境下拍摄。",
)
OVEREXPOSED = Problem(
    code="overexposed",
    en="Part of your face is pure white. Turn away from the lamp or switch the flash off.",
    zh="面部曝光过度。请避开直射光源或关闭闪光灯。",
)
UNEVEN_LIGHT = Problem(
    code="uneven_light",
    en="One half of your face is in the shade. Face the window or the lamp.",
    zh="面部一侧处于阴影中。请面向窗户或光源拍摄。",
)

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
_FAULTS = {
    "background_dark": ("dark", "偏暗"),
    "background_coloured": ("coloured", "有颜色"),
    "background_uneven": ("not plain", "不纯净"),
}
# Least light (luma 0-255), most spread (luma), most colour (largest minus smallest channel).
_LIMITS = {"plain_light": (140.0, 40.0, 70.0), "white": (215.0, 25.0, 24.0)}


def background_problems(zones: dict[str, Ground], profile: PhotoProfile) -> list[Problem]:
    """One problem per kind of fault, naming the places: "The background is dark at the upper left."."""
    least_light, most_spread, most_colour = _LIMITS[profile.background]
    faults: dict[str, list[str]] = {}
    for name, ground in zones.items():
        if ground.spread > most_spread:
            faults.setdefault("background_uneven", []).append(name)
        elif ground.light < least_light:
            faults.setdefault("background_dark", []).append(name)
        elif ground.colour > most_colour:
            faults.setdefault("background_coloured", []).append(name)
    return [_background(code, places, profile) for code, places in faults.items()]


def _background(code: str, places: list[str], profile: PhotoProfile) -> Problem:
    how_en, how_zh = _FAULTS[code]
    if len(places) == len(ZONES):
        where_en, where_zh = "", ""
    else:
        where_en = " " + " and ".join(_WHERE[place][0] for place in places)
        where_zh = "、".join(_WHERE[place][1] for place in places)
    do_en, do_zh = _WALL[profile.background]
    return Problem(
        code=code,
        en=f"The background is {how_en}{where_en}. {do_en}",
        zh=f"背景{where_zh}{how_zh}。{do_zh}",
    )
