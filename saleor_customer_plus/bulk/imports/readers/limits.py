"""What no honest list of people has, and how a file that has it is refused."""

from __future__ import annotations

from ....errors import CustomerPlusError, ErrorCode

MIB = 1024 * 1024

# Once unpacked. A million rows of thirty columns have some 300 MiB.
MAX_BYTES = 4096 * MIB
# A packed list shrinks to a tenth, a very dull one to a fiftieth. Below the second number nobody is harmed anyway.
MAX_PACKED_SIZE = 200
UNPACKED_FREELY = 64 * MIB
MAX_COLUMNS = 500
# In one archive, read as one.
MAX_LISTS = 50
# Of one line, and of one cell: Python's own reader has a limit for cells too.
MAX_LINE_CELLS = 4 * MIB


def refuse(message: str, code: ErrorCode = ErrorCode.UNSUPPORTED_FILE) -> CustomerPlusError:
    return CustomerPlusError(message, code=code, field="file")


# Of a workbook, once unpacked: the texts that its sheets share, which are kept in memory; what is read between the end
# of one row, or of one such text, and the next; and every other part.
MAX_SHARED_STRINGS = 256 * MIB
MAX_GAP = 16 * MIB
MAX_PART_SIZE = 16 * MIB
