#pragma once

#include "services/gateway/cli/command_line.h"
#include "services/gateway/cli/session.h"

namespace dm::gateway::cli {

// Each runs one command of the table and returns what the program ends with.
int SearchCompanies(const CommandLine& line, Session& session);
int SearchOffers(const CommandLine& line, Session& session);
int SearchProfessions(const CommandLine& line, Session& session);
int SearchAmbassadors(const CommandLine& line, Session& session);
int Show(const CommandLine& line, Session& session);
int ListMeetings(const CommandLine& line, Session& session);
int Book(const CommandLine& line, Session& session);
int ListBookings(const CommandLine& line, Session& session);
// accept, decline, cancel.
int Step(const CommandLine& line, Session& session);
int SetContact(const CommandLine& line, Session& session);
// For a host: a session of an offer, or a meeting.
int CancelSession(const CommandLine& line, Session& session);
int ListWaitingOffers(const CommandLine& line, Session& session);
int ShowRecord(const CommandLine& line, Session& session);
int ApproveOffer(const CommandLine& line, Session& session);
int RejectOffer(const CommandLine& line, Session& session);
int SuspendOffer(const CommandLine& line, Session& session);
int ResumeOffer(const CommandLine& line, Session& session);
int ListReports(const CommandLine& line, Session& session);
int ResolveReport(const CommandLine& line, Session& session);
int BanCompany(const CommandLine& line, Session& session);
int LiftBan(const CommandLine& line, Session& session);
int Import(const CommandLine& line, Session& session);
int Export(const CommandLine& line, Session& session);
int Watch(const CommandLine& line, Session& session);
int ShowStatistics(const CommandLine& line, Session& session);
int ListSearches(const CommandLine& line, Session& session);
int Completion(const CommandLine& line, Session& session);
int Help(const CommandLine& line, Session& session);

// The command that the line names, which it has; kUnwritable when what it wrote did not arrive.
int Run(const CommandLine& line, Session& session);

}  // namespace dm::gateway::cli
