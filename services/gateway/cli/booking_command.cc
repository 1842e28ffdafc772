#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "destinationmetier/booking/v1/booking_service.grpc.pb.h"
#include "destinationmetier/notification/v1/contact_service.grpc.pb.h"
#include "services/gateway/cli/arguments.h"
#include "services/gateway/cli/booking_text.h"
#include "services/gateway/cli/commands.h"
#include "services/gateway/cli/enum_words.h"
#include "services/gateway/cli/french.h"

#include <string>

namespace dm::gateway::cli {
namespace {

namespace booking = destinationmetier::booking::v1;
namespace notification = destinationmetier::notification::v1;

template <typename Request>
Request StepRequest(const CommandLine& line) {
  Request request;
  request.set_name(FullName("bookings/", line.words[0]));
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
  booking::CreateBookingRequest request;
  request.set_session(line.words[0]);
  request.set_request_id(RequestIdOf(line));
  booking::Booking booked;
  const auto stub = booking::BookingService::NewStub(session.channel());
  if (const int code = session.Call(
          [&](auto* context) { return stub->CreateBooking(context, request, &booked); });
      code != kDone) {
    return code;
  }
  return WriteBooking(booked, session);
}

int ListBookings(const CommandLine& line, Session& session) {
  booking::ListBookingsRequest request;
  if (!FillPage(line, &request)) return session.Misuse(kLimitMisuse);
  for (const std::string& state : line.Values("state")) {
    request.add_states(EnumOf<booking::Booking::State>(state));
  }
  booking::ListBookingsResponse found;
  const auto stub = booking::BookingService::NewStub(session.channel());
  if (const int code =
          session.Call([&](auto* context) { return stub->ListBookings(context, request, &found); });
      code != kDone) {
    return code;
  }
  if (session.json()) return session.WriteJson(found);
  Table table({"début", "état", "titre", "réservation"});
  for (const auto& booked : found.bookings()) {
    table.Add({TimeText(booked.start_time()), StateText(booked.state()), booked.session_title(),
               booked.name()});
  }
  table.Write(session.out());
  session.WriteNextPage(found.next_page_token());
  return kDone;
}

int Step(const CommandLine& line, Session& session) {
  const auto stub = booking::BookingService::NewStub(session.channel());
  booking::Booking booked;
  const int code = session.Call([&](grpc::ClientContext* context) {
    if (line.command->name == "accept") {
      return stub->AcceptBooking(context, StepRequest<booking::AcceptBookingRequest>(line),
                                 &booked);
    }
    if (line.command->name == "decline") {
      auto request = StepRequest<booking::DeclineBookingRequest>(line);
      request.set_reason(line.Value("reason"));
      return stub->DeclineBooking(context, request, &booked);
    }
    auto request = StepRequest<booking::CancelBookingRequest>(line);
    request.set_reason(line.Value("reason"));
    return stub->CancelBooking(context, request, &booked);
  });
  return code == kDone ? WriteBooking(booked, session) : code;
}

int SetContact(const CommandLine& line, Session& session) {
  notification::UpdateContactRequest request;
  notification::Contact& contact = *request.mutable_contact();
  contact.set_name(absl::EndsWith(line.words[0], "/contact")
                       ? line.words[0]
                       : absl::StrCat(line.words[0], "/contact"));
  contact.set_email(line.words[1]);
  contact.set_display_name(line.words[2]);
  contact.set_etag(line.Value("etag"));
  request.set_request_id(RequestIdOf(line));
  notification::Contact stored;
  const auto stub = notification::ContactService::NewStub(session.channel());
  if (const int code = session.Call(
          [&](auto* context) { return stub->UpdateContact(context, request, &stored); });
      code != kDone) {
    return code;
  }
  return WriteContact(stored, session);
}

}  // namespace dm::gateway::cli
