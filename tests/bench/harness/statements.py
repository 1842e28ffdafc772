"""The other side of a booking: the statements that the service sends for one booking alone, as
PostgreSQL logged them, turned into a script for pgbench. Nothing is copied by hand, so the two sides
cannot drift apart."""

import re

from . import booking
from .processes import Failed

PARAMETER = re.compile(r"\$(\d+) = (NULL|'(?:[^']|'')*')")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
EXECUTED = re.compile(r"execute (\w+): (.*)", re.DOTALL)

# What one pgbench client books next: `n` counts its bookings, `person` is one of its own.
HEADER = """\\set n :n + 1
\\set person :client_id * {share} + :n
"""
SESSIONS = {
    "hot": f"\\set session {booking.HOT}\n",
    "many": "\\set session random({0}, {1})\n".format(
        booking.FIRST_OF_MANY, booking.FIRST_OF_MANY + booking.MANY - 1),
}


def record(cluster, service, load, answer):
    """Lets the service make one booking and returns its transaction: [(name, sql, parameters)]."""
    cluster.sql("ALTER ROLE dm_booking SET log_statement = 'all'")
    service.start("--ledger-lanes=1")
    load.record(service.address, [booking.session_name(booking.HOT)], answer)
    service.stop()
    cluster.sql("ALTER ROLE dm_booking RESET log_statement")
    return find_transaction(cluster.log_entries())


def find_transaction(entries):
    """The transaction that added a booking."""
    open_by_session = {}
    for entry in entries:
        message = entry.get("message", "")
        key = entry.get("session_id")
        executed = EXECUTED.match(message)
        if message.startswith("statement: BEGIN"):
            open_by_session[key] = []
        elif message.startswith("statement: COMMIT") or message.startswith("statement: ROLLBACK"):
            done = open_by_session.pop(key, [])
            if any(name == "add_bookings" for name, _, _ in done):
                return done
        elif executed and key in open_by_session:
            name, sql = executed.groups()
            open_by_session[key].append((name, sql.strip(), parameters_of(entry)))
    raise Failed("the service made no booking to record: " + str(
        [entry.get("message") for entry in entries][-5:]))


def parameters_of(entry):
    found = PARAMETER.findall(entry.get("detail", ""))
    return {
        int(number): None if value == "NULL" else value[1:-1].replace("''", "'")
        for number, value in found
    }


def quote(text):
    return "'" + text.replace("'", "''") + "'"


def expression(value):
    """A parameter's text with what differs from booking to booking made variable."""
    if value is None:
        return "NULL"
    parts = []
    rest = value
    variable = re.compile(rf"people/person-0(?!\d)|{UUID.pattern}")
    while match := variable.search(rest):
        text = match.group()
        if text == booking.OFFER:
            parts.append(quote(rest[: match.end()]))
        else:
            parts.append(quote(rest[: match.start()]))
            parts.append(variable_text(text))
        rest = rest[match.end():]
    parts.append(quote(rest))
    text = " || ".join(part for part in parts if part != "''") or "''"
    # A cast behind it binds closer than ||.
    return f"({text})" if " || " in text else text


def variable_text(text):
    if text.startswith("people/"):
        return "'people/person-' || :person::text"
    if text.startswith(booking.SESSION_PREFIX):
        return f"'{booking.SESSION_PREFIX}' || lpad(to_hex(:session::bigint), 12, '0')"
    # An id made for this booking: the same beginning, the end by person.
    return f"'{text[:24]}' || lpad(to_hex(:person::bigint), 12, '0')"


def to_script(transaction, sessions, share):
    """The transaction as a pgbench script; `share` is the number of people of one client."""
    lines = [HEADER.format(share=share), SESSIONS[sessions], "BEGIN;\n"]
    for _, sql, parameters in transaction:
        text = re.sub(r"\$(\d+)", lambda m: expression(parameters[int(m.group(1))]), sql)
        # pgbench takes ":name" for a variable wherever it stands.
        literals = re.findall(r"'(?:[^']|'')*'", text)
        if any(re.search(r"(?<!:):\w", literal) for literal in literals):
            raise Failed("a parameter holds what pgbench would take for a variable")
        lines.append(text + ";\n")
    lines.append("COMMIT;\n")
    return "".join(lines)
