-- By what sessions like a lost one are looked for. Neither seats nor the line are in it, so that a
-- booking still changes its session without touching an index.
CREATE INDEX sessions_similar ON sessions (kind, profession, start_time)
  WHERE open AND NOT cancelled;
