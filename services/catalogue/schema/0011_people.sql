-- People ask for what is kept of them, and to be erased: they are looked for here. Most sessions were
-- cancelled by nobody, and most steps were taken by a few.
CREATE INDEX offer_reports_of_reporter ON offer_reports (reporter);
CREATE INDEX offer_transitions_of_person ON offer_transitions (person);
CREATE INDEX sessions_cancelled_by ON sessions (cancelled_by) WHERE cancelled_by IS NOT NULL;
