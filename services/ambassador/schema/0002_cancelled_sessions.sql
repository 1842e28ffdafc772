-- A meeting that was called off is listed no more, whatever a list says of it later. The reason is
-- free text of whoever did it: it never leaves this table.
ALTER TABLE sessions
  ADD COLUMN cancel_time timestamptz,
  -- "people/{subject}".
  ADD COLUMN cancelled_by text,
  ADD COLUMN cancel_reason text,
  ADD CONSTRAINT sessions_cancelled_by_somebody
    CHECK (num_nulls(cancel_time, cancelled_by, cancel_reason) IN (0, 3)),
  ADD CONSTRAINT sessions_cancel_reason_length CHECK (char_length(cancel_reason) <= 500);
