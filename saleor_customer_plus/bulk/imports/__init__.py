"""Imports: from a file of any kind to records.

`readers` split a file into rows of cells, and `headers` find out what its columns are. `cell_text` tells what a cell
says, `column_readers` choose the reader of `values` that its column takes, and `row_reader` makes a `person` of the
row. `planner` decides what becomes of the person, `chunk_writing` writes it, and `import_job` goes through the file
chunk by chunk.
"""

from .requests import MAX_TEXT_LENGTH, change, check_known, of_file, of_text, start

__all__ = ["MAX_TEXT_LENGTH", "change", "check_known", "of_file", "of_text", "start"]
