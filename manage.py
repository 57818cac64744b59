#!/usr/bin/env python
"""Linkbook's command line. Without DATABASE_URL it uses or starts the embedded servers."""

import os
import sys
import warnings

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from config.embedded.commands import servers_for
from config.embedded.part import PartFailed
from config.embedded.state import InUse


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    # makemigrations compares with the database where there is one, and does without.
    warnings.filterwarnings("ignore", "Got an error checking a consistent migration history")
    try:
        with servers_for(sys.argv[1:]):
            execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, InUse, PartFailed) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
