"""How large a condition may be. What exceeds a limit is refused with an error that names it."""

# Comparisons, calls and their parameters, and segments, together.
MAX_CONDITIONS = 100
# The same, with those of all segments that it refers to.
MAX_CONDITIONS_WITH_SEGMENTS = 500
# How many NOT, brackets or segments may be within each other.
MAX_DEPTH = 10
# Characters of a text, and of one value.
MAX_LENGTH = 20_000
MAX_VALUE_LENGTH = 1_000
# Of one list.
MAX_VALUES = 1_000
# Digits before and after the decimal point.
MAX_DIGITS = 17
MAX_DECIMALS = 6
# Of an offset, in its unit.
MAX_OFFSET = 99_999
