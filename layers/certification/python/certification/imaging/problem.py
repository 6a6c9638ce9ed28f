"""What we say about a file, in both languages."""

from typing import Literal

from certification.rules.model import Frozen

Severity = Literal["unusable", "doubtful", "note"]


class Problem(Frozen):
    """Something about a file: a stable code, and what it is and what to do, in English and Chinese.

    `unusable`: another file is needed; `doubtful`: the candidate may use it and a person will look; `note`: only told.
    """

    code: str
    en: str
    zh: str
    severity: Severity = "unusable"


class Unreadable(Exception):
    """The file is refused: not what it claims to be, broken, or made to harm. `problem` says which and what to do."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


EMPTY = Problem(code="empty", en="The file is empty. Choose the file again.", zh="文件为空，请重新选择。")
TOO_MANY_BYTES = Problem(
    code="too_many_bytes",
    en="The file is larger than 10 MB. Send a smaller one.",
    zh="文件超过10 MB，请上传较小的文件。",
)
NOT_JPEG = Problem(
    code="not_jpeg",
    en="This is not a JPEG photo. Open it, save it as JPG and send it again.",
    zh="文件不是JPEG照片。请打开后另存为JPG格式再上传。",
)
NOT_JPEG_OR_PDF = Problem(
    code="not_jpeg_or_pdf",
    en="This is neither a JPEG picture nor a PDF. Save it in one of these formats and send it again.",
    zh="文件既不是JPEG图片也不是PDF。请另存为其中一种格式后再上传。",
)
TOO_MANY_PIXELS = Problem(
    code="too_many_pixels",
    en="The picture has more than 50 million pixels. Send it in a smaller size.",
    zh="图片超过5000万像素，请缩小后再上传。",
)
TOO_MANY_SCANS = Problem(
    code="too_complex",
    en="The picture is built in an unusual way. Open it in a picture program, save it as JPG and send that.",
    zh="图片结构异常。请用图片软件打开，另存为JPG后再上传。",
)
TRUNCATED = Problem(
    code="truncated",
    en="The picture is cut off or damaged. Send the original file again.",
    zh="图片不完整或已损坏，请重新上传原文件。",
)


def too_small(width: int, height: int, least_width: int, least_height: int) -> Problem:
    """Fewer pixels than the photo we have to make: nothing could be printed from it."""
    return Problem(
        code="too_small",
        en=f"The picture has only {width} x {height} pixels; at least {least_width} x {least_height} are needed."
        " Send the original from the camera, not a preview.",
        zh=f"图片仅有{width}×{height}像素，至少需要{least_width}×{least_height}像素。请上传相机原图，不要上传缩略图。",
    )


_SAVE_EN, _SAVE_ZH = (
    "Open it in a picture program, save it as JPG and send that.",
    "请用图片软件打开，另存为JPG后再上传。",
)
_PHONE_EN = (
    "On the phone choose Settings, Camera, Formats, Most compatible and take it again, or save it as JPG and send that."
)
_PHONE_ZH = "请在手机“设置 > 相机 > 格式”中选择“兼容性最佳”后重新拍摄，或另存为JPG后再上传。"
_STARTS: tuple[tuple[bytes, str, str], ...] = (
    (b"\x89PNG", "a PNG picture", "PNG图片"),
    (b"GIF8", "a GIF picture, which may move", "GIF图片（可能为动图）"),
    (b"BM", "a BMP picture", "BMP图片"),
    (b"II*\0", "a TIFF picture", "TIFF图片"),
    (b"MM\0*", "a TIFF picture", "TIFF图片"),
    (b"%PDF", "a PDF document", "PDF文件"),
    (b"PK\x03\x04", "a ZIP or Office file", "ZIP压缩包或Office文件"),
    (b"<", "a page or a drawing made of text (HTML or SVG)", "网页或矢量图文件（HTML或SVG）"),
)
_HEIF = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")


def not_jpeg(data: bytes) -> Problem:
    """What the file is instead, as far as its first bytes say, and how to make a JPEG of it (PHO-09)."""
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF:
        return _is("an iPhone picture (HEIC)", "苹果手机图片（HEIC）", _PHONE_EN, _PHONE_ZH)
    if data[4:8] == b"ftyp":
        return _is("a film or an AVIF picture", "视频或AVIF图片", _SAVE_EN, _SAVE_ZH)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _is("a WebP picture", "WebP图片", _SAVE_EN, _SAVE_ZH)
    for start, en, zh in _STARTS:
        if data.lstrip()[: len(start)] == start:
            return _is(en, zh, _SAVE_EN, _SAVE_ZH)
    return NOT_JPEG


def _is(en: str, zh: str, do_en: str, do_zh: str) -> Problem:
    return Problem(
        code="not_jpeg", en=f"This is {en}, not a JPEG photo. {do_en}", zh=f"文件是{zh}，不是JPEG照片。{do_zh}"
    )
