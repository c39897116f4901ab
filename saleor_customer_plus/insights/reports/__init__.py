"""Reports over all customers, each in a constant number of statements over the ledger, computed when asked for."""
