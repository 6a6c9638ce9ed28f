"""E-mail and SMS: one letter per announcement, in English and Chinese.

A letter is a folder of `templates/`, named like its announcement, with `email.<language>.txt` (first line: the subject)
and `sms.<language>.txt`; either may be missing. What it is told stands in `data.py`.
"""

from certification.letters.data import LETTERS
from certification.letters.rendering import Letter, render

NAMES = tuple(LETTERS)

__all__ = ["LETTERS", "NAMES", "Letter", "render"]
