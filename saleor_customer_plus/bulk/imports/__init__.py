"""Imports: from a file of any kind to records.

`readers` make rows of cells of a file, `headers` find out what its columns are, `values` what a cell says, `rows` makes
a person of them. `plan` decides what becomes of the person, `writing` does it; `job` goes through it chunk by chunk.
"""

from .requests import LONGEST_TEXT, change, of_file, of_text, start

__all__ = ["LONGEST_TEXT", "change", "of_file", "of_text", "start"]
