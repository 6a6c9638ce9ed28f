"""Every part of the staff's API. Its function serves them, the document describes them, a test asks each."""

from certification.api import books, cases, checks, hearings, refunds, sittings

PARTS = (books.routes, cases.routes, hearings.staff_routes, checks.routes, refunds.staff_routes, sittings.routes)
