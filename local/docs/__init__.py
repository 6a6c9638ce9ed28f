"""Writes the pages that tell what the template, the machines and the code say: nothing in them is claimed by hand."""
