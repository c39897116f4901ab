"""RFM groups, the rhythm of orders, and reports over all customers."""
