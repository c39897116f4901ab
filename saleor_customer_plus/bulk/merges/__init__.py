"""Merging many people as one job, and taking all of it back as one."""

from .merge_job import create

__all__ = ["create"]
