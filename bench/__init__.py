"""`make bench`: how fast the plugin is, beside what Saleor and PostgreSQL themselves take for comparable work."""
