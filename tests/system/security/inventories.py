"""Holds the inventories in deploy/security against the code that they list."""

import re

# Algorithms and randomness for secrets; absl's generators are for neither.
CRYPTOGRAPHY = re.compile(r"#include <(openssl/|sys/random\.h)")
# A line of the log, by the functions that write one, up to its fields.
LOGGED = re.compile(r"\b(?:Log|LogAccount|LogFailure|Complain)\(([^{};]*)[{;]")
EVENT = re.compile(r'"([a-z]+(?:_[a-z]+)*)"')


def table_rows(text, first_heading):
    """The rows, as lists of cells, of the table whose first column has that heading."""
    rows, inside = [], False
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            inside = False
        elif cells[0] == first_heading:
            inside = True
        elif inside and not set(cells[0]) <= set("-: "):
            rows.append(cells)
    return rows


def listed(text, first_heading):
    """What stands in backticks in the first column of that table."""
    first_cells = (row[0] for row in table_rows(text, first_heading))
    return {name for cell in first_cells for name in re.findall("`([^`]+)`", cell)}


def uses_cryptography(sources):
    """Of {path: text}, the files that do."""
    return {path for path, text in sources.items() if CRYPTOGRAPHY.search(text)}


def logged_events(sources):
    """The names of all events that {path: text} writes into the log."""
    return {
        event
        for text in sources.values()
        for call in LOGGED.findall(text)
        for event in EVENT.findall(call)
    }


def differences(inventory, code):
    """A line for each name that is on one side alone."""
    return [f"not listed: {name}" for name in sorted(code - inventory)] + [
        f"listed, but not there: {name}" for name in sorted(inventory - code)
    ]
