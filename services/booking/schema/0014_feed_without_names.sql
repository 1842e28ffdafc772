-- Events stay for whoever reads the feed from its beginning, without a hole. What they say of whose a
-- booking was goes when the booking loses its name: they are found by what they are about. Ids of
-- bookings grow with time, so new entries meet at the end of the index.
CREATE INDEX outbox_of_applicants ON outbox (subject)
  WHERE type IN ('destinationmetier.event.v1.BookingChanged',
                 'destinationmetier.event.v1.AgreementChanged',
                 'destinationmetier.event.v1.SessionOverbooked');
