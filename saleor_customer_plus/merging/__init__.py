"""One person who has several records: finding these, and making one of them."""
