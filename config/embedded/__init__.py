"""Private PostgreSQL and Valkey for the demonstration, development and the tests.

Used only where DATABASE_URL and REDIS_URL are not set. The servers' programs come from two
wheels; everything about starting, watching and stopping them is here.
"""
