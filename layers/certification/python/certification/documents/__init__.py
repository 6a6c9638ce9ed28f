"""What we print: templates and the data they take."""
