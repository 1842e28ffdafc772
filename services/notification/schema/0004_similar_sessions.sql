-- The sessions that who lost a booking is shown instead: their names, nearest first.
ALTER TABLE messages ADD COLUMN similar_sessions text[] NOT NULL DEFAULT '{}';
