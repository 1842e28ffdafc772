#pragma once

#include "common/auth/caller.h"
#include "tests/support/suite.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace dm::contract {

// The real suite with the demonstration in it, and in that one person's things, which only a few
// may see: a young person's profile, contact, booking and agreement, with words in them that must
// show up nowhere else.
class SampleWorld {
 public:
  SampleWorld();

  const testing::Suite& suite() const { return suite_; }

  // A token of the role for who may see the things, and for somebody of the same role who may not:
  // another person, company, ambassador, territory.
  std::string RightfulToken(auth::Role role) const;
  std::string StrangersToken(auth::Role role) const;

  // A complete request of the method, about the person's things, or about such as do not exist.
  enum class Things { kThePersons, kMadeUp };
  std::unique_ptr<google::protobuf::Message> RequestOf(
      const google::protobuf::MethodDescriptor& method, Things things = Things::kThePersons) const;
  // A text with the names of things that do not exist in place of those of the person's.
  std::string WithMadeUpNames(std::string text) const;
  // Whether the method's path names one thing.
  static bool NamesAResource(const google::protobuf::MethodDescriptor& method);
  // The path of "/v1/{name=bookings/*}:cancel", about the same.
  std::string PathOf(const std::string& pattern) const;

  // The words that only the rightful may read.
  static const std::vector<std::string>& Secrets();
  // The person's name in resource names.
  static const char* Person();

 private:
  void TellSecrets();
  void Book();
  void WriteAgreement();
  void RecordConsent();
  void SendOffers();
  void RegisterWebhook();
  using Ids = std::map<std::string, std::string>;
  static std::string Filled(const std::string& resource_pattern, const Ids& ids);
  static std::string FilledText(std::string text, const Ids& ids);

  testing::Suite suite_;
  // What stands for "*", by the collection before it: "bookings", "offers/*/sessions".
  Ids ids_;
  // The same of what does not exist; as long, letter for letter.
  Ids made_up_;
};

}  // namespace dm::contract
