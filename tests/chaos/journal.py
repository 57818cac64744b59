"""What the mail server has accepted: a line on disk before each of its 250s."""

import json
import os
from collections import defaultdict
from dataclasses import dataclass


@dataclass(frozen=True)
class Accepted:
    """One message as it was accepted ``at`` an instant, in seconds."""

    at: float
    id: str
    date: str
    to: str
    kind: str
    digest: str


class Journal:
    """The file of one run, in its state folder."""

    def __init__(self, folder):
        self.file = folder / "accepted"

    def write(self, accepted):
        with open(self.file, "a") as file:
            file.write(json.dumps(vars(accepted)) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def read(self):
        """``[Accepted]`` in their order; a line that a kill has cut was never answered."""
        if not self.file.exists():
            return []
        found = []
        for line in self.file.read_text().splitlines():
            if line.endswith("}"):
                found.append(Accepted(**json.loads(line)))
        return found

    def ids(self):
        return {accepted.id for accepted in self.read()}

    def by_id(self):
        """``{Message-ID: [Accepted]}``"""
        found = defaultdict(list)
        for accepted in self.read():
            found[accepted.id].append(accepted)
        return found
