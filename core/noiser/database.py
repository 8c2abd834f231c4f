"""SQLite files that several processes open at once."""

from __future__ import annotations

import sqlite3
import time


def write_ahead(data: sqlite3.Connection, seconds: float) -> None:
    """Turn the write-ahead log on; while another process does, SQLite refuses without waiting."""
    last = time.monotonic() + seconds
    while True:
        try:
            data.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > last:
                raise
            time.sleep(0.01)
        else:
            return
