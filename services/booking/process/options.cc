#include "services/booking/process/options.h"

namespace dm::booking {

using config::Option;
using config::Type;

std::vector<Option> BookingOptions() {
  return {
      {.name = "catalogue-address",
       .type = Type::kAddress,
       .help = "Where the catalogue's feed of sessions is."},
      {.name = "ambassador-address",
       .type = Type::kAddress,
       .help = "Where the ambassadors' feed of sessions is."},
      {.name = "notification-address",
       .type = Type::kAddress,
       .help = "Where mails with one-time links are handed over."},
      {.name = "ledger-lanes",
       .type = Type::kInteger,
       .help = "Transactions of the seat ledger at once.",
       .default_value = "2",
       .min = 1,
       .max = 16},
      {.name = "ledger-batch",
       .type = Type::kInteger,
       .help = "Commands that one transaction of the seat ledger holds at most.",
       .default_value = "64",
       .min = 1,
       .max = 1024},
      {.name = "rules-folder",
       .help = "Folder of *.textproto files with legal rules instead of the built-in ones.",
       .default_value = ""},
      {.name = "offer-time",
       .type = Type::kDuration,
       .help = "How long a freed seat is held for the first in line.",
       .default_value = "24h"},
      {.name = "consent-time",
       .type = Type::kDuration,
       .help = "How long a guardian has to agree, and the link is valid.",
       .default_value = "168h"},
      {.name = "host-answer-time",
       .type = Type::kDuration,
       .help = "How long a host has to answer a request.",
       .default_value = "168h"},
      {.name = "most-open-requests",
       .type = Type::kInteger,
       .help = "Bookings that one person may have which nobody has confirmed yet.",
       .default_value = "10",
       .min = 1,
       .max = 1000},
      {.name = "people-retention-days",
       .type = Type::kInteger,
       .help = "Days after which somebody without a booking or a consent, whom nobody touches, is "
               "erased.",
       .default_value = "1095",
       .min = 30,
       .max = 36500},
      {.name = "proof-retention-days",
       .type = Type::kInteger,
       .help = "Days after which the proof of a consent, of an agreement or of an erasure, which "
               "names nobody any more, is dropped.",
       .default_value = "1826",
       .min = 30,
       .max = 36500},
  };
}

Policy PolicyOf(const config::Values& config) {
  return {.offer_time = config.Duration("offer-time"),
          .consent_time = config.Duration("consent-time"),
          .host_time = config.Duration("host-answer-time"),
          .most_open_requests = static_cast<int>(config.Integer("most-open-requests"))};
}

}  // namespace dm::booking
