-- Where partners are sent what happens, and how far each has come in the feeds. Deliveries hold ids of
-- events; no row names a person but by the id of who owns a webhook.
CREATE TABLE webhooks (
  id uuid CONSTRAINT webhooks_key PRIMARY KEY,
  -- "people/{subject}".
  owner text NOT NULL,
  display_name text NOT NULL,
  url text NOT NULL,
  -- Full names; never empty.
  types text[] NOT NULL,
  -- Every département instead of those of `departments`.
  everywhere boolean NOT NULL,
  departments text[] NOT NULL,
  state text NOT NULL,
  -- What it is signed with, and what was before, until the overlap ends.
  secret text NOT NULL,
  secret_number integer NOT NULL DEFAULT 1,
  previous_secret text,
  previous_secret_until timestamptz,
  -- Raised by 1 at each change by its owner and of its state; the etag.
  version bigint NOT NULL DEFAULT 1,
  create_time timestamptz NOT NULL,
  update_time timestamptz NOT NULL,
  -- In the feeds of catalogue, ambassador and booking. Whoever moves it names the fence that it read:
  -- a replay and another holder raise that, and who delivers by an older one moves nothing.
  positions bigint[] NOT NULL,
  fence bigint NOT NULL DEFAULT 0,
  failures integer NOT NULL DEFAULT 0,
  failing_since timestamptz,
  last_success timestamptz,
  next_attempt timestamptz NOT NULL DEFAULT '-infinity',
  -- Which replica delivers to it, and until when without another word.
  holder text NOT NULL DEFAULT '',
  lease_until timestamptz NOT NULL DEFAULT '-infinity',
  CONSTRAINT webhooks_state_known CHECK (state IN ('ACTIVE', 'PAUSED', 'DISABLED')),
  CONSTRAINT webhooks_url_length CHECK (char_length(url) BETWEEN 1 AND 500),
  CONSTRAINT webhooks_display_name_length CHECK (char_length(display_name) <= 100),
  CONSTRAINT webhooks_types_some CHECK (cardinality(types) > 0),
  CONSTRAINT webhooks_positions_of_each_feed CHECK (cardinality(positions) = 3),
  CONSTRAINT webhooks_previous_secret_whole CHECK
    ((previous_secret IS NULL) = (previous_secret_until IS NULL)),
  CONSTRAINT webhooks_failing_whole CHECK ((failures = 0) = (failing_since IS NULL))
);
CREATE INDEX webhooks_of_owner ON webhooks (owner, create_time, id);
CREATE INDEX webhooks_active ON webhooks (lease_until) WHERE state = 'ACTIVE';

-- Every attempt of the last days.
CREATE TABLE webhook_deliveries (
  id uuid CONSTRAINT webhook_deliveries_key PRIMARY KEY,
  webhook_id uuid NOT NULL CONSTRAINT webhook_deliveries_webhook REFERENCES webhooks (id)
    ON DELETE CASCADE,
  event_id text NOT NULL,
  type text NOT NULL,
  at timestamptz NOT NULL,
  http_status integer NOT NULL,
  -- A fixed word; empty when it was taken.
  failure text NOT NULL,
  milliseconds integer NOT NULL,
  -- Before the event.
  positions bigint[] NOT NULL
);
CREATE INDEX webhook_deliveries_of_webhook ON webhook_deliveries (webhook_id, id DESC);
CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries USING brin (at);

-- Whoever has a webhook is told when it is disabled. `booking` holds its name then, and `offer_title`
-- what its owner calls it.
ALTER TABLE messages
  DROP CONSTRAINT messages_kind_known,
  ADD CONSTRAINT messages_kind_known CHECK (kind IN
    ('REQUEST_RECEIVED', 'NEW_REQUEST', 'WAITLISTED', 'OFFERED', 'CONSENT_NEEDED', 'CONFIRMED',
     'DECLINED', 'REQUEST_CANCELLED', 'CONFIRMED_CANCELLED', 'EXPIRED', 'RESCHEDULED',
     'SESSION_CANCELLED', 'CONSENT_WITHDRAWN', 'CONSENT_REFUSED', 'AGREEMENT_MISSING',
     'OVERLAP_RELEASED', 'OFFER_EXPIRED', 'CONSENT_EXPIRED', 'HOST_SILENT', 'WAITLIST_ENDED',
     'NO_SHOW', 'HOST_ABSENT', 'CAPACITY_REDUCED', 'SESSION_MOVED', 'CONSENT_NEEDED_AGAIN',
     'NOT_ELIGIBLE_ANY_MORE', 'OVERLAP_AFTER_MOVE', 'HOST_REMINDER', 'HOST_LAST_REMINDER',
     'OFFER_REMINDER', 'STAY_TOMORROW', 'GUARDIAN_CONSENT', 'SIGNATURE', 'SIGNATURE_CODE',
     'OFFER_SUBMITTED', 'PARTNER_OFFERS_SUBMITTED', 'OFFER_REPORTED', 'OFFER_APPROVED',
     'OFFER_REJECTED', 'OFFER_SUSPENDED', 'OFFER_RESUMED', 'COMPANY_BANNED',
     'WEBHOOK_DISABLED'));
