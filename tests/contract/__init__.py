"""The stand-in against the real one: the same assertions run on whichever `saleor` is importable."""
