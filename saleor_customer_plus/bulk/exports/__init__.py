"""Exports: which columns of which records go into a file, and in which format it is written."""

from .export_job import create

__all__ = ["create"]
