-- Whoever is erased is looked for here.
CREATE INDEX sessions_cancelled_by ON sessions (cancelled_by) WHERE cancelled_by IS NOT NULL;
