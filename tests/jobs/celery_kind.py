"""Imported by a worker of Celery that a test starts: the kind of job that it is to do."""

from saleor_customer_plus.jobs import engine as jobs

from ..bulk.counting import Counting

jobs.register(Counting(pause=0.01))
