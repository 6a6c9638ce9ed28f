"""The policies of the schemes, as data."""
