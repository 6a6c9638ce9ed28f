"""The pages: server-rendered, in English and Chinese, for candidates, anybody and staff. They work without JavaScript.

`answer(event)` is all a function needs. One page function per page in `pages/`, its facts from `views/`, its words from
`locales/`, its shape from `templates/`; which page is where, and who may see it, stands in `routes.py`.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from certification.portal.door import answer

__all__ = ["answer"]


def __getattr__(name: str) -> Any:
    """`answer`, when it is first named: a build that only compiles templates has no tables to open.

    A function writes `from certification.portal import answer`, so that the pages are loaded while it starts.
    """
    if name == "answer":
        from certification.portal.door import answer

        return answer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
