#include "services/booking/people/profiles.h"

#include "absl/algorithm/container.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/errors/error.h"
#include "common/text/uuid.h"
#include "services/booking/domain/people_refusals.h"
#include "services/booking/store/declared_access.h"
#include "services/booking/store/erasure_store.h"
#include "services/booking/store/people_lock.h"
#include "services/booking/store/people_store.h"

#include <utility>

namespace dm::booking {
namespace {

using database::Transaction;

std::string ProfileName(const std::string& person) { return absl::StrCat(person, "/applicant"); }
std::string GuardianName(const std::string& person) { return absl::StrCat(person, "/guardian"); }

Author AuthorOf(Access access) {
  return access == Access::kAgency ? Author::kAgency : Author::kApplicant;
}

std::optional<std::string> DepartmentOf(const std::optional<Profile>& profile) {
  if (!profile.has_value()) return std::nullopt;
  return profile->applicant.department;
}

// What a kept answer of ours holds: all else of it is the request's own content.
int64_t VersionIn(const std::string& answer) {
  int64_t version = 0;
  return absl::SimpleAtoi(answer, &version) ? version : 0;
}

}  // namespace

Access AccessTo(const Actor& actor, const std::string& person,
                const std::optional<std::string>& department) {
  if (actor.person == person) return actor.applicant ? Access::kSelf : Access::kNone;
  const bool agency =
      department.has_value() && absl::c_linear_search(actor.departments, *department);
  return agency ? Access::kAgency : Access::kNone;
}

Profiles::Profiles(database::Database* database, const Clock* clock,
                   std::function<void()> after_change)
    : database_(database), clock_(clock), after_change_(std::move(after_change)) {}

absl::StatusOr<Profile> Profiles::Get(absl::Time deadline, const Actor& actor,
                                      const std::string& person) {
  const auto database = database_->As(DeclaredAccess(actor));
  return database->Write(deadline, [&](Transaction& transaction) -> absl::StatusOr<Profile> {
    std::optional<Profile> profile = FindProfile(transaction, person);
    const Access access = AccessTo(actor, person, DepartmentOf(profile));
    if (!profile.has_value() || access == Access::kNone) return NotFoundError(ProfileName(person));
    if (access == Access::kAgency) {
      RecordPersonAction(transaction, person, actor.person, PersonAction::kProfileSeen,
                         clock_->Now());
    }
    return *std::move(profile);
  });
}

absl::StatusOr<Profile> Profiles::Update(absl::Time deadline, const Actor& actor,
                                         const ProfileWrite& write) {
  const std::string& person = write.applicant.person;
  const auto database = database_->As(DeclaredAccess(actor));
  bool changed = false;
  auto updated =
      database->Write(deadline, [&](Transaction& transaction) -> absl::StatusOr<Profile> {
        changed = false;
        LockPeople(transaction, {person});
        const auto answer = FindAnswer(transaction, write.request);
        if (!answer.ok()) return answer.status();
        const std::optional<Profile> before = FindProfile(transaction, person);
        Applicant asked = write.applicant;
        asked.priority_area =
            write.priority_area.value_or(before.has_value() && before->applicant.priority_area);
        if (answer->has_value()) return Profile{asked, false, VersionIn(**answer)};

        const Access access = AccessTo(
            actor, person, before.has_value() ? DepartmentOf(before) : write.applicant.department);
        // An agency does not give somebody away who is then another's.
        if (access == Access::kNone ||
            (access == Access::kAgency &&
             AccessTo(actor, person, write.applicant.department) == Access::kNone)) {
          return NotFoundError(ProfileName(person));
        }
        if (write.expected_version.has_value() &&
            (!before.has_value() || before->version != *write.expected_version)) {
          return PersonChanged(ProfileName(person));
        }
        const Author author = AuthorOf(access);
        const PersonPast past = {.has_booked = !WhoHasBooked(transaction, {person}).empty(),
                                 .was_erased = HasAskedForErasure(transaction, person)};
        const absl::Status allowed =
            CheckProfileChange(before, write.applicant, author, past,
                               absl::ToCivilDay(clock_->Now(), ParisTimeZone()));
        if (!allowed.ok()) return allowed;

        Profile after = before.value_or(Profile{.applicant = {}, .version = 0});
        const bool vouched = after.birth_date_proven || author == Author::kAgency;
        changed = !(after.applicant == asked) || after.birth_date_proven != vouched;
        const bool born_otherwise =
            before.has_value() && before->applicant.birth_date != write.applicant.birth_date;
        after.applicant = asked;
        after.birth_date_proven = vouched;
        const absl::Time now = clock_->Now();
        if (changed) {
          ++after.version;
          PutProfiles(transaction, {after}, now);
          RecordPersonAction(
              transaction, person, actor.person,
              born_otherwise ? PersonAction::kBirthDateChanged : PersonAction::kProfileChanged,
              now);
          RequestReview(transaction, {person}, now);
        }
        KeepAnswer(transaction, write.request, absl::StrCat(after.version), now);
        return after;
      });
  if (updated.ok() && changed && after_change_) after_change_();
  return updated;
}

absl::StatusOr<Guardian> Profiles::GetGuardian(absl::Time deadline, const Actor& actor,
                                               const std::string& person) {
  const auto database = database_->As(DeclaredAccess(actor));
  return database->Write(deadline, [&](Transaction& transaction) -> absl::StatusOr<Guardian> {
    const Access access = AccessTo(actor, person, DepartmentOf(FindProfile(transaction, person)));
    std::optional<Guardian> guardian = FindGuardian(transaction, person);
    if (!guardian.has_value() || access == Access::kNone) {
      return NotFoundError(GuardianName(person));
    }
    if (access == Access::kAgency) {
      RecordPersonAction(transaction, person, actor.person, PersonAction::kGuardianSeen,
                         clock_->Now());
    }
    return *std::move(guardian);
  });
}

absl::StatusOr<Guardian> Profiles::UpdateGuardian(absl::Time deadline, const Actor& actor,
                                                  const GuardianWrite& write) {
  const std::string& person = write.person;
  bool changed = false;
  auto updated =
      database_->Write(deadline, [&](Transaction& transaction) -> absl::StatusOr<Guardian> {
        changed = false;
        LockPeople(transaction, {person});
        const auto answer = FindAnswer(transaction, write.request);
        if (!answer.ok()) return answer.status();
        Guardian after = {.id = NewUuid(clock_->Now()),
                          .person = person,
                          .display_name = write.display_name,
                          .email = write.email};
        if (answer->has_value()) {
          after.version = VersionIn(**answer);
          return after;
        }
        const Access access =
            AccessTo(actor, person, DepartmentOf(FindProfile(transaction, person)));
        if (access == Access::kNone) return NotFoundError(GuardianName(person));
        const std::optional<Guardian> before = FindGuardian(transaction, person);
        if (write.expected_version.has_value() &&
            (!before.has_value() || before->version != *write.expected_version)) {
          return PersonChanged(GuardianName(person));
        }
        const absl::Time now = clock_->Now();
        const Author author = AuthorOf(access);
        after.bound = author == Author::kAgency;
        changed = !before.has_value() || before->display_name != after.display_name ||
                  before->email != after.email || (after.bound && !before->bound);
        if (changed) {
          const absl::Status allowed = CheckGuardianChange(
              before, author, CountGuardianChanges(transaction, person, now - absl::Hours(24)));
          if (!allowed.ok()) return allowed;
          after.version = before.has_value() ? before->version + 1 : 1;
          PutGuardians(transaction, {after}, now);
          RecordPersonAction(transaction, person, actor.person, PersonAction::kGuardianChanged,
                             now);
          RequestReview(transaction, {person}, now);
        } else {
          after = *before;
        }
        KeepAnswer(transaction, write.request, absl::StrCat(after.version), now);
        return after;
      });
  if (updated.ok() && changed && after_change_) after_change_();
  return updated;
}

}  // namespace dm::booking
