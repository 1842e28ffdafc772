#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "tests/model/checks.h"

#include <algorithm>
#include <utility>

namespace dm::model {
namespace {

using RequestKey = std::pair<std::string, std::string>;
using StepKey = std::pair<std::string, int64_t>;

// Everything that was heard under one request id.
struct Request {
  std::vector<const Invocation*> asked;
  const AnswerRow* kept = nullptr;
};
using Requests = absl::flat_hash_map<RequestKey, Request>;

Requests Group(const Evidence& evidence) {
  Requests requests;
  for (const Invocation& one : evidence.invocations) {
    requests[{one.ask.person, one.ask.request_id}].asked.push_back(&one);
  }
  for (const AnswerRow& row : evidence.answers) {
    requests[{row.person, row.request_id}].kept = &row;
  }
  return requests;
}

void CheckOne(const Request& request, Report* report) {
  const Invocation* first = nullptr;
  absl::Time answered = absl::InfiniteFuture();
  for (const Invocation* one : request.asked) {
    if (one->answer.result != Result::kOk) continue;
    if (first == nullptr) first = one;
    answered = std::min(answered, one->answered);
  }
  for (const Invocation* one : request.asked) {
    if (one->answer.result == Result::kRefused && one->invoked > answered &&
        one->ask == first->ask) {
      report->Add("replay", absl::StrCat("done, then refused as ", one->answer.refusal, ": ",
                                         ToText(one->ask)));
    }
    if (one->answer.result == Result::kRefused && one->answer.refusal == "REQUEST_ID_REUSED" &&
        request.kept == nullptr) {
      report->Add("replay", absl::StrCat("an id that nothing was done for is said to be used: ",
                                         ToText(one->ask)));
    }
    if (one->answer.result != Result::kOk) continue;
    if (request.kept == nullptr) {
      report->Add("durable", absl::StrCat("no answer is kept: ", ToText(one->ask)));
    } else if (request.kept->bytes != one->answer.bytes) {
      report->Add("replay", absl::StrCat("another answer is kept: ", ToText(one->ask)));
    }
    if (first->ask != one->ask) {
      report->Add("replay",
                  absl::StrCat("two requests under one id were done: ", ToText(one->ask)));
    }
    if (first->answer.bytes != one->answer.bytes) {
      report->Add("replay", absl::StrCat("answered twice, not alike: ", ToText(one->ask)));
    }
  }
  if (request.asked.empty()) {
    report->Add("phantom", absl::StrCat("nobody asked: request ", request.kept->request_id, " of ",
                                        request.kept->person));
  }
}

// Whether the row may be what was asked for, or the leaving that a rescheduling brings with it.
bool Fits(const Ask& ask, const TransitionRow& row, bool left) {
  if (PartyName(ask.party) != row.party) return false;
  if (left) return ask.verb == Verb::kReschedule && ask.booking == row.booking;
  if (!row.from.has_value()) return ask.verb == Verb::kCreate || ask.verb == Verb::kReschedule;
  return ask.booking == row.booking &&
         std::any_of(booking::AllTransitions().begin(), booking::AllTransitions().end(),
                     [&](const booking::Transition& known) {
                       return known.from == row.from && known.to == row.to &&
                              known.step == StepOf(ask.verb) && known.party == ask.party;
                     });
}

// Every step that a person took is what one kept answer tells.
void CheckEffects(const Evidence& evidence, const Requests& requests, Report* report) {
  absl::flat_hash_map<StepKey, std::vector<const AnswerRow*>> told;
  for (const AnswerRow& row : evidence.answers) {
    told[{row.booking, row.version}].push_back(&row);
  }
  absl::flat_hash_map<StepKey, std::string> left_for;
  for (const EventRow& event : evidence.events) {
    const auto* step = std::get_if<BookingStep>(&event.what);
    if (step != nullptr && step->from.has_value() && !step->related.empty()) {
      left_for[{step->booking, step->version}] = step->related;
    }
  }
  for (const TransitionRow& row : evidence.transitions) {
    if (row.party == PartyName(booking::Party::kSystem)) continue;
    const auto left = left_for.find({row.booking, row.version});
    const auto effect = left == left_for.end() ? told.find({row.booking, row.version})
                                               : told.find({left->second, int64_t{1}});
    const std::string name =
        absl::StrCat("version ", row.version, " of ", row.booking, " by ", row.person);
    if (effect == told.end()) {
      report->Add("one effect", absl::StrCat(name, " answers no request"));
      continue;
    }
    if (effect->second.size() > 1) {
      report->Add("one effect",
                  absl::StrCat(name, " answers ", effect->second.size(), " requests"));
    }
    const AnswerRow& kept = *effect->second.front();
    if (kept.person != row.person) {
      report->Add("phantom", absl::StrCat(name, " answers a request of ", kept.person));
    }
    const Request& request = requests.at({kept.person, kept.request_id});
    if (request.asked.empty()) continue;
    // Of several, some may have been refused for being another request.
    const bool fits =
        std::any_of(request.asked.begin(), request.asked.end(), [&](const Invocation* one) {
          return one->invoked <= row.at && Fits(one->ask, row, left != left_for.end());
        });
    if (!fits) report->Add("phantom", absl::StrCat(name, " is not what was asked"));
  }
  absl::flat_hash_map<StepKey, const TransitionRow*> rows;
  for (const TransitionRow& row : evidence.transitions) rows[{row.booking, row.version}] = &row;
  for (const AnswerRow& row : evidence.answers) {
    const auto taken = rows.find({row.booking, row.version});
    if (taken == rows.end() || taken->second->person != row.person ||
        taken->second->to != row.state) {
      report->Add("durable", absl::StrCat("version ", row.version, " of ", row.booking,
                                          " was answered to ", row.person, " and is not there"));
    }
  }
}

}  // namespace

void CheckRequests(const Evidence& evidence, Report* report) {
  const Requests requests = Group(evidence);
  for (const auto& [key, request] : requests) CheckOne(request, report);
  CheckEffects(evidence, requests, report);
}

}  // namespace dm::model
