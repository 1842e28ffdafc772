#pragma once

#include <string>

namespace dm::testing {

// "127.0.0.1:port" where nothing listens. Below the range that the kernel takes ports of outgoing
// connections from, so that none of those comes in between before what is to listen here does.
std::string FreeAddress();

}  // namespace dm::testing
