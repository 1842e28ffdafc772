#include "services/gateway/cli/commands.h"

namespace dm::gateway::cli {

int Run(const CommandLine& line, Session& session) {
  const int code = line.command->run(line, session);
  // A full disk behind a redirection must not look like success.
  if (code == kDone && !session.out().flush()) {
    return session.Unwritable("la sortie standard ne peut pas être écrite");
  }
  return code;
}

}  // namespace dm::gateway::cli
