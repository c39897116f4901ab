"""Imported by a worker of Celery that a test starts: the kind of job that it is to do."""

from saleor_customer_plus.jobs import kinds

from ..bulk.counting import Counting

kinds.register(Counting(pause=0.01))
