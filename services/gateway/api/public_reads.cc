#include "services/gateway/api/public_reads.h"

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/telemetry/metrics.h"
#include "destinationmetier/ambassador/v1/ambassador_service.pb.h"
#include "destinationmetier/catalogue/v1/catalogue_service.pb.h"
#include "services/gateway/api/message_bytes.h"

#include <utility>

namespace dm::gateway {
namespace {

namespace ambassador = destinationmetier::ambassador::v1;
namespace catalogue = destinationmetier::catalogue::v1;

constexpr char kGetOffer[] = "/destinationmetier.catalogue.v1.CatalogueService/GetOffer";
constexpr char kGetCompany[] = "/destinationmetier.catalogue.v1.CatalogueService/GetCompany";
constexpr char kGetProfession[] = "/destinationmetier.catalogue.v1.CatalogueService/GetProfession";
constexpr char kGetAmbassador[] =
    "/destinationmetier.ambassador.v1.AmbassadorService/GetAmbassador";

std::string KeyOf(absl::string_view method, absl::string_view request) {
  return absl::StrCat(method, " ", request);
}

// As anybody asks for it who sets the name and nothing else.
template <typename Request>
std::string KeyOfGet(absl::string_view method, absl::string_view name) {
  Request request;
  request.set_name(std::string(name));
  return KeyOf(method, request.SerializeAsString());
}

prometheus::Counter& CounterOf(const char* outcome) {
  return telemetry::CounterOf("gateway_public_reads_total",
                              "Public reads without a token: answered from memory, with somebody "
                              "else's call, or by a call",
                              {{"outcome", outcome}});
}

struct Counters {
  prometheus::Counter& hit = CounterOf("hit");
  prometheus::Counter& shared = CounterOf("shared");
  prometheus::Counter& miss = CounterOf("miss");
};

const Counters& Count() {
  static const Counters counters;
  return counters;
}

}  // namespace

const std::vector<std::string>& PublicReads::Methods() {
  static const auto& methods = *new std::vector<std::string>([] {
    std::vector<std::string> all;
    const auto add = [&](const char* service, std::initializer_list<const char*> names) {
      for (const char* name : names) {
        all.push_back(absl::StrCat("/destinationmetier.", service, "/", name));
      }
    };
    add("ambassador.v1.AmbassadorService",
        {"BatchGetAmbassadors", "GetAmbassador", "ListSessions", "SearchAmbassadors"});
    add("catalogue.v1.CatalogueService",
        {"BatchGetCompanies", "BatchGetOffers", "GetCompany", "GetOffer", "GetProfession",
         "ListInterests", "ListSectors", "SearchCompanies", "SearchOffers", "SearchProfessions",
         "SuggestProfessions"});
    add("catalogue.v1.ReferenceService",
        {"GetSource", "ListCommunes", "ListDomains", "ListSchools", "ListSources", "ListThemes"});
    // An agency would see more.
    add("catalogue.v1.StatisticsService", {"GetStatistics"});
    add("gateway.v1.GatewayService", {"GetHome", "GetOfferPage", "GetProfessionOverview"});
    return all;
  }());
  return methods;
}

bool PublicReads::Covers(absl::string_view method) {
  static const auto& covered =
      *new absl::flat_hash_set<std::string>(Methods().begin(), Methods().end());
  return covered.contains(method);
}

UnaryAnswer PublicReads::ToAnswer(const std::string& key, const Cache::Kept& kept) {
  UnaryAnswer answer{.status = grpc::Status::OK,
                     .message = kept.answer->bytes,
                     .read = kept.read,
                     .form = kept.answer->form};
  if (answer.form == nullptr) {
    answer.keep_form = [this, key, kept](std::shared_ptr<const AnswerForm> form) {
      answers_.Replace(
          key, {std::make_shared<const Message>(Message{kept.answer->bytes, std::move(form)}),
                kept.read});
    };
  }
  return answer;
}

void PublicReads::Call(Backend* peer, const std::string& method, const CallContext& call,
                       grpc::ByteBuffer request, Backend::Done done) {
  if (!call.authorization.empty() || !Covers(method)) {
    return peer->Call(method, call, std::move(request), std::move(done));
  }
  const std::string key = KeyOf(method, TextOf(request));
  if (const Cache::Kept found = answers_.Find(key)) {
    Count().hit.Increment();
    return std::move(done)(ToAnswer(key, found));
  }
  // Whichever of the two happens needs it.
  auto shared_done = std::make_shared<Backend::Done>(std::move(done));
  const bool calls = answers_.Begin(
      key, [this, key, peer, method, call, request, shared_done](Cache::Kept kept) mutable {
        if (kept) return std::move(*shared_done)(ToAnswer(key, kept));
        peer->Call(method, call, std::move(request), std::move(*shared_done));
      });
  (calls ? Count().miss : Count().shared).Increment();
  if (!calls) return;
  peer->Call(method, call, std::move(request), [this, key, shared_done](UnaryAnswer answer) {
    Cache::Kept kept;
    if (answer.status.ok()) {
      kept = {std::make_shared<const Message>(Message{.bytes = answer.message}), answer.read};
    }
    answers_.Finish(key, kept);
    std::move (*shared_done)(kept ? ToAnswer(key, kept) : std::move(answer));
  });
}

void PublicReads::Drop(absl::string_view resource) {
  if (absl::StartsWith(resource, "offers/")) {
    answers_.Drop(KeyOfGet<catalogue::GetOfferRequest>(kGetOffer, resource));
  } else if (absl::StartsWith(resource, "companies/")) {
    answers_.Drop(KeyOfGet<catalogue::GetCompanyRequest>(kGetCompany, resource));
  } else if (absl::StartsWith(resource, "professions/")) {
    answers_.Drop(KeyOfGet<catalogue::GetProfessionRequest>(kGetProfession, resource));
  } else if (absl::StartsWith(resource, "ambassadors/")) {
    answers_.Drop(KeyOfGet<ambassador::GetAmbassadorRequest>(kGetAmbassador, resource));
  }
}

void RememberedBackend::Call(const std::string& method, const CallContext& call,
                             grpc::ByteBuffer request, Done done) {
  reads_->Call(peer_, method, call, std::move(request), std::move(done));
}

}  // namespace dm::gateway
