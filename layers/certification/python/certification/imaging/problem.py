"""What we say about a file, in both languages."""

from certification.rules.model import Frozen


class Problem(Frozen):
    """Something wrong with a file: a stable code, and what it is and what to do, in English and Chinese."""

    code: str
    en: str
    zh: str


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
TRUNCATED = Problem(
    code="truncated",
    en="The picture is cut off or damaged. Send the original file again.",
    zh="图片不完整或已损坏，请重新上传原文件。",
)
