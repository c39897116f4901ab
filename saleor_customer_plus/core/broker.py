"""A connection to Celery's broker whose every step has a time limit."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, NamedTuple

from kombu.exceptions import EncodeError

from ..saleor_adapter.host import celery_app

logger = logging.getLogger(__name__)

# Seconds that one step of talking to the broker may take: a look-up, a connection, a read, a write.
STEP_LIMIT = 1.0


class Message(NamedTuple):
    """One task to be sent, and the ids that were joined in it, if it is made of ids."""

    task: Any
    args: tuple[Any, ...]
    ids: Sequence[Any] | None = None

    @property
    def size(self) -> int:
        """What it counts for where ids and other tasks are counted."""
        return 1 if self.ids is None else len(self.ids)


class Broker:
    """A connection to Celery's broker, for one thread."""

    def __init__(self) -> None:
        self._connection: Any = None

    def send(self, message: Message) -> None:
        """Send a task, or raise. A connection that was left open may be dead by now: then a new one is tried once."""
        was_open = self._connection is not None
        try:
            self._send(message)
        except EncodeError:
            raise
        except Exception:
            self.close()
            if not was_open:
                raise
            try:
                self._send(message)
            except Exception:
                self.close()
                raise

    def _send(self, message: Message) -> None:
        if self._connection is None:
            self._connection = limited_connection()
        message.task.apply_async(args=message.args, retry=False, connection=self._connection)

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.release()
            except Exception as error:
                logger.debug("Could not close the connection to the broker: %s", type(error).__name__)


def limited_connection() -> Any:
    """A connection to the broker that is not open yet, and whose every step will have a time limit.

    Each transport takes the options that it knows: Redis those of sockets, AMQP those for reading and writing, SQS
    those of its client. AMQP confirms what it was sent, so that a connection that died unnoticed loses nothing.
    """
    configured = celery_app.conf.broker_transport_options or {}
    client = {"connect_timeout": STEP_LIMIT, "read_timeout": STEP_LIMIT, "retries": {"max_attempts": 0}}
    connection = celery_app.connection_for_write(
        connect_timeout=STEP_LIMIT,
        transport_options={
            "socket_connect_timeout": STEP_LIMIT,
            "socket_timeout": STEP_LIMIT,
            "retry_on_timeout": False,
            "read_timeout": STEP_LIMIT,
            "write_timeout": STEP_LIMIT,
            "confirm_publish": True,
            "client-config": {**configured.get("client-config", {}), **client},
        },
    )
    # Each of several servers once. kombu's own policy would wait 2 + 4 seconds in between, and begin again.
    servers = max(len(connection.alt or ()), 1)
    connection.transport_options.update(
        max_retries=servers - 1,
        interval_start=0,
        interval_step=0,
        interval_max=0,
        connect_retries_timeout=2 * STEP_LIMIT * servers,
    )
    return connection
