"""The timeline of an application, and the same dates as a file for any calendar."""

from certification.acts import timeline as acts
from certification.portal.page import page
from certification.portal.requests import Request
from certification.portal.responses import Response
from certification.portal.views import timeline


def show(request: Request, reference: str) -> Response:
    return page(request, "timeline.html", view=timeline.of(request.visitor.subject, reference, request.language))


def calendar(request: Request, reference: str) -> Response:
    """The iCalendar file. The same dates have the same identity each time, so a later file updates an earlier one."""
    text = acts.as_calendar(request.visitor.subject, reference, request.language)
    disposition = f'attachment; filename="{reference}.ics"'
    return Response(
        body=text, content_type="text/calendar; charset=utf-8", headers={"content-disposition": disposition}
    )
