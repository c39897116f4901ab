"""The stand-in, on the database that the benchmark made for this run."""

from sandbox.settings import *  # noqa: F403

from .database import use_scratch

use_scratch(DATABASES)  # noqa: F405
