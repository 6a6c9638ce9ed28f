"""Refusals: a rule said no, and says why."""

from collections.abc import Mapping


class Refused(Exception):
    """A business rule refuses. Nothing was changed.

    `code` is a stable snake_case word for programs, `en` and `zh` say what happened and what to do,
    `rules` cites the requirements behind it (rules.csv), `facts` holds values for the message's reader
    (dates, limits; never personal data).
    """

    def __init__(
        self,
        code: str,
        en: str,
        zh: str,
        *,
        rules: tuple[str, ...] = (),
        facts: Mapping[str, str] | None = None,
        field: str | None = None,
    ) -> None:
        super().__init__(f"{code}: {en}")
        self.code = code
        self.en = en
        self.zh = zh
        self.rules = rules
        self.facts = dict(facts or {})
        self.field = field


class NotFound(Refused):
    """The row does not exist, or belongs to somebody else: the answer is the same."""

    def __init__(self, what: str) -> None:
        super().__init__("not_found", f"No {what} was found. Check the reference.", "未找到相应记录，请核对编号。")


class Conflict(Refused):
    """Somebody else changed the row at the same time. Read it again and decide anew."""

    def __init__(self, what: str) -> None:
        super().__init__(
            "conflict",
            f"The {what} was changed at the same moment. Load the page again and repeat.",
            "记录刚刚被修改，请刷新后重试。",
        )


class Forbidden(Refused):
    """Signed in, but not allowed to do this."""

    def __init__(self) -> None:
        super().__init__("forbidden", "Your account may not do this.", "您的账户无权执行此操作。")


class NotSignedIn(Refused):
    """Nobody is signed in, or the session is over."""

    def __init__(self) -> None:
        super().__init__("not_signed_in", "Sign in first. A session ends after a while.", "请先登录；登录状态会过期。")
