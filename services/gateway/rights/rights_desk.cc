#include "services/gateway/rights/rights_desk.h"

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/errors/error.h"
#include "services/gateway/api/peer_status.h"
#include "services/gateway/rights/personal_archive.h"

#include <utility>

namespace dm::gateway {
namespace {

namespace pb = destinationmetier::gateway::v1;
namespace privacy = destinationmetier::privacy::v1;

using auth::Role;

// Archives that wait while one is made.
constexpr size_t kMostWaiting = 16;

constexpr char kExport[] = "ExportPersonalData";
const rpc::Policy kPolicy{.roles = {Role::kApplicant, Role::kGuardian, Role::kHost,
                                    Role::kAmbassador, Role::kAgency, Role::kOperator},
                          .max_time = absl::Seconds(15)};

const google::protobuf::ServiceDescriptor* Descriptor() {
  return pb::PersonalDataArchive::descriptor()->file()->FindServiceByName("RightsService");
}

}  // namespace

// One export on its way.
struct RightsDesk::Collection {
  // One for each service, in their order.
  struct Part {
    grpc::ClientContext context;
    privacy::PersonalData data;
  };

  std::shared_ptr<const rpc::Call> call;
  privacy::GetPersonalDataRequest request;
  rpc::Done<pb::PersonalDataArchive> done;
  std::vector<std::unique_ptr<Part>> parts;

  absl::Mutex mutex;
  size_t missing ABSL_GUARDED_BY(mutex) = 0;
  // The first that went wrong.
  absl::Status failure ABSL_GUARDED_BY(mutex);

  // Whether that was the last one.
  bool Take(const absl::Status& status) {
    absl::MutexLock lock(&mutex);
    failure.Update(status);
    return --missing == 0;
  }
};

RightsDesk::RightsDesk(const std::vector<std::shared_ptr<grpc::Channel>>& services,
                       std::string contact, rpc::Pipeline* pipeline, const Clock* clock)
    : contact_(std::move(contact)),
      pipeline_(pipeline),
      clock_(clock),
      archivist_({.threads = 1, .queue_capacity = kMostWaiting}),
      local_(pipeline) {
  local_.Add<pb::ExportPersonalDataRequest, pb::PersonalDataArchive>(
      absl::StrCat("/", Descriptor()->full_name(), "/", kExport), kPolicy, nullptr, Answer());
  for (const auto& channel : services) {
    services_.push_back(privacy::PersonalDataService::NewStub(channel));
  }
}

RightsDesk::~RightsDesk() = default;

void RightsDesk::Export(std::shared_ptr<const rpc::Call> call,
                        const pb::ExportPersonalDataRequest& request,
                        rpc::Done<pb::PersonalDataArchive> done) {
  auto collection = std::make_shared<Collection>();
  collection->call = std::move(call);
  collection->request.set_name(request.name());
  collection->done = std::move(done);
  for (size_t i = 0; i < services_.size(); ++i) {
    collection->parts.push_back(std::make_unique<Collection::Part>());
  }
  {
    absl::MutexLock lock(&collection->mutex);
    collection->missing = services_.size();
  }
  for (size_t i = 0; i < services_.size(); ++i) {
    Collection::Part* const part = collection->parts[i].get();
    rpc::PassOn(*collection->call, part->context);
    services_[i]->async()->GetPersonalData(&part->context, &collection->request, &part->data,
                                           [this, collection](const grpc::Status& status) {
                                             if (collection->Take(AbslStatusOf(status))) {
                                               Conclude(collection);
                                             }
                                           });
  }
}

void RightsDesk::Conclude(std::shared_ptr<Collection> collection) {
  absl::Status failure;
  {
    absl::MutexLock lock(&collection->mutex);
    failure = collection->failure;
  }
  if (!failure.ok()) return std::move(collection->done)(failure);
  const bool taken = archivist_.TrySubmit([this, collection] {
    std::vector<privacy::PersonalData> parts;
    for (const auto& part : collection->parts) parts.push_back(std::move(part->data));
    std::move(collection->done)(ArchiveOf(parts, contact_, clock_->Now()));
  });
  if (!taken) std::move(collection->done)(OverloadedError(absl::Seconds(5)));
}

std::unique_ptr<rpc::ServiceBinding> RightsDesk::Bind() {
  auto binding = std::make_unique<rpc::ServiceBinding>(Descriptor(), pipeline_);
  binding->Async<pb::ExportPersonalDataRequest, pb::PersonalDataArchive>(kExport, kPolicy, nullptr,
                                                                         Answer());
  return binding;
}

rpc::AnswerLater<pb::ExportPersonalDataRequest, pb::PersonalDataArchive> RightsDesk::Answer() {
  return [this](std::shared_ptr<const rpc::Call> call, const pb::ExportPersonalDataRequest& request,
                rpc::Done<pb::PersonalDataArchive> done) {
    Export(std::move(call), request, std::move(done));
  };
}

}  // namespace dm::gateway
