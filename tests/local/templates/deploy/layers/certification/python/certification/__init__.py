"""The package of the test template."""
