#include "common/auth/jwks_url.h"

#include "absl/synchronization/mutex.h"
#include "common/auth/https_download.h"
#include "common/auth/token_signer.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace dm::auth {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(30);

TokenClaims Claims() {
  return {.subject = "a",
          .roles = {"applicant"},
          .not_before = absl::Now(),
          .expires_at = absl::Now() + absl::Hours(1)};
}

// An issuer that publishes what a test gives it, and counts how often it is asked.
class Issuer {
 public:
  void Publish(absl::StatusOr<Downloaded> document) {
    absl::MutexLock lock(&mutex_);
    document_ = std::move(document);
  }
  Download AsDownload() {
    return [this](const std::string&) {
      absl::MutexLock lock(&mutex_);
      ++asked_;
      return document_;
    };
  }
  int asked() const {
    absl::MutexLock lock(&mutex_);
    return asked_;
  }
  bool AskedMoreThan(int times) const {
    absl::MutexLock lock(&mutex_);
    const auto more = [this, times] { return asked_ > times; };
    return mutex_.AwaitWithTimeout(absl::Condition(&more), kPatience);
  }

 private:
  mutable absl::Mutex mutex_;
  absl::StatusOr<Downloaded> document_ ABSL_GUARDED_BY(mutex_) = absl::UnavailableError("not yet");
  int asked_ ABSL_GUARDED_BY(mutex_) = 0;
};

class JwksUrlTest : public testing::Test {
 protected:
  void Follow(JwksUrl::Options options) {
    options.url = "https://issuer.example/jwks";
    url_ = std::make_unique<JwksUrl>(options, issuer_.AsDownload(), &verifier_, &Clock::System());
  }
  void Publish(const std::string& jwks, std::optional<absl::Duration> age = std::nullopt) {
    issuer_.Publish(Downloaded{.body = jwks, .max_age = age});
  }
  // A token that came before the first keys would have made it look.
  bool HasKeysSoon() const {
    const absl::Time deadline = absl::Now() + kPatience;
    while (!url_->HasKeys() && absl::Now() < deadline) absl::SleepFor(absl::Milliseconds(1));
    return url_->HasKeys();
  }
  bool Verifies(const TokenSigner& signer) { return verifier_.Verify(signer.Sign(Claims())).ok(); }
  bool ComesToVerify(const TokenSigner& signer) {
    const absl::Time deadline = absl::Now() + kPatience;
    while (!Verifies(signer)) {
      if (absl::Now() > deadline) return false;
      absl::SleepFor(absl::Milliseconds(1));
    }
    return true;
  }

  const TokenSigner first_ = TokenSigner::Generate();
  const TokenSigner second_ = TokenSigner::Generate();
  Issuer issuer_;
  JwtVerifier verifier_{"https://issuer.destinationmetier.example", "destinationmetier",
                        &Clock::System()};
  std::unique_ptr<JwksUrl> url_;
};

TEST_F(JwksUrlTest, HasNoKeysUntilTheIssuerAnswers) {
  Follow({.retry = absl::Milliseconds(1)});
  ASSERT_TRUE(issuer_.AskedMoreThan(2));
  EXPECT_FALSE(url_->HasKeys());
  EXPECT_FALSE(Verifies(first_));
  Publish(first_.Jwks());
  EXPECT_TRUE(ComesToVerify(first_));
  EXPECT_TRUE(url_->HasKeys());
}

TEST_F(JwksUrlTest, FetchesAnUnknownKeyOnceInAnInterval) {
  Publish(first_.Jwks());
  Follow({.unknown_key_interval = absl::Hours(1)});
  ASSERT_TRUE(HasKeysSoon());
  ASSERT_TRUE(Verifies(first_));
  Publish(second_.Jwks());
  EXPECT_TRUE(ComesToVerify(second_)) << "the first unknown key makes it look";
  const int asked = issuer_.asked();
  for (int i = 0; i < 1000; ++i)
    EXPECT_FALSE(Verifies(TokenSigner::FromPem(first_.PrivateKeyPem())));
  EXPECT_EQ(issuer_.asked(), asked) << "made-up keys do not";
}

TEST_F(JwksUrlTest, DropsAKeyThatIsNotPublishedAnyMore) {
  Publish(first_.Jwks());
  Follow({.unknown_key_interval = absl::Milliseconds(1)});
  ASSERT_TRUE(ComesToVerify(first_));
  Publish(second_.Jwks());
  ASSERT_TRUE(ComesToVerify(second_));
  EXPECT_FALSE(Verifies(first_));
}

TEST_F(JwksUrlTest, FetchesAgainWhenTheIssuerSaysSoWithinBounds) {
  // 0 s would be without end: the bound makes it 5 ms.
  Publish(first_.Jwks(), absl::ZeroDuration());
  Follow({.shortest_age = absl::Milliseconds(5)});
  EXPECT_TRUE(issuer_.AskedMoreThan(3));
  Publish(second_.Jwks(), absl::Hours(1000));
  EXPECT_TRUE(ComesToVerify(second_));
}

TEST_F(JwksUrlTest, KeepsTheLastKeysWhileTheIssuerIsAwayOrTalksNonsense) {
  Publish(first_.Jwks(), absl::ZeroDuration());
  Follow({.shortest_age = absl::Milliseconds(1), .retry = absl::Milliseconds(1)});
  ASSERT_TRUE(ComesToVerify(first_));
  for (const auto& answer :
       {absl::StatusOr<Downloaded>(absl::UnavailableError("away")),
        absl::StatusOr<Downloaded>(Downloaded{.body = "<html>", .max_age = {}}),
        absl::StatusOr<Downloaded>(Downloaded{.body = R"({"keys":[]})", .max_age = {}})}) {
    const int asked = issuer_.asked();
    issuer_.Publish(answer);
    ASSERT_TRUE(issuer_.AskedMoreThan(asked + 2));
    EXPECT_TRUE(Verifies(first_));
  }
}

TEST(KeysUrlTest, IsHttpsOrLoopback) {
  for (const char* good :
       {"https://issuer.example/jwks", "https://issuer.example:8443/a?b=c",
        "http://127.0.0.1:9000/jwks", "http://localhost/jwks", "http://[::1]:9000/jwks"}) {
    EXPECT_TRUE(CheckKeysUrl(good).ok()) << good;
  }
  for (const char* bad : {"", "issuer.example", "http://issuer.example/jwks", "file:///etc/passwd",
                          "ftp://127.0.0.1/", "https://user:secret@issuer.example/",
                          "http://127.0.0.1.evil.example/", "http://10.0.0.1/", "jwks.json"}) {
    EXPECT_FALSE(CheckKeysUrl(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace dm::auth
