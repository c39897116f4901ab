"""Cells as people write them, read as the values that records hold.

What a record may hold is for `records.validation` to say; here is what a file may say instead: countries by name, yes
and no in five languages, dates as they are written, `mailto:` and names around an address. Each function raises
`base.Unreadable` with what is wrong, without the cell's text.
"""
