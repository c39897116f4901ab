"""The stand-in host: as much of Saleor as Customer Plus touches, for machines without Saleor.

Written from Saleor's public interface. Names, signatures, model fields and table names are those of Saleor 3.23;
`tests/contract` compares them with a real one. What Saleor does beyond that is not here.
"""

__version__ = "3.23.28"
