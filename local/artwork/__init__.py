"""Our own artwork, drawn by programs: `python -m local.artwork` writes the pictures that the templates print."""
