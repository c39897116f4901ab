"""Changes of fields of the shop's own that alter too many values for one transaction."""

from .field_job import create_change, create_restoration, start

__all__ = ["create_change", "create_restoration", "start"]
