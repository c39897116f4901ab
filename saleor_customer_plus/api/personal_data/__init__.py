"""The personal data of one customer, as a file."""
