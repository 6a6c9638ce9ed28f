"""One module per area of the portal; one function per page and method."""
