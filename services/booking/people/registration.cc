#include "services/booking/people/registration.h"

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "common/text/uuid.h"
#include "services/booking/store/consent_store.h"
#include "services/booking/store/people_lock.h"
#include "services/booking/store/people_store.h"

#include <optional>
#include <set>
#include <utility>

namespace dm::booking {
namespace {

using database::Transaction;

// What rolls a dry run back; never leaves this file.
absl::Status DryRunIsOver() { return absl::CancelledError("validate_only"); }

absl::Status Refuse(const ListedApplicant& row, absl::string_view cause) {
  return rpc::ImportRefused(row.file, row.line, cause);
}

// One import, in one transaction.
class Writer {
 public:
  Writer(Transaction& transaction, const Registration::Clerk& clerk,
         const std::vector<ListedApplicant>& listed, absl::Time now)
      : transaction_(transaction), clerk_(clerk), listed_(listed), now_(now) {
    for (const ListedApplicant& row : listed) people_.push_back(row.applicant.person);
  }

  absl::Status Write() {
    if (people_.empty()) return absl::OkStatus();
    LockPeople(transaction_, people_);
    if (absl::Status status = WriteProfiles(); !status.ok()) return status;
    WriteGuardians();
    WriteConsents();
    RequestReview(transaction_, {touched_.begin(), touched_.end()}, now_);
    return absl::OkStatus();
  }

  const Registration::Counts& counts() const { return counts_; }
  bool changed() const { return !touched_.empty(); }

 private:
  bool LooksAfter(const std::string& department) const {
    return clerk_.everywhere || absl::c_linear_search(clerk_.departments, department);
  }

  absl::Status WriteProfiles() {
    absl::flat_hash_map<std::string, Profile> before;
    for (Profile& profile : FindProfiles(transaction_, people_)) {
      before.emplace(profile.applicant.person, std::move(profile));
    }
    std::vector<Profile> put;
    for (const ListedApplicant& row : listed_) {
      if (row.applicant.person == clerk_.person) {
        return Refuse(row, "Vous ne pouvez pas vous inscrire vous-même par une liste.");
      }
      const auto known = before.find(row.applicant.person);
      if (!LooksAfter(row.applicant.department) ||
          (known != before.end() && !LooksAfter(known->second.applicant.department))) {
        return Refuse(row, "Ce département n'est pas dans votre territoire.");
      }
      Profile profile = {.applicant = row.applicant, .birth_date_proven = true, .version = 1};
      if (known != before.end()) {
        // Lists do not say it.
        profile.applicant.priority_area = known->second.applicant.priority_area;
        if (known->second.applicant == profile.applicant && known->second.birth_date_proven)
          continue;
        profile.version = known->second.version + 1;
        ++counts_.applicants.changed;
      } else {
        ++counts_.applicants.added;
      }
      put.push_back(std::move(profile));
    }
    PutProfiles(transaction_, put, now_);
    std::vector<std::string> changed;
    changed.reserve(put.size());
    for (const Profile& profile : put) changed.push_back(profile.applicant.person);
    Record(changed, PersonAction::kProfileChanged);
    counts_.applicants.read = static_cast<int64_t>(listed_.size());
    return absl::OkStatus();
  }

  void WriteGuardians() {
    absl::flat_hash_map<std::string, Guardian> before;
    for (Guardian& guardian : FindGuardians(transaction_, people_)) {
      before.emplace(guardian.person, std::move(guardian));
    }
    std::vector<Guardian> put;
    std::vector<std::string> changed;
    for (const ListedApplicant& row : listed_) {
      if (row.guardian_email.empty()) continue;
      ++counts_.guardians.read;
      Guardian guardian = {.id = NewUuid(now_),
                           .person = row.applicant.person,
                           .display_name = row.guardian_name,
                           .email = row.guardian_email,
                           .version = 1,
                           .bound = true};
      const auto known = before.find(guardian.person);
      if (known != before.end()) {
        const Guardian& now = known->second;
        if (now.bound && now.display_name == guardian.display_name && now.email == guardian.email) {
          continue;
        }
        guardian.version = now.version + 1;
        ++counts_.guardians.changed;
      } else {
        ++counts_.guardians.added;
      }
      changed.push_back(guardian.person);
      put.push_back(std::move(guardian));
    }
    PutGuardians(transaction_, put, now_);
    Record(changed, PersonAction::kGuardianChanged);
  }

  void WriteConsents() {
    absl::flat_hash_map<std::string, absl::CivilDay> known;
    for (const PaperConsent& paper : FindPaperConsents(transaction_, people_)) {
      known[paper.person] = paper.until;
    }
    absl::flat_hash_map<std::string, std::string> guardians;
    for (const Guardian& guardian : FindGuardians(transaction_, people_)) {
      guardians[guardian.person] = guardian.id;
    }
    std::vector<ConsentRecord> added;
    std::vector<std::string> changed;
    for (const ListedApplicant& row : listed_) {
      if (!row.paper.has_value()) continue;
      ++counts_.consents.read;
      const std::string& person = row.applicant.person;
      // What is on file already reaches as far.
      const auto before = known.find(person);
      if (before != known.end() && before->second >= row.paper->until) continue;
      ++counts_.consents.added;
      ConsentRecord record;
      record.id = NewUuid(now_);
      record.person = person;
      record.consent = Given({.scope = Consent::Scope::kAll,
                              .booking_id = "",
                              .scheme = std::nullopt,
                              .until = row.paper->until},
                             now_);
      record.method = ConsentMethod::kPaper;
      record.guardian_id = guardians[person];
      record.recorded_by = clerk_.person;
      record.signed_day = row.paper->signed_day;
      added.push_back(std::move(record));
      changed.push_back(person);
    }
    AddConsents(transaction_, added);
    Record(changed, PersonAction::kConsentGiven);
  }

  void Record(const std::vector<std::string>& people, PersonAction action) {
    RecordPersonActions(transaction_, people, clerk_.person, action, now_);
    touched_.insert(people.begin(), people.end());
  }

  Transaction& transaction_;
  const Registration::Clerk& clerk_;
  const std::vector<ListedApplicant>& listed_;
  const absl::Time now_;
  std::vector<std::string> people_;
  std::set<std::string> touched_;
  Registration::Counts counts_;
};

}  // namespace

Registration::Registration(database::Database* database, const Clock* clock,
                           std::function<void()> after_change)
    : database_(database), clock_(clock), after_change_(std::move(after_change)) {}

absl::StatusOr<Registration::Counts> Registration::Import(
    absl::Time deadline, const Clerk& clerk, const std::vector<ListedApplicant>& listed,
    bool validate_only, const std::function<bool()>& cancelled) {
  Counts counts;
  bool changed = false;
  bool finished = false;
  const absl::Status status =
      database_->Write(deadline, [&](Transaction& transaction) -> absl::Status {
        finished = false;
        Writer writer(transaction, clerk, listed, clock_->Now());
        if (absl::Status written = writer.Write(); !written.ok()) return written;
        counts = writer.counts();
        changed = writer.changed();
        if (cancelled()) return absl::CancelledError("the caller has gone");
        finished = true;
        // An error rolls back.
        return validate_only ? DryRunIsOver() : absl::OkStatus();
      });
  const bool validated = validate_only && finished && status == DryRunIsOver();
  if (!status.ok() && !validated) return status;
  if (changed && !validate_only && after_change_) after_change_();
  return counts;
}

}  // namespace dm::booking
