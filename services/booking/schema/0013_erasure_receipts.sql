-- Erasures that were asked for before they had receipts get one.
INSERT INTO erasure_receipts (id, party, requested, erased)
SELECT gen_random_uuid(), person, requested, done FROM erasures;
