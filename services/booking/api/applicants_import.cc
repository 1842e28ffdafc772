#include "services/booking/api/applicants_import.h"

#include "services/booking/imports/applicant_list.h"

#include <string>

namespace dm::booking {
namespace {

namespace type = destinationmetier::type::v1;

Registration::Clerk ClerkOf(const auth::Caller& caller) {
  return {.person = caller.PersonName(),
          .everywhere = caller.Is(auth::Role::kOperator),
          .departments = caller.territory};
}

void Fill(const Registration::Counts::Table& counts, const std::string& name,
          type::ImportReport* report) {
  type::TableReport& table = (*report->mutable_tables())[name];
  table.set_read(counts.read);
  table.set_added(counts.added);
  table.set_changed(counts.changed);
}

}  // namespace

ImportApi::Importer ApplicantsImporter(Registration* registration, const Clock* clock) {
  return
      [registration, clock](const rpc::Call& call, const rpc::Upload& upload,
                            rpc::ImportProgress& progress) -> absl::StatusOr<type::ImportReport> {
        progress.Stage("Lecture de la liste");
        const auto listed =
            ReadApplicantList(upload.files, absl::ToCivilDay(clock->Now(), ParisTimeZone()));
        if (!listed.ok()) return listed.status();
        progress.Stage("Enregistrement des personnes", static_cast<int64_t>(listed->size()));
        const auto counts =
            registration->Import(call.deadline, ClerkOf(call.caller), *listed, upload.validate_only,
                                 [&progress] { return progress.Cancelled(); });
        if (!counts.ok()) return counts.status();
        type::ImportReport report;
        Fill(counts->applicants, "applicants", &report);
        Fill(counts->guardians, "guardians", &report);
        Fill(counts->consents, "consents", &report);
        return report;
      };
}

}  // namespace dm::booking
