#include "absl/strings/str_cat.h"
#include "destinationmetier/catalogue/v1/offer_service.grpc.pb.h"
#include "services/gateway/cli/arguments.h"
#include "services/gateway/cli/commands.h"
#include "services/gateway/cli/enum_words.h"
#include "services/gateway/cli/french.h"

#include <string>

namespace dm::gateway::cli {
namespace {

namespace pb = destinationmetier::catalogue::v1;

const char* CauseText(pb::OfferRecord::Cause cause) {
  switch (cause) {
    case pb::OfferRecord::CAUSE_REJECTED:
      return "rendue par l'agence";
    case pb::OfferRecord::CAUSE_EDITED:
      return "changée par l'entreprise après sa publication";
    case pb::OfferRecord::CAUSE_HOST_DECISION:
      return "décidé par l'entreprise";
    case pb::OfferRecord::CAUSE_AGENCY_DECISION:
      return "décidé par l'agence";
    case pb::OfferRecord::CAUSE_COMPANY_BANNED:
      return "l'entreprise est exclue";
    case pb::OfferRecord::CAUSE_COMPANY_CLOSED:
      return "l'entreprise est fermée selon le registre";
    case pb::OfferRecord::CAUSE_SESSIONS_PAST:
      return "sa dernière session est passée";
    case pb::OfferRecord::CAUSE_VANISHED:
      return "absente de la dernière liste de son partenaire";
    case pb::OfferRecord::CAUSE_IMPORTED:
      return "importée";
    default:
      return "";
  }
}

std::string SessionText(const pb::Session& session) {
  if (session.has_cancel_time()) return "annulée";
  return session.closed() ? "fermée" : "";
}

void WriteSummary(const pb::OfferRecord& record, Session& session) {
  session.out() << OneLine(record.offer().title()) << "\n";
  session.WriteLine("offre", record.offer().name());
  session.WriteLine("état", OfferStateText(record.offer().state()));
  session.WriteLine("cause", CauseText(record.cause()));
  session.WriteLine("motif", OneLine(record.cause_text()));
}

void WriteRecord(const pb::OfferRecord& record, Session& session) {
  const pb::Offer& offer = record.offer();
  WriteSummary(record, session);
  session.WriteLine("entreprise",
                    absl::StrCat(offer.company_display_name(), " (", offer.company(), ")"));
  session.WriteLine("métier", offer.profession_display_name());
  session.WriteLine("lieu", PlaceText(offer.place()));
  session.WriteLine("public", AudiencesText(offer.audiences()));
  session.WriteLine("encadrement", OneLine(offer.supervision()));
  session.WriteLine("à apporter", OneLine(offer.to_bring()));
  session.WriteLine("signalements sans réponse",
                    record.open_reports() == 0 ? "" : absl::StrCat(record.open_reports()));
  session.WriteLine("etag", record.etag());
  session.out() << "\n" << offer.description() << "\n\n";
  Table table({"début", "fin", "places", "", "session"});
  for (const auto& run : offer.sessions()) {
    table.Add({TimeText(run.start_time()), TimeText(run.end_time()), absl::StrCat(run.capacity()),
               SessionText(run), run.name()});
  }
  table.Write(session.out());
  session.out() << "\n" << (record.visibility().visible() ? "visible" : "cachée") << "\n";
  for (const auto& reason : record.visibility().reasons()) {
    session.out() << "  " << reason.text()
                  << (reason.fix().empty() ? "" : absl::StrCat(" → ", reason.fix())) << "\n";
  }
}

// All steps are asked for and answered in the same way; some say why.
template <typename Request>
int TakeStep(const CommandLine& line, Session& session,
             grpc::Status (pb::OfferService::Stub::*method)(grpc::ClientContext*, const Request&,
                                                            pb::OfferRecord*)) {
  Request request;
  request.set_name(FullName("offers/", line.words[0]));
  request.set_etag(line.Value("etag"));
  request.set_request_id(RequestIdOf(line));
  if constexpr (requires { request.set_reason(std::string()); }) {
    request.set_reason(line.Value("reason"));
  }
  pb::OfferRecord record;
  const auto stub = pb::OfferService::NewStub(session.channel());
  if (const int code = session.Call(
          [&](auto* context) { return (stub.get()->*method)(context, request, &record); });
      code != kDone) {
    return code;
  }
  if (session.json()) return session.WriteJson(record);
  WriteSummary(record, session);
  return kDone;
}

}  // namespace

int ListWaitingOffers(const CommandLine& line, Session& session) {
  pb::ListOfferRecordsRequest request;
  request.set_parent(FullName("companies/", line.Has("company") ? line.Value("company") : "-"));
  for (const std::string& state : line.Values("state")) {
    request.add_states(EnumOf<pb::Offer::State>(state));
  }
  if (request.states().empty()) request.add_states(pb::Offer::STATE_SUBMITTED);
  if (!FillPage(line, &request)) return session.Misuse(kLimitMisuse);
  pb::ListOfferRecordsResponse found;
  const auto stub = pb::OfferService::NewStub(session.channel());
  if (const int code = session.Call(
          [&](auto* context) { return stub->ListOfferRecords(context, request, &found); });
      code != kDone) {
    return code;
  }
  if (session.json()) return session.WriteJson(found);
  Table table({"changée", "état", "titre", "entreprise", "signalements", "offre"});
  for (const auto& record : found.records()) {
    table.Add({TimeText(record.update_time()), OfferStateText(record.offer().state()),
               record.offer().title(), record.offer().company_display_name(),
               record.open_reports() == 0 ? "" : absl::StrCat(record.open_reports()),
               record.offer().name()});
  }
  table.Write(session.out());
  session.WriteNextPage(found.next_page_token());
  return kDone;
}

int ShowRecord(const CommandLine& line, Session& session) {
  pb::GetOfferRecordRequest request;
  request.set_name(FullName("offers/", line.words[0]));
  pb::ExplainVisibilityRequest question;
  question.set_name(request.name());
  pb::OfferRecord record;
  const auto stub = pb::OfferService::NewStub(session.channel());
  if (const int code = session.Call(
          [&](auto* context) { return stub->GetOfferRecord(context, request, &record); });
      code != kDone) {
    return code;
  }
  if (const int code = session.Call([&](auto* context) {
        return stub->ExplainVisibility(context, question, record.mutable_visibility());
      });
      code != kDone) {
    return code;
  }
  if (session.json()) return session.WriteJson(record);
  WriteRecord(record, session);
  return kDone;
}

int ApproveOffer(const CommandLine& line, Session& session) {
  return TakeStep<pb::ApproveOfferRequest>(line, session, &pb::OfferService::Stub::ApproveOffer);
}

int RejectOffer(const CommandLine& line, Session& session) {
  return TakeStep<pb::RejectOfferRequest>(line, session, &pb::OfferService::Stub::RejectOffer);
}

int SuspendOffer(const CommandLine& line, Session& session) {
  return TakeStep<pb::SuspendOfferRequest>(line, session, &pb::OfferService::Stub::SuspendOffer);
}

int ResumeOffer(const CommandLine& line, Session& session) {
  return TakeStep<pb::ResumeOfferRequest>(line, session, &pb::OfferService::Stub::ResumeOffer);
}

}  // namespace dm::gateway::cli
