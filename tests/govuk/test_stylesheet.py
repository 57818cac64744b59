"""The product's own style sheet."""

import re
from collections import Counter
from pathlib import Path

from django.conf import settings

RULE = re.compile(r"^(\.lb-[a-z-]+) \{", re.MULTILINE)


def test_a_class_has_one_meaning_and_one_plain_rule():
    """What a second rule says of another page would befall the first page too."""
    sheet = Path(settings.BASE_DIR, "static/css/linkbook.css").read_text()
    written = Counter(RULE.findall(sheet))
    assert len(written) > 100
    assert [name for name, times in written.items() if times > 1] == []
