#pragma once

#include "services/ambassador/domain/ambassador.h"

#include <string>

// What a row of the agency's list has to be. Each function says in French what is wrong, in words
// that quote no personal data; empty when nothing is.
namespace dm::ambassador {

std::string MistakeOf(const Ambassador& ambassador);
std::string MistakeOf(const Session& session);

// The public title of a meeting. It tells the job, not the name: events carry no personal data.
std::string TitleOfMeeting(const Ambassador& ambassador);

}  // namespace dm::ambassador
