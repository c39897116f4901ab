"""`make demo`: a shop's story, told through Saleor's hooks, and what the plugin makes of it."""
