"""``make chaos``: what happens to concerns while everything they depend on is killed in turn.

The faults are numbered as in the fault table of security.md 4.3, and run against real servers of
their own: PostgreSQL, Valkey, web, workers, beat, and a mail server whose word is on disk before
it gives it. No part of ``make test``.
"""
