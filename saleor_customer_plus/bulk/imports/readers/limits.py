"""What no honest list of people has, and how a file that has it is refused."""

from __future__ import annotations

from ....errors import CustomerPlusError, ErrorCode

MIB = 1024 * 1024

# Once unpacked. A million rows of thirty columns have some 300 MiB.
MOST_BYTES = 4096 * MIB
# A packed list shrinks to a tenth, a very dull one to a fiftieth. Below the second number nobody is harmed anyway.
MOST_PACKED = 200
UNPACKED_FREELY = 64 * MIB
MOST_COLUMNS = 500
# Of one line, and of one cell: Python's own reader has a limit for cells too.
MOST_IN_LINE = 4 * MIB


def refuse(message: str, code: ErrorCode = ErrorCode.UNSUPPORTED_FILE) -> CustomerPlusError:
    return CustomerPlusError(message, code=code, field="file")
