#include "services/catalogue/api/offer_page_encoding.h"

#include "services/catalogue/api/highlight_messages.h"
#include "services/catalogue/api/offer_messages.h"
#include "services/catalogue/search/globe.h"
#include "services/catalogue/store/offer_queries.h"

#include <google/protobuf/io/coded_stream.h>

#include <array>
#include <cstdint>

namespace dm::catalogue {
namespace {

namespace pb = destinationmetier::catalogue::v1;
using google::protobuf::io::CodedOutputStream;

// The fields that are searched for words, in the order of ShownOffer::texts.
constexpr std::array kMarkedFields = {"title", "description", "company_display_name",
                                      "profession_display_name"};

void AppendVarint(uint32_t value, std::string* bytes) {
  std::array<uint8_t, 5> written;
  const auto* const end = CodedOutputStream::WriteVarint32ToArray(value, written.data());
  bytes->append(written.begin(), written.begin() + (end - written.data()));
}

// What is apart from ShownOffer::encoded.
std::string EncodeRest(const search::ShownOffer& offer, const search::OfferPage& page,
                       const std::optional<Around>& around) {
  pb::Offer rest;
  if (around.has_value()) {
    rest.set_distance_km(
        search::ArcBetween(around->latitude, around->longitude, offer.latitude, offer.longitude));
  }
  for (size_t i = 0; i < offer.texts.size() && !page.words.empty(); ++i) {
    AddHighlight(kMarkedFields[i], offer.texts[i], page.words, rest.mutable_highlights());
  }
  std::string encoded = rest.SerializeAsString();
  int shown = 0;
  for (const search::ShownOffer::Slot& session : offer.sessions) {
    if (shown == kMostSessionsShown) break;
    if (!page.sessions.Hold(session.start, session.has_seats)) continue;
    encoded += session.encoded;
    ++shown;
  }
  return encoded;
}

}  // namespace

search::ShownOffer Encode(const Offer& offer) {
  pb::Offer message = ToMessage(offer);
  search::ShownOffer shown{.latitude = offer.place.latitude, .longitude = offer.place.longitude};
  for (int i = 0; i < message.sessions_size(); ++i) {
    const Session& session = offer.sessions[static_cast<size_t>(i)];
    pb::Offer only;
    *only.add_sessions() = message.sessions(i);
    shown.sessions.push_back({.start = absl::ToUnixMicros(session.start),
                              .has_seats = session.available > 0,
                              .encoded = only.SerializeAsString()});
  }
  message.clear_sessions();
  shown.encoded = message.SerializeAsString();
  shown.texts.reserve(kMarkedFields.size());
  shown.texts.emplace_back(message.title());
  shown.texts.emplace_back(message.description());
  shown.texts.emplace_back(message.company_display_name());
  shown.texts.emplace_back(message.profession_display_name());
  return shown;
}

void AppendOffer(const search::ShownOffer& offer, const search::OfferPage& page,
                 const std::optional<Around>& around, std::string* response) {
  constexpr uint32_t kLengthDelimited = 2;
  constexpr uint32_t kTag = pb::SearchOffersResponse::kOffersFieldNumber << 3 | kLengthDelimited;
  const std::string rest = EncodeRest(offer, page, around);
  AppendVarint(kTag, response);
  AppendVarint(static_cast<uint32_t>(offer.encoded.size() + rest.size()), response);
  *response += offer.encoded;
  *response += rest;
}

}  // namespace dm::catalogue
