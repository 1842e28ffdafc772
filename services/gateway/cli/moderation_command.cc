#include "absl/strings/str_cat.h"
#include "common/time/clock.h"
#include "destinationmetier/catalogue/v1/moderation_service.grpc.pb.h"
#include "services/gateway/cli/arguments.h"
#include "services/gateway/cli/commands.h"
#include "services/gateway/cli/enum_words.h"
#include "services/gateway/cli/french.h"
#include "services/gateway/cli/moderation_text.h"

#include <string>

namespace dm::gateway::cli {
namespace {

namespace pb = destinationmetier::catalogue::v1;

const char* GroundText(pb::OfferReport::Ground ground) {
  switch (ground) {
    case pb::OfferReport::GROUND_DISCRIMINATORY:
      return "discriminatoire";
    case pb::OfferReport::GROUND_DISGUISED_WORK:
      return "travail déguisé";
    case pb::OfferReport::GROUND_DANGEROUS:
      return "dangereux";
    case pb::OfferReport::GROUND_MISLEADING:
      return "trompeur";
    case pb::OfferReport::GROUND_INAPPROPRIATE:
      return "inapproprié";
    default:
      return "autre";
  }
}

const char* OutcomeText(pb::OfferReport::Outcome outcome) {
  switch (outcome) {
    case pb::OfferReport::OUTCOME_FOUNDED:
      return "fondé";
    case pb::OfferReport::OUTCOME_UNFOUNDED:
      return "infondé";
    default:
      return "sans réponse";
  }
}

}  // namespace

void WriteBan(const pb::CompanyBan& ban, Session& session) {
  session.WriteLine("entreprise", ban.company());
  session.WriteLine("exclue depuis le", DateText(ban.start_time()));
  if (ban.has_end_time()) session.WriteLine("jusqu'au", TimeText(ban.end_time()));
  if (ban.has_lift_time()) session.WriteLine("exclusion levée le", DateText(ban.lift_time()));
  session.WriteLine("motif", ban.justification());
}

int ListReports(const CommandLine& line, Session& session) {
  pb::ListOfferReportsRequest request;
  if (line.Has("offer")) request.set_offer(FullName("offers/", line.Value("offer")));
  request.set_open_only(!line.Has("all"));
  if (!FillPage(line, &request)) return session.Misuse(kLimitMisuse);
  pb::ListOfferReportsResponse found;
  const auto stub = pb::ModerationService::NewStub(session.channel());
  if (const int code = session.Call(
          [&](auto* context) { return stub->ListOfferReports(context, request, &found); });
      code != kDone) {
    return code;
  }
  if (session.json()) return session.WriteJson(found);
  Table table({"reçu", "motif", "réponse", "offre", "signalement", "texte"});
  for (const auto& report : found.reports()) {
    table.Add({TimeText(report.create_time()), GroundText(report.ground()),
               OutcomeText(report.outcome()), report.offer(), report.name(), report.text()});
  }
  table.Write(session.out());
  session.WriteNextPage(found.next_page_token());
  return kDone;
}

int ResolveReport(const CommandLine& line, Session& session) {
  pb::ResolveOfferReportRequest request;
  request.set_name(FullName("offerReports/", line.words[0]));
  request.set_outcome(EnumOf<pb::OfferReport::Outcome>(line.Value("outcome")));
  request.set_note(line.Value("note"));
  request.set_request_id(RequestIdOf(line));
  pb::OfferReport report;
  const auto stub = pb::ModerationService::NewStub(session.channel());
  if (const int code = session.Call(
          [&](auto* context) { return stub->ResolveOfferReport(context, request, &report); });
      code != kDone) {
    return code;
  }
  if (session.json()) return session.WriteJson(report);
  session.WriteLine("signalement", report.name());
  session.WriteLine("offre", report.offer());
  session.WriteLine("issue", OutcomeText(report.outcome()));
  return kDone;
}

int BanCompany(const CommandLine& line, Session& session) {
  pb::BanCompanyRequest request;
  request.set_name(FullName("companies/", line.words[0]));
  request.set_justification(line.Value("justification"));
  request.set_request_id(RequestIdOf(line));
  if (line.Has("until")) {
    const auto day = ParseCivilDay(line.Value("until"));
    if (!day.ok()) return session.Misuse("--until attend un jour comme 2027-01-31");
    // The day itself is part of it.
    request.mutable_end_time()->set_seconds(absl::ToUnixSeconds(StartOfParisDay(*day + 1)));
  }
  pb::CompanyBan ban;
  const auto stub = pb::ModerationService::NewStub(session.channel());
  if (const int code =
          session.Call([&](auto* context) { return stub->BanCompany(context, request, &ban); });
      code != kDone) {
    return code;
  }
  if (session.json()) return session.WriteJson(ban);
  WriteBan(ban, session);
  return kDone;
}

int LiftBan(const CommandLine& line, Session& session) {
  pb::LiftCompanyBanRequest request;
  request.set_name(FullName("companies/", line.words[0]));
  request.set_request_id(RequestIdOf(line));
  pb::CompanyBan ban;
  const auto stub = pb::ModerationService::NewStub(session.channel());
  if (const int code =
          session.Call([&](auto* context) { return stub->LiftCompanyBan(context, request, &ban); });
      code != kDone) {
    return code;
  }
  if (session.json()) return session.WriteJson(ban);
  WriteBan(ban, session);
  return kDone;
}

}  // namespace dm::gateway::cli
