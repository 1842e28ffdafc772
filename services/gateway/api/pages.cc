#include "services/gateway/api/pages.h"

#include "absl/base/thread_annotations.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/mutex.h"
#include "services/gateway/api/message_bytes.h"
#include "services/gateway/api/peer_status.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace dm::gateway {
namespace {

namespace ambassador = destinationmetier::ambassador::v1;
namespace catalogue = destinationmetier::catalogue::v1;
namespace pb = destinationmetier::gateway::v1;

constexpr int kSideDishes = 10;
// Of the caller's time, so that a page goes out without a side dish that does not come.
constexpr double kMainDishShare = 0.9;
constexpr double kSideDishShare = 0.8;

// One page in the making: what its calls brought and how many are under way. Answers when the last
// of them has ended.
template <typename Page>
class Plate : public std::enable_shared_from_this<Plate<Page>> {
 public:
  // What to do with a call's outcome. May order more.
  template <typename Response>
  using Arrive = std::function<void(const absl::Status&, Response&)>;

  Plate(std::shared_ptr<const rpc::Call> call, rpc::Done<Page> done)
      : call_(std::move(call)), done_(std::move(done)) {}

  // `start(context, response, completion)` starts a call, which gets `share` of the caller's time.
  template <typename Response, typename Start>
  void Order(double share, const Start& start, Arrive<Response> arrive) {
    struct Flight {
      grpc::ClientContext context;
      Response response;
    };
    {
      absl::MutexLock lock(&mutex_);
      ++open_;
    }
    auto flight = std::make_shared<Flight>();
    rpc::PassOn(*call_, flight->context);
    flight->context.set_deadline(
        absl::ToChronoTime(call_->start + (call_->deadline - call_->start) * share));
    start(&flight->context, &flight->response,
          [plate = this->shared_from_this(), flight,
           arrive = std::move(arrive)](const grpc::Status& status) {
            arrive(AbslStatusOf(status), flight->response);
            plate->Ended();
          });
  }

  template <typename Change>
  void Serve(const Change& change) {
    absl::MutexLock lock(&mutex_);
    change(page_);
  }
  void Missing(const char* field) {
    Serve([&](Page& page) { page.add_missing(field); });
  }
  // The main dish failed, and so does the page.
  void Spoil(const absl::Status& error) {
    absl::MutexLock lock(&mutex_);
    error_ = error;
  }
  // A side dish was asked for wrongly. What the main dish says of the request comes first.
  void Refuse(const absl::Status& error) {
    absl::MutexLock lock(&mutex_);
    if (error_.ok()) error_ = error;
  }

 private:
  void Ended() {
    absl::StatusOr<Page> result = absl::InternalError("");
    {
      absl::MutexLock lock(&mutex_);
      if (--open_ > 0) return;
      if (error_.ok()) {
        std::sort(page_.mutable_missing()->begin(), page_.mutable_missing()->end());
        result = std::move(page_);
      } else {
        result = error_;
      }
    }
    std::move(done_)(std::move(result));
  }

  const std::shared_ptr<const rpc::Call> call_;
  // Used by whoever ends the last call.
  rpc::Done<Page> done_;
  absl::Mutex mutex_;
  Page page_ ABSL_GUARDED_BY(mutex_);
  absl::Status error_ ABSL_GUARDED_BY(mutex_);
  int open_ ABSL_GUARDED_BY(mutex_) = 0;
};

// What the caller asked wrongly makes no good page; a side dish that failed otherwise is left out.
template <typename Page>
void Lacks(const absl::Status& status, const char* field, Plate<Page>& plate) {
  if (absl::IsInvalidArgument(status)) return plate.Refuse(status);
  plate.Missing(field);
}

using OfferPlate = Plate<pb::OfferPage>;
using OverviewPlate = Plate<pb::ProfessionOverview>;

// A request that lives as long as its call.
template <typename Request>
std::shared_ptr<Request> Shared(Request request) {
  return std::make_shared<Request>(std::move(request));
}

// The code at the end of "companies/{siret}".
std::string CodeOf(absl::string_view name, absl::string_view collection) {
  return absl::ConsumePrefix(&name, collection) ? std::string(name) : "";
}

void OrderCompany(catalogue::CatalogueService::Stub* stub, const std::string& name,
                  const std::shared_ptr<OfferPlate>& plate) {
  auto request = Shared(catalogue::GetCompanyRequest());
  request->set_name(name);
  plate->Order<catalogue::Company>(
      kSideDishShare,
      [&](auto* context, auto* response, auto completion) {
        stub->async()->GetCompany(context, request.get(), response, std::move(completion));
      },
      [plate, request](const absl::Status& status, catalogue::Company& company) {
        if (!status.ok()) return plate->Missing("company");
        plate->Serve([&](pb::OfferPage& page) { page.mutable_company()->Swap(&company); });
      });
}

void OrderProfession(catalogue::CatalogueService::Stub* stub, const std::string& name,
                     const std::shared_ptr<OfferPlate>& plate) {
  auto request = Shared(catalogue::GetProfessionRequest());
  request->set_name(name);
  plate->Order<catalogue::Profession>(
      kSideDishShare,
      [&](auto* context, auto* response, auto completion) {
        stub->async()->GetProfession(context, request.get(), response, std::move(completion));
      },
      [plate, request](const absl::Status& status, catalogue::Profession& profession) {
        if (!status.ok()) return plate->Missing("profession");
        plate->Serve([&](pb::OfferPage& page) { page.mutable_profession()->Swap(&profession); });
      });
}

template <typename Page>
void OrderAmbassadors(ambassador::AmbassadorService::Stub* stub,
                      ambassador::SearchAmbassadorsRequest wanted,
                      const std::shared_ptr<Plate<Page>>& plate) {
  wanted.set_page_size(kSideDishes);
  auto request = Shared(std::move(wanted));
  plate->template Order<ambassador::SearchAmbassadorsResponse>(
      kSideDishShare,
      [&](auto* context, auto* response, auto completion) {
        stub->async()->SearchAmbassadors(context, request.get(), response, std::move(completion));
      },
      [plate, request](const absl::Status& status, ambassador::SearchAmbassadorsResponse& found) {
        if (!status.ok()) return Lacks(status, "ambassadors", *plate);
        plate->Serve(
            [&](Page& page) { page.mutable_ambassadors()->Swap(found.mutable_ambassadors()); });
      });
}

void OrderOffers(catalogue::CatalogueService::Stub* stub, catalogue::SearchOffersRequest wanted,
                 const std::shared_ptr<OverviewPlate>& plate) {
  auto request = Shared(std::move(wanted));
  plate->Order<catalogue::SearchOffersResponse>(
      kSideDishShare,
      [&](auto* context, auto* response, auto completion) {
        stub->async()->SearchOffers(context, request.get(), response, std::move(completion));
      },
      [plate, request](const absl::Status& status, catalogue::SearchOffersResponse& found) {
        if (!status.ok()) return Lacks(status, "offers", *plate);
        plate->Serve([&](pb::ProfessionOverview& page) {
          page.mutable_offers()->Swap(found.mutable_offers());
        });
      });
}

void OrderCompanies(catalogue::CatalogueService::Stub* stub,
                    catalogue::SearchCompaniesRequest wanted,
                    const std::shared_ptr<OverviewPlate>& plate) {
  auto request = Shared(std::move(wanted));
  plate->Order<catalogue::SearchCompaniesResponse>(
      kSideDishShare,
      [&](auto* context, auto* response, auto completion) {
        stub->async()->SearchCompanies(context, request.get(), response, std::move(completion));
      },
      [plate, request](const absl::Status& status, catalogue::SearchCompaniesResponse& found) {
        if (!status.ok()) return Lacks(status, "companies", *plate);
        plate->Serve([&](pb::ProfessionOverview& page) {
          page.mutable_companies()->Swap(found.mutable_companies());
        });
      });
}

// What shows the profession, where the overview is seen from.
template <typename Search>
Search SearchFor(const std::string& rome, const pb::GetProfessionOverviewRequest& request) {
  Search search;
  search.add_professions(rome);
  *search.mutable_departments() = request.departments();
  if (request.has_lat()) search.set_lat(request.lat());
  if (request.has_lon()) search.set_lon(request.lon());
  if (request.has_radius_km()) search.set_radius_km(request.radius_km());
  search.set_page_size(kSideDishes);
  return search;
}

}  // namespace

Pages::Pages(std::shared_ptr<grpc::Channel> catalogue_channel,
             std::shared_ptr<grpc::Channel> ambassador_channel)
    : catalogue_(catalogue::CatalogueService::NewStub(std::move(catalogue_channel))),
      ambassador_(ambassador::AmbassadorService::NewStub(std::move(ambassador_channel))) {}

void Pages::GetOfferPage(std::shared_ptr<const rpc::Call> call,
                         const pb::GetOfferPageRequest& request, rpc::Done<pb::OfferPage> done) {
  const auto plate = std::make_shared<OfferPlate>(std::move(call), std::move(done));
  auto wanted = Shared(catalogue::GetOfferRequest());
  wanted->set_name(request.name());
  plate->Order<catalogue::Offer>(
      kMainDishShare,
      [&](auto* context, auto* response, auto completion) {
        catalogue_->async()->GetOffer(context, wanted.get(), response, std::move(completion));
      },
      [this, plate, wanted](const absl::Status& status, catalogue::Offer& offer) {
        if (!status.ok()) return plate->Spoil(status);
        OrderCompany(catalogue_.get(), offer.company(), plate);
        OrderProfession(catalogue_.get(), offer.profession(), plate);
        ambassador::SearchAmbassadorsRequest colleagues;
        colleagues.add_companies(CodeOf(offer.company(), "companies/"));
        OrderAmbassadors(ambassador_.get(), std::move(colleagues), plate);
        plate->Serve([&](pb::OfferPage& page) { page.mutable_offer()->Swap(&offer); });
      });
}

void Pages::GetProfessionOverview(std::shared_ptr<const rpc::Call> call,
                                  const pb::GetProfessionOverviewRequest& request,
                                  rpc::Done<pb::ProfessionOverview> done) {
  const auto plate = std::make_shared<OverviewPlate>(std::move(call), std::move(done));
  const std::string rome = CodeOf(request.name(), "professions/");
  auto wanted = Shared(catalogue::GetProfessionRequest());
  wanted->set_name(request.name());
  plate->Order<catalogue::Profession>(
      kMainDishShare,
      [&](auto* context, auto* response, auto completion) {
        // What is ordered while this call is open belongs to the same page.
        auto offers = SearchFor<catalogue::SearchOffersRequest>(rome, request);
        offers.set_order_by("date");
        OrderOffers(catalogue_.get(), std::move(offers), plate);
        auto companies = SearchFor<catalogue::SearchCompaniesRequest>(rome, request);
        companies.set_order_by(request.has_lat() ? "distance" : "name");
        OrderCompanies(catalogue_.get(), std::move(companies), plate);
        OrderAmbassadors(ambassador_.get(),
                         SearchFor<ambassador::SearchAmbassadorsRequest>(rome, request), plate);
        catalogue_->async()->GetProfession(context, wanted.get(), response, std::move(completion));
      },
      [plate, wanted](const absl::Status& status, catalogue::Profession& profession) {
        if (!status.ok()) return plate->Spoil(status);
        plate->Serve(
            [&](pb::ProfessionOverview& page) { page.mutable_profession()->Swap(&profession); });
      });
}

std::unique_ptr<rpc::ServiceBinding> Pages::Bind(rpc::Pipeline* pipeline) {
  auto binding = std::make_unique<rpc::ServiceBinding>(
      pb::GetOfferPageRequest::descriptor()->file()->FindServiceByName("GatewayService"), pipeline);
  const rpc::Policy policy{.roles = {auth::Role::kAnonymous}};
  binding->Async<pb::GetOfferPageRequest, pb::OfferPage>(
      "GetOfferPage", policy, nullptr,
      [this](std::shared_ptr<const rpc::Call> call, const pb::GetOfferPageRequest& request,
             rpc::Done<pb::OfferPage> done) {
        GetOfferPage(std::move(call), request, std::move(done));
      });
  binding->Async<pb::GetProfessionOverviewRequest, pb::ProfessionOverview>(
      "GetProfessionOverview", policy, nullptr,
      [this](std::shared_ptr<const rpc::Call> call, const pb::GetProfessionOverviewRequest& request,
             rpc::Done<pb::ProfessionOverview> done) {
        GetProfessionOverview(std::move(call), request, std::move(done));
      });
  return binding;
}

namespace {

// An answer as bytes, for the HTTP face.
template <typename Page>
rpc::Done<Page> AsBytes(std::string language, Backend::Done done) {
  return
      [language = std::move(language), done = std::move(done)](absl::StatusOr<Page> page) mutable {
        UnaryAnswer answer;
        answer.status = Presentable(page.status(), language);
        if (page.ok()) answer.message = ToBytes(*page);
        std::move(done)(std::move(answer));
      };
}

}  // namespace

void PagesBackend::Call(const std::string& method, const CallContext& context,
                        grpc::ByteBuffer request, Done done) {
  auto call = std::make_shared<rpc::Call>();
  call->method = method;
  call->start = context.start;
  call->deadline = context.deadline;
  call->traceparent = context.traceparent;
  call->language = std::string(LanguageOf(context.accept_language));
  // Not verified here: the services that have the data do so.
  absl::string_view token = context.authorization;
  if (absl::StartsWithIgnoreCase(token, "bearer ")) token.remove_prefix(7);
  call->token = std::string(token);
  if (absl::EndsWith(method, "/GetOfferPage")) {
    pb::GetOfferPageRequest wanted;
    FromBytes(request, &wanted);
    return pages_->GetOfferPage(call, wanted,
                                AsBytes<pb::OfferPage>(call->language, std::move(done)));
  }
  pb::GetProfessionOverviewRequest wanted;
  FromBytes(request, &wanted);
  pages_->GetProfessionOverview(call, wanted,
                                AsBytes<pb::ProfessionOverview>(call->language, std::move(done)));
}

}  // namespace dm::gateway
