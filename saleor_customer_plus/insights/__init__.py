"""What the orders of all customers together say of one: RFM, rhythm, retention. See docs/figures.md."""
