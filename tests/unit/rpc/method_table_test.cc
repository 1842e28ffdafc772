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

}  // namespace
}  // namespace dm::rpc
