#include "common/rpc/method_table.h"

#include "common/errors/error.h"

#include <gtest/gtest.h>

namespace dm::rpc {
namespace {

using auth::Caller;
using auth::Role;

constexpr char kImport[] = "/destinationmetier.catalogue.v1.OfferExchangeService/ImportOffers";

TEST(MethodTable, HasEveryMethodOnceAndNoOther) {
  const absl::Status status = CheckMethodTable();
  EXPECT_TRUE(status.ok()) << status.message();
}

TEST(MethodTable, FindsByPath) {
  const MethodPolicy* const method =
      FindMethod("/destinationmetier.booking.v1.BookingService/CreateBooking");
  ASSERT_NE(method, nullptr);
  EXPECT_EQ(method->access.roles, auth::Roles{Role::kApplicant});
  EXPECT_EQ(method->rate_class, RateClass::kWrite);
  EXPECT_EQ(FindMethod("/destinationmetier.booking.v1.BookingService/Nothing"), nullptr);
  EXPECT_EQ(FindMethod(""), nullptr);
}

TEST(MethodTable, LetsNobodyWriteWithoutATokenOrALink) {
  for (const MethodPolicy& method : MethodTable()) {
    if (method.repeat == Repeat::kReads || method.rate_class == RateClass::kLink) continue;
    EXPECT_FALSE(method.access.roles.Contains(Role::kAnonymous)) << method.path;
  }
}

TEST(MethodTable, TellsWhoMayCall) {
  const MethodPolicy& import = *FindMethod(kImport);
  EXPECT_EQ(ErrorReasonOf(CheckAccess(import, {})), "TOKEN_MISSING");
  Caller caller{.subject = "somebody"};
  EXPECT_EQ(ErrorReasonOf(CheckAccess(import, caller)), "ROLE_MISSING");
  caller.roles.Add(Role::kPartner);
  EXPECT_EQ(GetErrorDetails(CheckAccess(import, caller))->metadata.at("scope"), "offers.write");
  caller.scopes = {"offers.read", "offers.write"};
  EXPECT_TRUE(CheckAccess(import, caller).ok());
}

TEST(MethodTable, AsksNoScopeOfAnAgency) {
  Caller clerk{.subject = "clerk"};
  clerk.roles.Add(Role::kAgency);
  clerk.roles.Add(Role::kPartner);
  EXPECT_TRUE(CheckAccess(*FindMethod(kImport), clerk).ok());
}

TEST(MethodTable, AsksStaffForAnotherSignInWhereTheirRoleWouldDo) {
  const MethodPolicy& accept =
      *FindMethod("/destinationmetier.booking.v1.BookingService/AcceptBooking");
  const MethodPolicy& list =
      *FindMethod("/destinationmetier.booking.v1.BookingService/ListBookings");
  const MethodPolicy& import = *FindMethod(kImport);
  const auth::Roles ambassador = {Role::kAnonymous, Role::kAmbassador};
  const auth::Roles partner = {Role::kAnonymous, Role::kPartner};
  const struct {
    const char* what;
    const MethodPolicy& method;
    auth::Roles roles;
    std::string reason;
  } kCases[] = {
      {"a clerk's method", list, {Role::kAnonymous}, "AUTHENTICATION_INSUFFICIENT"},
      {"a method of others", accept, {Role::kAnonymous}, "ROLE_MISSING"},
      {"both, as an ambassador too", list, ambassador, ""},
      {"an ambassador's, as one too", accept, ambassador, ""},
      {"a partner's, as one too", import, partner, "AUTHENTICATION_INSUFFICIENT"},
  };
  for (const auto& c : kCases) {
    Caller clerk{.subject = "clerk", .roles = c.roles};
    clerk.withheld = {Role::kAgency};
    clerk.acr_values = "mfa otp";
    const absl::Status status = CheckAccess(c.method, clerk);
    EXPECT_EQ(ErrorReasonOf(status), c.reason) << c.what;
    if (c.reason != "AUTHENTICATION_INSUFFICIENT") continue;
    EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated) << c.what;
    EXPECT_EQ(GetErrorDetails(status)->metadata.at("acr_values"), "mfa otp") << c.what;
  }
}

}  // namespace
}  // namespace dm::rpc
