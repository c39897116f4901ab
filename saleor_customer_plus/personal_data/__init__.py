"""All that is kept about one person, in one file: the right of access (GDPR Art. 15 and 20)."""
