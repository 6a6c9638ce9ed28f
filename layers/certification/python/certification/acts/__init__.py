"""What somebody does or a step does: each act reads rows, asks a rule, and writes rows and announcement at once."""
