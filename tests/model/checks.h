#pragma once

#include "tests/model/evidence.h"
#include "tests/model/report.h"

// What must hold of every run, whatever happened. Each check is named in quotes; all of them look
// at the evidence alone and take time in proportion to it, or nearly.
namespace dm::model {

// Follows the committed order, which is that of the feed:
// - "capacity": nobody is given a seat while as many are held as the host announced;
// - "line": a freed seat goes to the first in line who holds no other seat at that time, and nobody
//   who arrives gets one while such a person waits;
// - "one live booking": of a person and a session, at every point;
// - "overlap": no two bookings of a person hold seats at the same time, at every point;
// - "reschedule": the new seat comes with leaving the old one;
// - "seats told": what the feed says is held is what bookings hold then;
// - "settled": in the end no seat of an open session is free while somebody in line could take it.
void CheckReplay(const Evidence& evidence, Report* report);

// The audit trail:
// - "chain": each booking's steps follow each other from version 1 on;
// - "table": each step is a row of the ledger's table;
// - "audit": the audit trail, the feed and the bookings tell the same.
void CheckTrail(const Evidence& evidence, Report* report);

// Requests and their answers:
// - "durable": what was answered is there;
// - "replay": one request_id, one answer, byte for byte, and none to another request;
// - "one effect": every step that somebody took answers exactly one request;
// - "phantom": nothing is there that nobody asked for.
void CheckRequests(const Evidence& evidence, Report* report);

// - "counters": what sessions say is held and waits is what bookings hold, and never too much;
// - "feed": numbers without a gap;
// - "reader": who reads the feed got each number once, in order;
// - "deadlock": no two transactions waited for each other;
// - "settled": in the end nothing is live that has run out or whose session is cancelled;
// - "due": what was due in the end could be done.
void CheckTables(const Evidence& evidence, Report* report);

// "real time": of two steps in one session, the one that was answered before the other was asked
// for is committed first.
void CheckRealTime(const Evidence& evidence, Report* report);

// "linearizable": see session_model.h.
void CheckLinearizable(const Evidence& evidence, Report* report);

// All of them.
Report CheckAll(const Evidence& evidence);

}  // namespace dm::model
