#include "tests/integration/gateway/fake_suite.h"

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "destinationmetier/catalogue/v1/catalogue_service.grpc.pb.h"

#include <utility>

namespace dm::gateway {
namespace {

namespace ambassador = destinationmetier::ambassador::v1;
namespace booking = destinationmetier::booking::v1;
namespace catalogue = destinationmetier::catalogue::v1;
namespace type = destinationmetier::type::v1;

const rpc::Policy kEverybody{.roles = {auth::Role::kAnonymous}};
const rpc::Policy kHosts{.roles = {auth::Role::kHost}};

std::shared_ptr<grpc::Channel> ChannelTo(int port) {
  return grpc::CreateChannel(absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials());
}

// The same of both services.
template <typename Request, typename Session>
void BindCancelSession(rpc::ServiceBinding* service) {
  service->Immediate<Request, Session>("CancelSession", {.roles = {auth::Role::kHost}}, nullptr,
                                       [](const rpc::Call&, const Request& request) {
                                         Session session;
                                         session.set_name(request.name());
                                         session.mutable_cancel_time()->set_seconds(1795435200);
                                         return absl::StatusOr<Session>(std::move(session));
                                       });
}

}  // namespace

absl::StatusOr<auth::Caller> FakeVerifier::Verify(absl::string_view token) const {
  auth::Caller caller;
  caller.subject = "someone";
  if (token == "good") {
    caller.roles.Add(auth::Role::kHost);
    caller.roles.Add(auth::Role::kOperator);
  } else if (token == "pupil") {
    caller.roles.Add(auth::Role::kApplicant);
  } else if (token == "host") {
    caller.roles.Add(auth::Role::kHost);
    caller.roles.Add(auth::Role::kAmbassador);
    caller.companies = {"90000001900019", "00061001400011"};
    caller.ambassador = "0190be7c-0000-7000-8000-000000000001";
  } else if (token == "clerk") {
    caller.roles.Add(auth::Role::kAgency);
    caller.territory = {"61"};
  } else if (token == "partner") {
    caller.subject = "chambre";
    caller.roles.Add(auth::Role::kPartner);
    caller.territory = {"61"};
    caller.scopes = {"offers.read"};
  } else {
    return MakeError(absl::StatusCode::kUnauthenticated, "not a token for this suite",
                     {.reason = "TOKEN_INVALID"});
  }
  return caller;
}

void KeepCallbackQueue() {
  // A channel that is never destroyed keeps the queue.
  [[maybe_unused]] static const auto* const kChannel = [] {
    auto* const channel = new std::shared_ptr<grpc::Channel>(ChannelTo(1));
    auto* const done = new absl::Notification;
    auto* const context = new grpc::ClientContext;
    auto* const request = new catalogue::GetOfferRequest;
    auto* const response = new catalogue::Offer;
    catalogue::CatalogueService::NewStub(*channel)->async()->GetOffer(
        context, request, response, [done](grpc::Status) { done->Notify(); });
    done->WaitForNotification();
    return channel;
  }();
}

FakeSuite::FakeSuite() {
  KeepCallbackQueue();
  BindCatalogue();
  BindAmbassador();
  BindBooking();
  BindImport();
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  for (const auto& service : services_) builder.RegisterService(service.get());
  builder.RegisterService(&feed_);
  server_ = builder.BuildAndStart();
  channel_ = ChannelTo(port);
}

FakeSuite::~FakeSuite() { Stop(); }

void FakeSuite::Stop() {
  pipeline_.StopStreams();
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
}

rpc::ServiceBinding* FakeSuite::Bind(const char* service) {
  services_.push_back(std::make_unique<rpc::ServiceBinding>(
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
          absl::StrCat("destinationmetier.", service)),
      &pipeline_));
  return services_.back().get();
}

void FakeSuite::BindCatalogue() {
  auto* service = Bind("catalogue.v1.CatalogueService");
  BindCancelSession<catalogue::CancelSessionRequest, catalogue::Session>(service);
  service->Immediate<catalogue::GetOfferRequest, catalogue::Offer>(
      "GetOffer", kEverybody, nullptr,
      [this](const rpc::Call& call,
             const catalogue::GetOfferRequest& request) -> absl::StatusOr<catalogue::Offer> {
        Note(call);
        if (request.name() != "offers/1") return NotFoundError(request.name());
        catalogue::Offer offer;
        offer.set_name(request.name());
        offer.set_company("companies/00061001400011");
        offer.set_profession("professions/H2405");
        return offer;
      });
  service->Immediate<catalogue::GetCompanyRequest, catalogue::Company>(
      "GetCompany", kEverybody, nullptr,
      [this](const rpc::Call& call,
             const catalogue::GetCompanyRequest& request) -> absl::StatusOr<catalogue::Company> {
        Note(call);
        if (companies_fail) return OverloadedError(absl::Seconds(2));
        if (request.name() == "companies/0") return NotFoundError(request.name());
        catalogue::Company company;
        company.set_name(request.name());
        company.set_display_name("Groupe Lemoine");
        return company;
      });
  service->Immediate<catalogue::GetProfessionRequest, catalogue::Profession>(
      "GetProfession", kEverybody, nullptr,
      [](const rpc::Call&,
         const catalogue::GetProfessionRequest& request) -> absl::StatusOr<catalogue::Profession> {
        if (request.name() == "professions/X0000") return NotFoundError(request.name());
        catalogue::Profession profession;
        profession.set_name(request.name());
        return profession;
      });
  service->Immediate<catalogue::SearchOffersRequest, catalogue::SearchOffersResponse>(
      "SearchOffers", kEverybody, nullptr,
      [this](const rpc::Call&, const catalogue::SearchOffersRequest& request)
          -> absl::StatusOr<catalogue::SearchOffersResponse> {
        if (searches_fail) return BackendUnavailableError("search index");
        if (request.has_lat() != request.has_lon()) {
          Violations violations;
          violations.Add("lon", "must come with `lat`");
          return violations.ToStatus();
        }
        catalogue::SearchOffersResponse response;
        response.add_offers()->set_title(absl::StrCat(request.query(), request.professions_size()));
        response.set_total_size(1);
        return response;
      });
  service->Immediate<catalogue::SearchCompaniesRequest, catalogue::SearchCompaniesResponse>(
      "SearchCompanies", kEverybody, nullptr,
      [this](const rpc::Call&, const catalogue::SearchCompaniesRequest& request)
          -> absl::StatusOr<catalogue::SearchCompaniesResponse> {
        if (searches_fail) return BackendUnavailableError("search index");
        catalogue::SearchCompaniesResponse response;
        response.add_companies()->set_display_name(absl::StrCat(request.professions(0), " by ",
                                                                request.order_by(), " within ",
                                                                request.radius_km(), " km"));
        return response;
      });
}

void FakeSuite::BindAmbassador() {
  auto* service = Bind("ambassador.v1.AmbassadorService");
  BindCancelSession<ambassador::CancelSessionRequest, ambassador::Session>(service);
  service->Immediate<ambassador::SearchAmbassadorsRequest, ambassador::SearchAmbassadorsResponse>(
      "SearchAmbassadors", kEverybody, nullptr,
      [this](const rpc::Call&, const ambassador::SearchAmbassadorsRequest& request)
          -> absl::StatusOr<ambassador::SearchAmbassadorsResponse> {
        if (ambassadors_fail) return BackendUnavailableError("the database");
        ambassador::SearchAmbassadorsResponse response;
        auto* found = response.add_ambassadors();
        found->set_display_name("Jeanne Lemoine");
        if (request.companies_size() > 0) found->set_company(request.companies(0));
        return response;
      });
}

void FakeSuite::BindBooking() {
  auto* service = Bind("booking.v1.BookingService");
  service->Immediate<booking::AcceptBookingRequest, booking::Booking>(
      "AcceptBooking", kHosts, nullptr,
      [](const rpc::Call&,
         const booking::AcceptBookingRequest& request) -> absl::StatusOr<booking::Booking> {
        if (request.etag() == "old") {
          return MakeError(absl::StatusCode::kAborted, "the etag is not the current one",
                           {.reason = "ETAG_MISMATCH",
                            .metadata = {{"resource", request.name()}},
                            .message_fr = "La réservation a changé entre-temps.",
                            .message_en = "The booking has changed."});
        }
        booking::Booking answer;
        answer.set_name(request.name());
        answer.set_etag(request.request_id());
        answer.set_state(booking::Booking::STATE_CONFIRMED);
        return answer;
      });
}

void FakeSuite::BindImport() {
  auto* service = Bind("catalogue.v1.ImportService");
  service->Upload<type::FileImportRequest, type::FileImportResponse>(
      "ImportFiles", {.roles = {auth::Role::kOperator}, .max_time = absl::Minutes(1)},
      [this](const rpc::Call& call, rpc::Reader<type::FileImportRequest>& reader,
             rpc::Writer<type::FileImportResponse>& writer) -> absl::Status {
        const auto upload = rpc::ReceiveUpload(reader, {"rome", "broken"}, 32);
        if (call.cancelled) {
          upload_cancelled.Notify();
          return absl::CancelledError("the caller has gone");
        }
        if (!upload.ok()) return upload.status();
        if (upload->files.front().name == "half.csv") took_half_an_upload = true;
        if (upload->kind == "broken") return rpc::ImportRefused("a.csv", 7, "trop de colonnes");
        rpc::ImportProgress progress(&writer, &Clock::System());
        progress.Stage("Lecture");
        type::FileImportResponse response;
        auto& table = (*response.mutable_report()->mutable_tables())["professions"];
        table.set_added(static_cast<int64_t>(upload->files.size()));
        for (const auto& file : upload->files) {
          table.set_read(table.read() + static_cast<int64_t>(file.content.size()));
        }
        writer.Write(response);
        return absl::OkStatus();
      });
}

RunningGateway::RunningGateway(const std::shared_ptr<grpc::Channel>& peers, const Quotas& quotas,
                               const Clock* clock, PartnerUsage* usage,
                               std::unique_ptr<Portal> portal)
    : pipeline_({.executor = &executor_, .verifier = &verifier_, .clock = clock}),
      allowances_(quotas),
      admission_({.verifier = &verifier_,
                  .allowances = &allowances_,
                  .hash_key = "key",
                  .clock = &Clock::System(),
                  .usage = usage}) {
  Gateway::Channels channels;
  for (const Peer peer :
       {Peer::kCatalogue, Peer::kAmbassador, Peer::kBooking, Peer::kNotification}) {
    channels[peer] = peers;
  }
  gateway_ = *Gateway::Start(
      channels, {}, {.admission = &admission_, .pipeline = &pipeline_, .portal = std::move(portal)},
      clock);
  services_ = gateway_->Forwarders();
  services_.push_back(gateway_->BindPages());
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &grpc_port_);
  for (const auto& service : services_) builder.RegisterService(service.get());
  server_ = builder.BuildAndStart();
  channel_ = ChannelTo(grpc_port_);
}

RunningGateway::~RunningGateway() {
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
}

}  // namespace dm::gateway
