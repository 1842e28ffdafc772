"""The real booking service on a database with people, sessions and a past."""

import datetime
import re

from .processes import Process, fetch, free_address, run

# All sessions are of one offer; theirs are numbered.
OFFER = "0190be7c-0000-7000-9000-000000000000"
SESSION_PREFIX = "0190be7c-0000-7000-8000-"
HOT = 0
FULL = 1
FIRST_OF_MANY = 1000
MANY = 1000

# Bookings that were there before: without them a plan made on an empty table would be kept.
PAST = 20_000


def session_id(number):
    return f"{SESSION_PREFIX}{number:012x}"


def session_name(number):
    return f"offers/{OFFER}/sessions/{session_id(number)}"


def session_day():
    """A Tuesday some two months ahead."""
    day = datetime.date.today() + datetime.timedelta(days=60)
    return day + datetime.timedelta(days=(1 - day.weekday()) % 7)


SEED = """
SET search_path = booking, public;
INSERT INTO applicants (person, birth_date, level, department, update_time)
SELECT 'people/person-' || i, '1990-05-17', 'ADULT', '61', now()
FROM generate_series(0, {people} - 1) AS i;
INSERT INTO sessions (id, name, host, title, department, start_time, end_time, announced_capacity,
                      capacity, instant_confirmation, version)
SELECT id::uuid, 'offers/{offer}/sessions/' || id, 'companies/90000001900019',
       'Découvrir la menuiserie', '61', timestamptz '{day} 09:00 Europe/Paris',
       timestamptz '{day} 17:00 Europe/Paris', {seats}, {seats}, true, 1
FROM (SELECT '{prefix}' || lpad(to_hex(i), 12, '0') AS id
      FROM (SELECT unnest(ARRAY[{hot}, {full}]) UNION ALL
            SELECT generate_series({first}, {first} + {many} - 1)) AS numbers (i)) AS made;
CREATE SCHEMA past;
CREATE TABLE past.bookings AS
SELECT gen_random_uuid() AS id, s.id AS session_id, s.name AS session_name,
       s.title AS session_title, 'people/past-' || i AS applicant, s.host, s.department,
       'COMPLETED' AS state, 1::bigint AS version, s.start_time - interval '200 days' AS start_time,
       s.end_time - interval '200 days' AS end_time, now() - interval '250 days' AS create_time,
       now() - interval '150 days' AS update_time, 'ADULT_IMMERSION' AS scheme
FROM generate_series(1, {past}) AS i
JOIN sessions s ON s.id = ('{prefix}' || lpad(to_hex({first} + i % {many}), 12, '0'))::uuid;
"""

# Everything that bookings left behind goes; what was there before comes back.
RESET = """
SET client_min_messages = warning;
SET search_path = booking, public;
TRUNCATE bookings, transitions, answered_requests, outbox CASCADE;
UPDATE sessions SET held = 0, waitlisted = 0, next_line_number = 1, review_time = NULL;
UPDATE sessions SET held = capacity WHERE id = '{full}';
INSERT INTO bookings (id, session_id, session_name, session_title, applicant, host, department,
                      state, version, start_time, end_time, create_time, update_time, scheme)
SELECT * FROM past.bookings;
INSERT INTO transitions (booking_id, version, at, person, party, from_state, to_state, why)
SELECT id, 1, create_time, applicant, 'APPLICANT', NULL, 'CONFIRMED', 'CONFIRMED_AT_ONCE'
FROM past.bookings;
INSERT INTO answered_requests (person, request_id, method, fingerprint, answer, answered)
SELECT applicant, id, 'CreateBooking', repeat('f', 32), decode(repeat('00', 200), 'hex'),
       create_time
FROM past.bookings;
INSERT INTO outbox (seq, id, type, subject, recorded, traceparent, payload)
SELECT -row_number() OVER (), id, 'past', session_name, create_time, '', ''
FROM past.bookings;
"""
VACUUM = """
VACUUM (ANALYZE) booking.bookings, booking.transitions, booking.answered_requests, booking.outbox,
                 booking.sessions, booking.applicants, booking.outbox_counter;
CHECKPOINT;
"""


class Booking:
    def __init__(self, cluster, binaries, folder, keys, people):
        self.cluster = cluster
        self.binaries = binaries
        self.folder = folder
        self.keys = keys
        self.people = people
        self.process = None
        self.peers = self._peers()
        self.batch = None
        run(binaries / "dm-booking", "--migrate",
            f"--database={cluster.connection('dm_booking_owner')}")
        seats = max(people, 1)
        cluster.sql(SEED.format(people=people, prefix=SESSION_PREFIX, offer=OFFER, seats=seats,
                                day=session_day(), hot=HOT, full=FULL, first=FIRST_OF_MANY,
                                many=MANY, past=min(PAST, people)))
        self.reset()

    def reset(self):
        """Nothing is booked, but the full session is full."""
        self.cluster.sql(RESET.format(full=session_id(FULL)))
        self.cluster.sql(VACUUM)

    def start(self, *options):
        """Starts the service anew; its feeds of sessions are not there, as it may happen."""
        self.launch(*options)
        self.process.wait_until_ready(self.admin)

    def launch(self, *options):
        """The same without waiting until it is ready."""
        self.stop()
        nobody = free_address()
        self.address = free_address()
        self.admin = free_address()
        peers = [f"--{peer}-address={nobody}" for peer in self.peers]
        self.process = Process(
            self.folder / "dm-booking.log", self.binaries / "dm-booking",
            f"--listen={self.address}", f"--admin-listen={self.admin}",
            f"--jwks-file={self.keys}/jwks.json",
            f"--page-token-key-file={self.folder}/page-token-key",
            f"--database={self.cluster.connection('dm_booking')}", *peers, *options)

    def _peers(self):
        """The services that it wants the addresses of."""
        text = run(self.binaries / "dm-booking", "--help")
        return re.findall(r"--(\w+)-address", text)

    def stop(self):
        if self.process is not None:
            self.process.stop()
            self.process = None

    def counters(self):
        """The ledger's counters, by name."""
        text = fetch(f"http://{self.admin}/metrics") or ""
        found = re.findall(r"^dm_ledger_(\w+?)(?:_total)? ([0-9.e+]+)$", text, re.MULTILINE)
        return {name: float(value) for name, value in found}

    def bookings(self):
        """How many bookings stand, and that seats and bookings agree."""
        made, agree = self.cluster.sql(
            "SELECT count(*), (SELECT bool_and(held = (SELECT count(*) FROM booking.bookings b"
            " WHERE b.session_id = s.id AND b.state = 'CONFIRMED')) FROM booking.sessions s"
            f" WHERE s.id <> '{session_id(FULL)}') FROM booking.bookings"
            " WHERE state = 'CONFIRMED'"
        ).split("|")
        return int(made), agree == "t"
