#pragma once

#include <string>

namespace dm::testing {

// "127.0.0.1:port" that only what this test starts will listen on. A socket that does not listen
// keeps the port until the process ends: the kernel gives it to no outgoing connection, whatever
// their range, and a second search, also of another process, finds it taken. What is to listen
// there has to set SO_REUSEADDR, as servers do. Thread-safe.
std::string FreeAddress();

}  // namespace dm::testing
