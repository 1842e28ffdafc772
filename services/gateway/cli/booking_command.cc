#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/text/uuid.h"
#include "destinationmetier/booking/v1/booking_service.grpc.pb.h"
#include "destinationmetier/notification/v1/contact_service.grpc.pb.h"
#include "services/gateway/cli/booking_text.h"
#include "services/gateway/cli/commands.h"
#include "services/gateway/cli/french.h"

#include <string>

namespace dm::gateway::cli {
namespace {

namespace booking = destinationmetier::booking::v1;
namespace notification = destinationmetier::notification::v1;

std::string RequestIdOf(const CommandLine& line) {
  return line.Has("request-id") ? line.Value("request-id") : NewUuid(absl::Now());
}

// "7" and "bookings/7" are the same.
std::string BookingName(const std::string& word) {
  return absl::StartsWith(word, "bookings/") ? word : absl::StrCat("bookings/", word);
}

template <typename Request>
Request StepRequest(const CommandLine& line) {
  Request request;
  request.set_name(BookingName(line.words[0]));
  request.set_etag(line.Value("etag"));
  request.set_request_id(RequestIdOf(line));
  return request;
}

}  // namespace

int WriteBooking(const booking::Booking& booked, Session& session) {
  if (session.json()) return session.WriteJson(booked);
  session.out() << booked.session_title() << "\n"
                << "réservation : " << booked.name() << "\n"
                << "état : " << StateText(booked.state()) << "\n";
  if (booked.has_start_time()) {
    session.out() << "du " << TimeText(booked.start_time()) << " au " << TimeText(booked.end_time())
                  << "\n";
  }
  if (!booked.reason().empty()) session.out() << "motif : " << booked.reason() << "\n";
  return kDone;
}

int WriteContact(const notification::Contact& contact, Session& session) {
  if (session.json()) return session.WriteJson(contact);
  session.out() << contact.name() << "\n"
                << contact.display_name() << "\n"
                << contact.email() << "\n";
  return kDone;
}

int Book(const CommandLine& line, Session& session) {
  if (line.words.size() != 1) return session.Misuse("book attend le nom d'une session");
  booking::CreateBookingRequest request;
  request.set_session(line.words[0]);
  request.set_request_id(RequestIdOf(line));
  booking::Booking booked;
  const auto stub = booking::BookingService::NewStub(session.channel());
  if (!session.Call(
          [&](auto* context) { return stub->CreateBooking(context, request, &booked); })) {
    return kRefused;
  }
  return WriteBooking(booked, session);
}

int ListBookings(const CommandLine& line, Session& session) {
  if (!line.words.empty()) return session.Misuse("bookings n'attend rien");
  booking::ListBookingsRequest request;
  int limit = 20;
  if (line.Has("limit") && (!absl::SimpleAtoi(line.Value("limit"), &limit) || limit < 1)) {
    return session.Misuse("--limit attend un nombre, 1 ou plus");
  }
  request.set_page_size(limit);
  request.set_page_token(line.Value("page-token"));
  for (const std::string& name : line.Values("state")) {
    booking::Booking::State state{};
    if (!booking::Booking::State_Parse(absl::StrCat("STATE_", absl::AsciiStrToUpper(name)),
                                       &state)) {
      return session.Misuse("--state : PENDING_HOST, CONFIRMED, DECLINED ou CANCELLED");
    }
    request.add_states(state);
  }
  booking::ListBookingsResponse found;
  const auto stub = booking::BookingService::NewStub(session.channel());
  if (!session.Call([&](auto* context) { return stub->ListBookings(context, request, &found); })) {
    return kRefused;
  }
  if (session.json()) return session.WriteJson(found);
  Table table({"début", "état", "titre", "réservation"});
  for (const auto& booked : found.bookings()) {
    table.Add({TimeText(booked.start_time()), StateText(booked.state()), booked.session_title(),
               booked.name()});
  }
  table.Write(session.out());
  if (!found.next_page_token().empty()) {
    session.out() << "suite : --page-token " << found.next_page_token() << "\n";
  }
  return kDone;
}

int Step(const CommandLine& line, Session& session) {
  if (line.words.size() != 1) {
    return session.Misuse(absl::StrCat(line.command, " attend une réservation"));
  }
  const auto stub = booking::BookingService::NewStub(session.channel());
  booking::Booking booked;
  const bool done = session.Call([&](grpc::ClientContext* context) {
    if (line.command == "accept") {
      return stub->AcceptBooking(context, StepRequest<booking::AcceptBookingRequest>(line),
                                 &booked);
    }
    if (line.command == "decline") {
      auto request = StepRequest<booking::DeclineBookingRequest>(line);
      request.set_reason(line.Value("reason"));
      return stub->DeclineBooking(context, request, &booked);
    }
    auto request = StepRequest<booking::CancelBookingRequest>(line);
    request.set_reason(line.Value("reason"));
    return stub->CancelBooking(context, request, &booked);
  });
  return done ? WriteBooking(booked, session) : kRefused;
}

int SetContact(const CommandLine& line, Session& session) {
  if (line.words.size() != 4 || line.words[0] != "set") {
    return session.Misuse("contact set NOM COURRIEL \"NOM AFFICHÉ\"");
  }
  notification::UpdateContactRequest request;
  notification::Contact& contact = *request.mutable_contact();
  contact.set_name(absl::EndsWith(line.words[1], "/contact")
                       ? line.words[1]
                       : absl::StrCat(line.words[1], "/contact"));
  contact.set_email(line.words[2]);
  contact.set_display_name(line.words[3]);
  contact.set_etag(line.Value("etag"));
  request.set_request_id(RequestIdOf(line));
  notification::Contact stored;
  const auto stub = notification::ContactService::NewStub(session.channel());
  if (!session.Call(
          [&](auto* context) { return stub->UpdateContact(context, request, &stored); })) {
    return kRefused;
  }
  return WriteContact(stored, session);
}

int Run(const CommandLine& line, Session& session) {
  if (line.command == "import") return Import(line, session);
  if (line.command == "search") return Search(line, session);
  if (line.command == "show") return Show(line, session);
  if (line.command == "sessions") return ListMeetings(line, session);
  if (line.command == "book") return Book(line, session);
  if (line.command == "bookings") return ListBookings(line, session);
  if (line.command == "cancel-session") return CancelSession(line, session);
  if (line.command == "contact") return SetContact(line, session);
  return Step(line, session);
}

}  // namespace dm::gateway::cli
