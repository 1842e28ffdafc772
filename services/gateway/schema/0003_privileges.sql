-- What the gateway may do: count, and drop what is old. Everything else is the owner's.
REVOKE ALL ON rate_limits, partner_usage, partners, usage_writers FROM dm_gateway;
GRANT SELECT, INSERT, UPDATE, DELETE ON rate_limits, partner_usage, partners, usage_writers
  TO dm_gateway;
