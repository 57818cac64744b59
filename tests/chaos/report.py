"""What was measured, beside what it should be."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One line of the table: a fault, what was measured, the target and whether it holds."""

    fault: str
    measured: str
    target: str
    holds: bool


def table(findings):
    """The findings as a text with aligned columns."""
    rows = [("fault", "measured", "target", "holds")]
    rows += [(f.fault, f.measured, f.target, "yes" if f.holds else "NO") for f in findings]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    lines.insert(1, "-|-".join("-" * width for width in widths))
    return "\n".join(line.rstrip() for line in lines)


def percentile(values, share):
    """The value below which ``share`` of them lie; 0 of none."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)] if values else 0.0
