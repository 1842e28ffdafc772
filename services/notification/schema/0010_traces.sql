-- The W3C trace context of what a message follows from, so that its sending is part of that trace:
-- random numbers, of nobody. Empty for messages of before.
ALTER TABLE messages ADD COLUMN traceparent text NOT NULL DEFAULT '';
