-- Consent to one booking is consent to the days and times that the guardian read.
ALTER TABLE consents ADD COLUMN start_time timestamptz, ADD COLUMN end_time timestamptz;
-- Of what was decided before, no other times are known than those that the booking has.
UPDATE consents SET start_time = bookings.start_time, end_time = bookings.end_time
FROM bookings WHERE bookings.id = consents.booking_id;
ALTER TABLE consents ADD CONSTRAINT consents_booking_times CHECK (
  (booking_id IS NOT NULL) = (start_time IS NOT NULL)
  AND (booking_id IS NOT NULL) = (end_time IS NOT NULL));
