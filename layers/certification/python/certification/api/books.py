"""The books, for the money desk: providers' days, months to take away, money without a home."""

from typing import Annotated, Literal

from certification.acts import book_desk
from certification.api.answers import Link
from certification.api.signed_in import member
from certification.cloud.doors import Path, Routes

routes = Routes("Books", "/api/staff", "staff")

StreamPath = Annotated[str, Path(pattern=r"^[a-z][a-z_]{0,38}$")]
DayPath = Annotated[str, Path(pattern=r"^20[0-9]{2}-[0-9]{2}-[0-9]{2}$")]
MonthPath = Annotated[str, Path(pattern=r"^20[0-9]{2}-[0-9]{2}$")]
FormPath = Annotated[Literal["csv", "beancount"], Path()]


@routes.get("/books")
def read_books() -> book_desk.Books:
    """The last month of every provider's days, the months that were written, and money without a home as of last night."""
    return book_desk.overview(member(routes))


@routes.get("/books/days/<stream>/<day>")
def read_day(stream: StreamPath, day: DayPath) -> book_desk.DayPage:
    """One provider's day: what differs, what is proposed, and the cases in which it is answered."""
    return book_desk.read_day(member(routes), stream, day)


@routes.get("/books/days/<stream>/<day>/signed")
def read_signed_day(stream: StreamPath, day: DayPath) -> book_desk.Signed:
    """Short-lived addresses of a closed day's summary, the signature over it, and the key that checks it."""
    return book_desk.signed(member(routes), stream, day)


@routes.get("/books/months/<month>/<form>")
def download_month(month: MonthPath, form: FormPath) -> Link:
    """A short-lived address of one month of the ledger: a table (`csv`) or a Beancount journal (`beancount`)."""
    return Link(url=book_desk.month(member(routes), month, form))
