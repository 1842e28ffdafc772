#include "services/catalogue/api/offer_exchange_api.h"

#include "absl/strings/str_cat.h"
#include "services/catalogue/api/exchange_messages.h"
#include "services/catalogue/api/offer_export.h"
#include "services/catalogue/api/partner_import.h"

#include <algorithm>
#include <string>
#include <vector>

namespace dm::catalogue {

namespace pb = destinationmetier::catalogue::v1;

namespace {

constexpr char kWriteScope[] = "offers.write";
constexpr char kReadScope[] = "offers.read";
constexpr absl::Duration kLongestStream = absl::Hours(1);
constexpr absl::Duration kLongestBatch = absl::Minutes(1);
constexpr size_t kMostItemsAtOnce = 200;
constexpr size_t kMostBytesAtOnce = size_t{1} << 20;
constexpr int kMostBatchItems = 500;
// A client that waits for the answer to an item before it sends the next is not kept waiting.
constexpr absl::Duration kGatherPatience = absl::Milliseconds(5);
// Who sends nothing for so long gives its thread back, and goes on where it was.
constexpr absl::Duration kLongestSilence = absl::Minutes(2);

const auth::Roles kExchangers = {auth::Role::kPartner, auth::Role::kAgency, auth::Role::kOperator};

absl::Status StreamError(absl::string_view field, absl::string_view what) {
  Violations violations;
  violations.Add(field, what);
  return violations.ToStatus();
}

// The items that have come, in the order of their lines.
class ItemStream {
 public:
  ItemStream(const rpc::Call* call, rpc::Reader<pb::ImportOffersRequest>* reader)
      : call_(*call), reader_(*reader) {}

  // Waits for the next and takes with it what has come meanwhile, at most so much; empty at the
  // end, of which `end` then tells.
  std::vector<PartnerItem> Next() {
    std::vector<PartnerItem> items;
    size_t bytes = 0;
    pb::ImportOffersRequest message;
    while (!ended_ && items.size() < kMostItemsAtOnce && bytes < kMostBytesAtOnce) {
      if (!items.empty() && !reader_.Ready(kGatherPatience)) break;
      if (!reader_.Ready(kLongestSilence)) {
        end_ = DeadlineError();
        ended_ = true;
      } else if (!reader_.Read(&message)) {
        ended_ = true;
      } else if (end_ = Check(message); end_.ok()) {
        bytes += message.ByteSizeLong();
        last_line_ = message.offer().line();
        items.push_back(ToItem(message.offer()));
      } else {
        ended_ = true;
      }
    }
    return items;
  }

  // How the stream ended: as it should, or not.
  absl::Status end() const { return end_.ok() && reader_.BrokenOff() ? BrokenStream(call_) : end_; }

 private:
  absl::Status Check(const pb::ImportOffersRequest& message) const {
    if (!message.has_offer()) return StreamError("offer", "must be in each message but the first");
    if (message.offer().line() <= last_line_) {
      return StreamError("offer.line", absl::StrCat("must be more than ", last_line_));
    }
    return absl::OkStatus();
  }

  const rpc::Call& call_;
  rpc::Reader<pb::ImportOffersRequest>& reader_;
  int64_t last_line_ = 0;
  bool ended_ = false;
  absl::Status end_;
};

}  // namespace

void OfferExchangeApi::Validate(const pb::ImportOfferBatchRequest& request,
                                Violations& violations) {
  catalogue::Validate(request.start(), "start", violations);
  if (request.offers_size() < 1 || request.offers_size() > kMostBatchItems) {
    violations.Add("offers", "must have from 1 to 500 items");
    return;
  }
  int64_t line = 0;
  for (int i = 0; i < request.offers_size(); ++i) {
    if (request.offers(i).line() <= line) {
      violations.Add(absl::StrCat("offers[", i, "].line"), "must ascend from 1");
    }
    line = std::max(line, request.offers(i).line());
  }
}

absl::Status OfferExchangeApi::ImportOffers(const rpc::Call& call,
                                            rpc::Reader<pb::ImportOffersRequest>& reader,
                                            rpc::Writer<pb::ImportOffersResponse>& writer) const {
  if (absl::Status scope = CheckScope(call.caller, kWriteScope); !scope.ok()) return scope;
  pb::ImportOffersRequest first;
  if (!reader.Ready(kLongestSilence)) return DeadlineError();
  if (!reader.Read(&first)) return StreamError("start", "must be the first message");
  if (!first.has_start()) return StreamError("start", "must be the first message");
  Violations violations;
  catalogue::Validate(first.start(), "start", violations);
  if (!violations.empty()) return violations.ToStatus();

  PartnerImport import(database_, clock_, &call, &first.start(), &on_events_);
  const auto run = import.Open();
  if (!run.ok()) return run.status();
  pb::ImportOffersResponse response;
  response.mutable_resume()->set_after_line(run->last_line);
  if (!writer.Write(response)) return BrokenStream(call);

  ItemStream stream(&call, &reader);
  for (auto items = stream.Next(); !items.empty(); items = stream.Next()) {
    const auto results = import.Take(items);
    if (!results.ok()) return results.status();
    for (const ItemResult& result : *results) {
      *response.mutable_item() = ToMessage(result, call.language);
      if (!writer.Write(response)) return BrokenStream(call);
    }
  }
  if (absl::Status end = stream.end(); !end.ok()) return end;
  const auto summary = import.Finish();
  if (!summary.ok()) return summary.status();
  *response.mutable_summary() = ToMessage(summary->counts, summary->incomplete, call.language);
  writer.Write(response);
  return absl::OkStatus();
}

absl::StatusOr<pb::ImportOfferBatchResponse> OfferExchangeApi::ImportOfferBatch(
    const rpc::Call& call, const pb::ImportOfferBatchRequest& request) const {
  if (absl::Status scope = CheckScope(call.caller, kWriteScope); !scope.ok()) return scope;
  std::vector<PartnerItem> items;
  for (const pb::PartnerOffer& offer : request.offers()) items.push_back(ToItem(offer));
  PartnerImport import(database_, clock_, &call, &request.start(), &on_events_);
  const auto answer = import.TakeAll(
      items, rpc::QueryFingerprint(request),
      [&call](const std::vector<ItemResult>& results, const PartnerImport::Summary& summary) {
        pb::ImportOfferBatchResponse response;
        for (const ItemResult& result : results) {
          *response.add_items() = ToMessage(result, call.language);
        }
        *response.mutable_summary() = ToMessage(summary.counts, summary.incomplete, call.language);
        return response.SerializeAsString();
      });
  if (!answer.ok()) return answer.status();
  pb::ImportOfferBatchResponse response;
  if (!response.ParseFromString(*answer)) {
    return absl::InternalError("a kept answer cannot be read");
  }
  return response;
}

std::unique_ptr<rpc::ServiceBinding> OfferExchangeApi::Bind(rpc::Pipeline* pipeline) const {
  auto binding = std::make_unique<rpc::ServiceBinding>(
      pb::PartnerOffer::descriptor()->file()->FindServiceByName("OfferExchangeService"), pipeline);
  binding->Upload<pb::ImportOffersRequest, pb::ImportOffersResponse>(
      "ImportOffers", {.roles = kExchangers, .max_time = kLongestStream},
      [this](const rpc::Call& call, rpc::Reader<pb::ImportOffersRequest>& reader,
             rpc::Writer<pb::ImportOffersResponse>& writer) {
        return ImportOffers(call, reader, writer);
      });
  binding->Blocking<pb::ImportOfferBatchRequest, pb::ImportOfferBatchResponse>(
      "ImportOfferBatch", {.roles = kExchangers, .max_time = kLongestBatch},
      [](const auto& asked, Violations& violations) { Validate(asked, violations); },
      [this](const rpc::Call& call, const auto& asked) { return ImportOfferBatch(call, asked); });
  binding->Stream<pb::ExportOffersRequest, pb::ExportOffersResponse>(
      "ExportOffers", {.roles = kExchangers, .max_time = kLongestStream},
      [](const auto& asked, Violations& violations) { Validate(asked, violations); },
      [this](const rpc::Call& call, const pb::ExportOffersRequest& asked,
             rpc::Writer<pb::ExportOffersResponse>& writer) {
        return ExportOffers(call, asked, writer);
      });
  return binding;
}

void OfferExchangeApi::Validate(const pb::ExportOffersRequest& request, Violations& violations) {
  ValidateExport(request, violations);
}

absl::Status OfferExchangeApi::ExportOffers(const rpc::Call& call,
                                            const pb::ExportOffersRequest& request,
                                            rpc::Writer<pb::ExportOffersResponse>& writer) const {
  if (absl::Status scope = CheckScope(call.caller, kReadScope); !scope.ok()) return scope;
  return SendOffers(*database_, *page_tokens_, *clock_, call, request, writer);
}

}  // namespace dm::catalogue
