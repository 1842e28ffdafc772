#include "services/booking/store/agreement_erasure.h"

namespace dm::booking {
namespace {

constexpr database::Statement kAnonymizeAgreements{"anonymize_agreements", R"sql(
  WITH aged AS (
    SELECT agreements.id, applicant, pseudonym
    FROM unnest($1::uuid[], $2::text[], $3::text[]) AS aged (booking, applicant, pseudonym)
    JOIN agreements ON agreements.booking_id = aged.booking
  ), signatories AS (
    UPDATE agreement_signatories
    SET display_name = '', email = '', link_hash = NULL, tell_time = NULL,
        signed_by = CASE signed_by WHEN aged.applicant THEN aged.pseudonym ELSE signed_by END
    FROM aged WHERE agreement_id = aged.id
  ), reports AS (
    DELETE FROM agreement_reports WHERE agreement_id IN (SELECT id FROM aged)
  ), answers AS (
    DELETE FROM agreement_answers WHERE agreement_id IN (SELECT id FROM aged)
  ), looks AS (
    UPDATE agreement_history SET person = aged.pseudonym
    FROM aged WHERE agreement_id = aged.id AND person = aged.applicant
  )
  UPDATE agreements SET content = '', document = '', reason = ''
  FROM aged WHERE agreements.id = aged.id
)sql"};

}  // namespace

void AnonymizeAgreements(database::Transaction& transaction,
                         const std::vector<std::string>& bookings,
                         const std::vector<std::string>& applicants,
                         const std::vector<std::string>& pseudonyms) {
  transaction.Exec(kAnonymizeAgreements, bookings, applicants, pseudonyms);
}

}  // namespace dm::booking
