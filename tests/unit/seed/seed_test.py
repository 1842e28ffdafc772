#!/usr/bin/python3
"""What the seed promises: whoever changes a row by hand learns here what no longer fits."""

import csv
import datetime
import importlib.machinery
import importlib.util
import pathlib
import unittest
from collections import Counter

SEED = pathlib.Path(__file__).resolve().parents[3] / "deploy" / "local" / "seed"
DEPARTMENTS = {"14", "27", "50", "61", "76"}
AUDIENCES = {"QUATRIEME", "TROISIEME", "SECONDE", "LYCEE", "STUDENT", "APPRENTICE", "ADULT"}
FORMATS = {"ON_SITE", "PHONE", "VIDEO"}


def load_generator(name):
    """The program deploy/local/seed/NAME as a module."""
    loader = importlib.machinery.SourceFileLoader(name, str(SEED / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


def read(name):
    with open(SEED / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def read_rome(stem):
    return read(f"rome/{stem}_v458_utf8.csv")


def passes_luhn(digits):
    doubled = (int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits)))
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


sessions = load_generator("sessions")
applicants = load_generator("applicants")


class CompaniesTest(unittest.TestCase):
    def setUp(self):
        self.companies = read("companies.csv")
        self.communes = {row["code_insee"]: row for row in read("communes.csv")}

    def department(self, company):
        return self.communes[company["commune_code"]]["code_departement"]

    def test_orne_has_exactly_52_and_every_other_department_some(self):
        counts = Counter(map(self.department, self.companies))
        self.assertEqual(counts["61"], 52)
        self.assertEqual(set(counts), DEPARTMENTS)
        self.assertGreaterEqual(min(counts.values()), 6)

    def test_each_siret_is_valid_and_occurs_once(self):
        sirets = [row["siret"] for row in self.companies]
        self.assertEqual(len(sirets), len(set(sirets)))
        for siret in sirets:
            self.assertRegex(siret, r"^000\d{11}$", "the range of invented companies")
            self.assertTrue(passes_luhn(siret[:9]), siret)
            self.assertTrue(passes_luhn(siret), siret)

    def test_each_postal_code_is_one_of_its_commune(self):
        for row in self.companies + read("ambassadors.csv"):
            codes = self.communes[row["commune_code"]]["codes_postaux"].split("|")
            self.assertIn(row["postal_code"], codes, row["display_name"])

    def test_each_company_is_open_to_trainees(self):
        with_offer = {row["siret"] for row in read("offers.csv")}
        self.assertEqual(with_offer, {row["siret"] for row in self.companies})

    def test_all_but_groupe_lemoine_are_marked_as_demonstration(self):
        real = [row for row in self.companies if row["demonstration"] != "O"]
        self.assertEqual([row["display_name"] for row in real], ["Groupe Lemoine"])
        self.assertEqual(self.communes[real[0]["commune_code"]]["nom"], "Caligny")
        for row in self.companies:
            if row["demonstration"] == "O":
                self.assertIn("fictive", row["description"], row["display_name"])

    def test_the_orne_spans_farming_art_health_and_logistics(self):
        sectors = {
            code
            for row in self.companies
            if self.department(row) == "61"
            for code in row["sectors"].split("|")
        }
        self.assertLessEqual({"79", "87", "85", "113"}, sectors)


class RomeTest(unittest.TestCase):
    def setUp(self):
        self.professions = {row["code_rome"] for row in read_rome("unix_referentiel_code_rome")}

    def test_has_about_sixty_professions_each_with_definition_access_and_titles(self):
        self.assertTrue(55 <= len(self.professions) <= 75, len(self.professions))
        texts = read_rome("unix_texte")
        for kind in ("definition", "acces_metier"):
            described = {row["code_rome"] for row in texts if row["libelle_type_texte"] == kind}
            self.assertEqual(described, self.professions, kind)
        titles = {row["code_rome"] for row in read_rome("unix_referentiel_appellation")}
        self.assertEqual(titles, self.professions)

    def test_every_file_speaks_of_its_professions_and_sectors_only(self):
        sectors = {row["code_sect_activite"] for row in read_rome("unix_secteur_activite")}
        self.assertEqual(len(sectors), 35)
        for row in read_rome("unix_arborescence_secteur_activite"):
            self.assertIn(row["code_rome"], self.professions)
            self.assertIn(row["code_sect_activite"], sectors)
        self.assertEqual(len(read_rome("unix_centre_interet")), 30)
        for row in read_rome("unix_arborescence_centre_interet"):
            self.assertIn(row["code_rome"], self.professions)

    def test_offers_companies_and_ambassadors_use_codes_that_exist(self):
        sectors = {row["code_sect_activite"] for row in read_rome("unix_secteur_activite")}
        for row in read("offers.csv"):
            self.assertIn(row["rome_code"], self.professions)
        for row in read("ambassadors.csv"):
            self.assertLessEqual(set(row["rome_codes"].split("|")), self.professions)
        for row in read("companies.csv") + read("ambassadors.csv"):
            self.assertLessEqual(set(row["sectors"].split("|")), sectors, row["display_name"])


class PeopleTest(unittest.TestCase):
    def test_jeanne_lemoine_is_an_ambassador_of_groupe_lemoine(self):
        jeanne = next(r for r in read("ambassadors.csv") if r["display_name"] == "Jeanne Lemoine")
        company = next(r for r in read("companies.csv") if r["siret"] == jeanne["siret"])
        self.assertEqual(company["display_name"], "Groupe Lemoine")
        self.assertEqual((jeanne["commune"], jeanne["department"]), ("Caligny", "61"))

    def test_ids_audiences_and_formats_are_of_the_known_forms(self):
        for row in read("ambassadors.csv"):
            self.assertRegex(row["id"], r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab]")
            self.assertLessEqual(set(row["formats"].split("|")), FORMATS)
        for row in read("ambassadors.csv") + read("offers.csv"):
            self.assertLessEqual(set(row["audiences"].split("|")), AUDIENCES)

    def test_every_party_can_be_written_to_and_no_mail_leaves_the_demonstration(self):
        contacts = {row["party"]: row["email"] for row in read("contacts.csv")}
        for row in read("companies.csv"):
            self.assertIn(f"companies/{row['siret']}", contacts)
        for row in read("ambassadors.csv"):
            self.assertIn(f"ambassadors/{row['id']}", contacts)
        for department in DEPARTMENTS:
            self.assertIn(f"agencies/{department}", contacts)
        for email in contacts.values():
            self.assertRegex(email, r"^[a-z0-9.-]+@([a-z0-9-]+\.)?demo\.example$")


class DatesTest(unittest.TestCase):
    MONDAYS = [datetime.date(2026, 1, 5) + datetime.timedelta(weeks=n) for n in range(0, 520, 7)]

    def test_public_holidays_are_those_of_the_calendar(self):
        expected = """2027-01-01 2027-03-29 2027-05-01 2027-05-06 2027-05-08 2027-05-17
                      2027-07-14 2027-08-15 2027-11-01 2027-11-11 2027-12-25"""
        days = {datetime.date.fromisoformat(text) for text in expected.split()}
        self.assertEqual(sessions.public_holidays(2027), days)

    def test_each_offer_always_has_two_sessions_ahead_on_working_days(self):
        for today in self.MONDAYS:
            for offer in read("offers.csv")[:9]:
                rows = list(sessions.sessions_of(offer, today))
                self.assertGreaterEqual(len(rows), 2, (offer["key"], today))
                for _, _, start, end, capacity in rows:
                    first = datetime.datetime.fromisoformat(start)
                    last = datetime.datetime.fromisoformat(end)
                    days = (last.date() - first.date()).days + 1
                    self.assertTrue(3 <= days <= 5)
                    self.assertTrue(1 <= capacity <= 6)
                    self.assertGreater(first.date(), today)
                    for n in range(days):
                        day = first.date() + datetime.timedelta(days=n)
                        self.assertTrue(sessions.is_working_day(day), day)

    def test_the_same_week_gives_the_same_rows_and_the_next_week_keeps_them(self):
        offer = read("offers.csv")[0]
        monday = datetime.date(2026, 11, 23)
        rows = set(sessions.sessions_of(offer, monday))
        self.assertEqual(rows, set(sessions.sessions_of(offer, datetime.date(2026, 11, 29))))
        later = set(sessions.sessions_of(offer, datetime.date(2026, 11, 30)))
        self.assertTrue(all(row in later for row in rows if row[2] >= "2026-12-07"))

    def test_each_offer_has_a_session_in_every_week_of_the_school_holidays(self):
        today = datetime.date(2026, 11, 23)
        for offer in read("offers.csv"):
            starts = {row[2][:10] for row in sessions.sessions_of(offer, today)}
            self.assertLessEqual({"2026-12-21", "2026-12-28"}, starts, offer["key"])

    def test_the_school_calendar_has_no_gap_in_its_years(self):
        days = sessions.HOLIDAYS
        self.assertEqual(days, sorted(days))
        for (_, last), (first, _) in zip(days, days[1:]):
            self.assertTrue(10 < (first - last).days < 80, (last, first))

    def test_each_ambassador_meets_every_week_in_a_format_of_theirs(self):
        for ambassador in read("ambassadors.csv"):
            rows = list(sessions.meetings_of(ambassador, datetime.date(2026, 11, 23)))
            self.assertEqual(len(rows), sessions.WEEKS_OF_MEETINGS)
            for _, start, end, _, form, _ in rows:
                self.assertIn(form, ambassador["formats"].split("|"))
                self.assertTrue("T09:00" <= start[10:] < end[10:] <= "T17:00")


class ApplicantsTest(unittest.TestCase):
    def test_nobody_grows_older_while_the_demonstration_lasts(self):
        for day in range(0, 800, 5):
            today = datetime.date(2026, 1, 1) + datetime.timedelta(days=day)
            for row in applicants.applicants(today):
                person = dict(zip(applicants.COLUMNS, row))
                age = int(person["person"].rpartition("-")[2])
                for later in (today, today + datetime.timedelta(weeks=11)):
                    born = person["birth_date"]
                    had = (later.month, later.day) >= (born.month, born.day)
                    self.assertEqual(later.year - born.year - (not had), age, (today, later))

    def test_another_run_in_the_same_month_writes_the_same_people(self):
        first = list(applicants.applicants(datetime.date(2026, 11, 1)))
        self.assertEqual(first, list(applicants.applicants(datetime.date(2026, 11, 30))))

    def test_every_school_exists_by_its_letter_and_one_consent_reaches_over_the_dates(self):
        today = datetime.date(2026, 11, 30)
        rows = [dict(zip(applicants.COLUMNS, row)) for row in applicants.applicants(today)]
        for row in rows:
            if row["school"] == "":
                continue
            self.assertEqual("ABCDEFGHJKLMNPRSTUVWXYZ"[int(row["school"][:7]) % 23], row["school"][7])
        until = [row["consent_until"] for row in rows]
        self.assertGreater(until[0], today + datetime.timedelta(weeks=11))
        self.assertLessEqual(until[0], today + datetime.timedelta(days=366))
        self.assertEqual(until[1], "")


if __name__ == "__main__":
    unittest.main()
