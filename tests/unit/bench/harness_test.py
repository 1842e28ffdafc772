#!/usr/bin/python3
"""What the benchmark makes of PostgreSQL's log and of its own samples."""

import json
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bench"))

from harness import booking, catalogue, pgbench, report, searches, statements  # noqa: E402
from harness.processes import Failed  # noqa: E402
from harness.row import Result, Row, of_p99, of_rate, ratio  # noqa: E402
from rows import offers  # noqa: E402

MADE_ID = "0193a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b"


def entry(message, detail="", session="one"):
    return {"session_id": session, "message": message, "detail": detail}


def booking_log(session="one"):
    return [
        entry("statement: BEGIN; SET LOCAL statement_timeout = 5000", session=session),
        entry("execute read_sessions: SELECT\n  1", "parameters: $1 = '{}'", session=session),
        entry("execute add_bookings: INSERT", f"parameters: $1 = '{MADE_ID}'", session=session),
        entry("statement: COMMIT", session=session),
    ]


class FindTransactionTest(unittest.TestCase):
    def names(self, entries):
        return [name for name, _, _ in statements.find_transaction(entries)]

    def test_the_transaction_that_adds_a_booking_is_found_with_all_its_statements(self):
        self.assertEqual(self.names(booking_log()), ["read_sessions", "add_bookings"])

    def test_what_came_before_the_booking_is_passed_over(self):
        looked = [
            entry("statement: BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
            entry("execute read_sessions: SELECT"),
            entry("statement: COMMIT"),
            entry("execute ping: SELECT 1"),
        ]
        self.assertEqual(self.names(looked + booking_log()), ["read_sessions", "add_bookings"])

    def test_connections_whose_lines_mix_are_kept_apart(self):
        other = [
            entry("statement: BEGIN", session="two"),
            entry("execute move_cursor: UPDATE", session="two"),
            entry("statement: COMMIT", session="two"),
        ]
        mine = booking_log()
        mixed = [other[0], mine[0], other[1], mine[1], mine[2], other[2], mine[3]]
        self.assertEqual(self.names(mixed), ["read_sessions", "add_bookings"])

    def test_a_log_without_a_booking_fails(self):
        for name, entries in {
            "nothing": [],
            "unfinished": booking_log()[:-1],
            "another transaction": [
                entry("statement: BEGIN"),
                entry("execute move_cursor: UPDATE"),
                entry("statement: COMMIT"),
            ],
        }.items():
            with self.subTest(name), self.assertRaises(Failed):
                statements.find_transaction(entries)


class ParametersTest(unittest.TestCase):
    def test_parameters_are_read_as_postgresql_logs_them(self):
        for detail, expected in {
            "": {},
            "parameters: $1 = 'a'": {1: "a"},
            "parameters: $1 = NULL, $2 = ''": {1: None, 2: ""},
            "parameters: $1 = 'it''s, $2 = ''no'''": {1: "it's, $2 = 'no'"},
            "parameters: $1 = '{\"a, b\"}', $2 = 'x\ny'": {1: '{"a, b"}', 2: "x\ny"},
        }.items():
            with self.subTest(detail):
                self.assertEqual(statements.parameters_of(entry("", detail)), expected)


class ExpressionTest(unittest.TestCase):
    def test_what_differs_from_booking_to_booking_is_a_variable_and_the_rest_a_literal(self):
        hot = booking.session_id(booking.HOT)
        session = f"'{booking.SESSION_PREFIX}' || lpad(to_hex(:session::bigint), 12, '0')"
        made = f"'{MADE_ID[:24]}' || lpad(to_hex(:person::bigint), 12, '0')"
        for text, expected in {
            "CONFIRMED": "'CONFIRMED'",
            "it's": "'it''s'",
            "": "''",
            None: "NULL",
            '{"people/person-0"}': "('{\"' || 'people/person-' || :person::text || '\"}')",
            "people/person-01": "'people/person-01'",
            MADE_ID: f"({made})",
            f'{{"{hot}"}}': f"('{{\"' || {session} || '\"}}')",
            booking.session_name(booking.HOT):
                f"('offers/{booking.OFFER}' || '/sessions/' || {session})",
        }.items():
            with self.subTest(text):
                self.assertEqual(statements.expression(text), expected)


class ScriptTest(unittest.TestCase):
    def script(self, parameter, sql="SELECT $1::text"):
        return statements.to_script([("name", sql, {1: parameter})], "hot", share=100)

    def test_a_booking_is_one_transaction_of_the_statements_in_their_order(self):
        script = statements.to_script(
            [("one", "SELECT $1", {1: "a"}), ("two", "SELECT $2, $1", {1: "b", 2: "c"})],
            "hot", share=100)
        self.assertIn("BEGIN;\nSELECT 'a';\nSELECT 'c', 'b';\nCOMMIT;\n", script)

    def test_no_parameter_is_taken_for_another_with_the_same_first_digit(self):
        parameters = {number: f"v{number}" for number in range(1, 12)}
        script = statements.to_script([("name", "SELECT $11, $1", parameters)], "hot", share=100)
        self.assertIn("SELECT 'v11', 'v1';", script)

    def test_a_literal_that_pgbench_would_take_for_a_variable_fails(self):
        with self.assertRaises(Failed):
            self.script("a:b")
        self.script("a: b")
        self.script("a")

    def test_casts_stay_casts(self):
        self.assertIn("SELECT 'a'::text;", self.script("a"))


def row(number=5, less_is_better=False, also=None):
    return Row(number=number, what="bookings", against="pgbench", unit="/s", figure_unit="×",
               floor=4, goal=15, value=of_p99 if less_is_better else of_rate,
               figure=(lambda ours, theirs: ours) if less_is_better else ratio,
               less_is_better=less_is_better, also=also)


def samples(*values):
    return [{"rate": value, "p99_ms": value} for value in values]


class ResultTest(unittest.TestCase):
    def test_a_mark_is_reached_where_it_stands(self):
        for ours, expected in {3.99: "none", 4.0: "floor", 14.99: "floor", 15.0: "goal"}.items():
            with self.subTest(ours):
                self.assertEqual(Result(row(), samples(ours), samples(1), []).reached, expected)

    def test_where_less_is_better_marks_are_upper_bounds(self):
        bounds = Row(**{**row(less_is_better=True).__dict__, "floor": 50, "goal": 15})
        for ours, expected in {50.1: "none", 50: "floor", 15.1: "floor", 15: "goal"}.items():
            with self.subTest(ours):
                self.assertEqual(Result(bounds, samples(ours), samples(1), []).reached, expected)

    def test_a_condition_that_does_not_hold_leaves_nothing_reached(self):
        result = Result(row(also=lambda taken: False), samples(20), samples(1), [])
        self.assertEqual(result.reached, "none")

    def test_the_figure_is_that_of_the_medians(self):
        self.assertEqual(Result(row(), samples(1, 10, 100), samples(4, 5, 6), []).figure, 2)


    def test_a_figure_without_another_side_is_our_median(self):
        alone = Row(**{**row(less_is_better=True).__dict__, "floor": 8, "goal": 1})
        result = Result(alone, samples(2, 4, 3), [], [])
        self.assertEqual((result.figure, result.reached), (3, "floor"))
        told = json.loads(report.as_json([result], {}))["rows"][0]
        self.assertIsNone(told["theirs"])
        self.assertIn("| - |", report.markdown([result], [], {}))


class ReadOfAnOfferTest(unittest.TestCase):
    DETAIL = f"parameters: $1 = '{{\"{catalogue.offer_id(7)}\"}}', $2 = '5', $3 = NULL"
    SQL = "SELECT $2, $3 FROM unnest($1::uuid[])"

    def test_the_last_read_is_found_with_its_parameters(self):
        entries = [entry("execute offer_details: SELECT 1"),
                   entry(f"execute offer_details: {self.SQL}", self.DETAIL),
                   entry("execute last_search_change: SELECT seq")]
        self.assertEqual(catalogue.find_read(entries), (self.SQL, self.DETAIL))
        with self.assertRaises(Failed):
            catalogue.find_read(entries[2:])

    def test_the_script_reads_a_random_one_of_so_many(self):
        script = offers.to_script(self.SQL, self.DETAIL, 100)
        self.assertIn("\\set number random(0, 99)\n", script)
        self.assertIn(f"SELECT '5', NULL FROM unnest(('{{{catalogue.OFFER_PREFIX}' ||", script)

    def test_a_read_that_names_no_offer_fails(self):
        with self.assertRaises(Failed):
            offers.to_script("SELECT $1", "parameters: $1 = 'x'", 100)


class Vocabulary:
    titles = [["boulanger"], ["soudeur", "industriel"]]
    places = [(49.0, 0.5)]
    sectors = ["7"]
    audiences = ("AUDIENCE_LYCEE",)


class SearchesTest(unittest.TestCase):
    def test_a_thousand_searches_are_mixed_as_they_should_be_and_always_the_same(self):
        asked = searches.mix(Vocabulary, 1000)
        self.assertEqual(asked, searches.mix(Vocabulary, 1000))
        self.assertEqual(sum(searches.MIX.values()), 1000)
        self.assertEqual(sum("radiusKm" in one for one in asked), 100)
        self.assertEqual(sum("availableOnly" in one for one in asked), 100)
        self.assertEqual(asked.count({}), 50)

    def test_a_misspelt_word_has_its_letters_in_another_order(self):
        known = {"boulanger", "soudeur", "industriel"}
        for one in (searches.request("a typing error", Vocabulary, searches.random.Random(seed))
                    for seed in range(50)):
            self.assertIn(sorted(one["query"]), [sorted(word) for word in known])


class ReportTest(unittest.TestCase):
    def test_the_json_has_the_promised_form(self):
        result = Result(row(), samples(20), samples(1), [])
        told = json.loads(report.as_json([result], {"machine": "mine"}))
        self.assertEqual(list(told), ["conditions", "rows"])
        self.assertEqual(told["rows"], [{
            "row": 5, "what": "bookings", "ours": 20, "theirs": 1, "figure": 20, "floor": 4,
            "goal": 15, "reached": "goal"}])

    def test_numbers_have_as_many_digits_as_say_something(self):
        for value, text in {0.3: "0.30", 9.99: "9.99", 12.34: "12.3", 123.4: "123",
                            12345.6: "12,346"}.items():
            with self.subTest(value):
                self.assertEqual(report.number(value), text)


class QuantileTest(unittest.TestCase):
    def test_quantiles_of_sorted_times(self):
        hundred = list(range(1, 101))
        for share, expected in {0.0: 1, 0.5: 51, 0.99: 100, 1.0: 100}.items():
            with self.subTest(share):
                self.assertEqual(pgbench.quantile(hundred, share), expected)
        self.assertEqual(pgbench.quantile([], 0.5), 0.0)


if __name__ == "__main__":
    unittest.main()
