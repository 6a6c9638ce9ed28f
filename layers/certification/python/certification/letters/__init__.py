"""E-mail and SMS: one letter per announcement, in English and Chinese."""
