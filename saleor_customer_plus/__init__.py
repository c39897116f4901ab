"""Customer Plus: customer management for Saleor, as a plugin."""

__version__ = "0.1.0"
