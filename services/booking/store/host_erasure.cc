#include "services/booking/store/host_erasure.h"

namespace dm::booking {
namespace {

using database::Statement;

constexpr Statement kForgetOpinions{"forget_opinions_of_hosts", R"sql(
  UPDATE feedback SET comment = ''
  FROM bookings
  WHERE bookings.host = ANY ($1::text[]) AND feedback.booking_id = bookings.id
    AND feedback.party = 'HOST'
)sql"};

constexpr Statement kForgetReasons{"forget_reasons_of_hosts", R"sql(
  UPDATE bookings SET reason = ''
  WHERE host = ANY ($1::text[]) AND why IN ('HOST_DECLINED', 'HOST_CANCELLED') AND reason <> ''
)sql"};

}  // namespace

void ForgetHosts(database::Transaction& transaction, const std::vector<std::string>& hosts) {
  if (hosts.empty()) return;
  transaction.Exec(kForgetOpinions, hosts);
  transaction.Exec(kForgetReasons, hosts);
}

}  // namespace dm::booking
