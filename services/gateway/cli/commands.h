#pragma once

#include "services/gateway/cli/command_line.h"
#include "services/gateway/cli/session.h"

namespace dm::gateway::cli {

// Each runs one command and returns what the program ends with.
int Import(const CommandLine& line, Session& session);
int Search(const CommandLine& line, Session& session);
int Show(const CommandLine& line, Session& session);
int ListMeetings(const CommandLine& line, Session& session);
int Book(const CommandLine& line, Session& session);
int ListBookings(const CommandLine& line, Session& session);
// accept, decline, cancel.
int Step(const CommandLine& line, Session& session);
// For a host: a session of an offer, or a meeting.
int CancelSession(const CommandLine& line, Session& session);
int SetContact(const CommandLine& line, Session& session);

// The command that the line names.
int Run(const CommandLine& line, Session& session);

}  // namespace dm::gateway::cli
