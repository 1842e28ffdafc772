#include "common/auth/jwt_verifier.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/auth/token_signer.h"
#include "common/errors/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dm::auth {
namespace {

class FixedClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::FromUnixSeconds(1'800'000'000); }
};

class MovingClock final : public Clock {
 public:
  absl::Time Now() const override { return now; }
  absl::Time now = absl::FromUnixSeconds(1'800'000'000);
};

const FixedClock kClock;

TokenClaims GoodClaims() {
  TokenClaims claims;
  claims.subject = "eleve-17";
  claims.roles = {"applicant", "something-new"};
  claims.not_before = kClock.Now();
  claims.expires_at = kClock.Now() + absl::Hours(1);
  return claims;
}

class JwtVerifierTest : public testing::Test {
 protected:
  JwtVerifierTest()
      : signer_(TokenSigner::Generate()),
        verifier_("https://issuer.destinationmetier.example", "destinationmetier", &kClock) {
    verifier_.SetKeys(*ParseJwks(signer_.Jwks()));
  }

  // A token with a payload of our own under a correct header.
  std::string SignPayload(const std::string& payload) const {
    return signer_.SignRaw(
        absl::StrCat(R"({"alg":"ES256","typ":"at+jwt","kid":")", signer_.key_id(), R"("})"),
        payload);
  }

  TokenSigner signer_;
  JwtVerifier verifier_;
};

TEST_F(JwtVerifierTest, AGoodTokenSaysWhoCalls) {
  TokenClaims claims = GoodClaims();
  claims.roles = {"host", "ambassador", "something-new"};
  claims.companies = {"90000001900019"};
  claims.ambassador = "0190";
  claims.territory = {"61", "14"};
  claims.scopes = {"offers.write"};
  const auto caller = verifier_.Verify(signer_.Sign(claims));
  ASSERT_TRUE(caller.ok()) << caller.status();
  EXPECT_EQ(caller->subject, "eleve-17");
  EXPECT_EQ(caller->roles, (Roles{Role::kAnonymous, Role::kHost, Role::kAmbassador}));
  EXPECT_EQ(caller->companies, claims.companies);
  EXPECT_EQ(caller->ambassador, "0190");
  EXPECT_EQ(caller->territory, claims.territory);
  EXPECT_EQ(caller->scopes, claims.scopes);
}

TEST_F(JwtVerifierTest, WhatIsWrongWithTheClaimsRefusesTheToken) {
  const struct {
    const char* what;
    void (*spoil)(TokenClaims&);
  } kCases[] = {
      {"another issuer", [](TokenClaims& c) { c.issuer = "https://elsewhere.example"; }},
      {"another audience", [](TokenClaims& c) { c.audience = "somebody-else"; }},
      {"expired",
       [](TokenClaims& c) {
         c.not_before = kClock.Now() - absl::Hours(1);
         c.expires_at = kClock.Now() - absl::Seconds(31);
       }},
      {"an end before its beginning",
       [](TokenClaims& c) {
         c.not_before = kClock.Now() + absl::Seconds(20);
         c.expires_at = kClock.Now() + absl::Seconds(10);
       }},
      {"not yet", [](TokenClaims& c) { c.not_before = kClock.Now() + absl::Seconds(31); }},
      {"no subject", [](TokenClaims& c) { c.subject = ""; }},
      {"a path as subject", [](TokenClaims& c) { c.subject = "a/b"; }},
      {"a long subject", [](TokenClaims& c) { c.subject = std::string(129, 'a'); }},
  };
  for (const auto& c : kCases) {
    TokenClaims claims = GoodClaims();
    c.spoil(claims);
    const auto caller = verifier_.Verify(signer_.Sign(claims));
    EXPECT_EQ(caller.status().code(), absl::StatusCode::kUnauthenticated) << c.what;
    EXPECT_EQ(ErrorReasonOf(caller.status()), "TOKEN_INVALID") << c.what;
  }
}

TEST_F(JwtVerifierTest, ClocksMayDifferByHalfAMinute) {
  TokenClaims claims = GoodClaims();
  claims.not_before = kClock.Now() + absl::Seconds(29);
  EXPECT_TRUE(verifier_.Verify(signer_.Sign(claims)).ok());
  claims = GoodClaims();
  claims.not_before = kClock.Now() - absl::Hours(1);
  claims.expires_at = kClock.Now() - absl::Seconds(29);
  EXPECT_TRUE(verifier_.Verify(signer_.Sign(claims)).ok());
}

TEST_F(JwtVerifierTest, WhatIsWrongWithTheSignatureRefusesTheToken) {
  const std::string token = signer_.Sign(GoodClaims());
  const std::string body = token.substr(token.find('.'));
  const std::string payload = body.substr(1, body.rfind('.') - 1);
  const auto header = [](const std::string& json) { return absl::WebSafeBase64Escape(json); };
  const std::string kid = signer_.key_id();
  const TokenSigner other = TokenSigner::Generate();
  std::string changed = token;
  changed[changed.find('.') + 5] ^= 1;
  const struct {
    const char* what;
    std::string token;
  } kCases[] = {
      {"none", absl::StrCat(header(R"({"alg":"none"})"), ".", payload, ".")},
      {"none with a key",
       absl::StrCat(header(absl::StrCat(R"({"alg":"none","typ":"at+jwt","kid":")", kid, R"("})")),
                    ".", payload, ".")},
      {"another algorithm",
       signer_.SignRaw(absl::StrCat(R"({"alg":"HS256","typ":"at+jwt","kid":")", kid, R"("})"),
                       "{}")},
      {"an unknown key", other.Sign(GoodClaims())},
      {"another's signature under our key's name",
       other.SignRaw(absl::StrCat(R"({"alg":"ES256","typ":"at+jwt","kid":")", kid, R"("})"), "{}")},
      {"a changed payload", changed},
      {"a critical header",
       signer_.SignRaw(
           absl::StrCat(R"({"alg":"ES256","typ":"at+jwt","crit":["x"],"kid":")", kid, R"("})"),
           "{}")},
      {"two parts", "a.b"},
      {"nothing", ""},
      {"no base64", "!.!.!"},
      {"an empty signature", token.substr(0, token.rfind('.') + 1)},
      {"far too long", std::string(9000, 'a')},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(ErrorReasonOf(verifier_.Verify(c.token).status()), "TOKEN_INVALID") << c.what;
  }
}

TEST_F(JwtVerifierTest, WhatAHeaderMustNotSayRefusesTheToken) {
  const std::string payload =
      R"({"iss":"https://issuer.destinationmetier.example","aud":"destinationmetier","sub":"a",)"
      R"("exp":1900000000})";
  const std::string kid = absl::StrCat(R"("kid":")", signer_.key_id(), R"(")");
  const auto verify = [&](const std::string& header) {
    return verifier_.Verify(signer_.SignRaw(header, payload));
  };
  for (const char* type : {"at+jwt", "AT+JWT", "application/at+jwt", "JWT"}) {
    EXPECT_TRUE(verify(absl::StrCat(R"({"alg":"ES256","typ":")", type, "\",", kid, "}")).ok())
        << type;
  }
  for (const char* type : {"", "dpop+jwt", "logout+jwt", "at+jwt ", "id_token"}) {
    EXPECT_FALSE(verify(absl::StrCat(R"({"alg":"ES256","typ":")", type, "\",", kid, "}")).ok())
        << type;
  }
  EXPECT_FALSE(verify(absl::StrCat(R"({"alg":"ES256",)", kid, "}")).ok()) << "no type";
  for (const char* more :
       {R"("jwk":{})", R"("jku":"https://evil.example")", R"("x5u":"x")", R"("x5c":[])",
        R"("crit":["exp"])", R"("b64":false)", R"("zip":"DEF")", R"("alg":"ES256")"}) {
    EXPECT_FALSE(
        verify(absl::StrCat(R"({"alg":"ES256","typ":"at+jwt",)", kid, ",", more, "}")).ok())
        << more;
  }
  for (const char* strange : {"../../etc/passwd", "a' OR '1'='1", "", "\\u0000", "a b"}) {
    EXPECT_FALSE(
        verify(absl::StrCat(R"({"alg":"ES256","typ":"at+jwt","kid":")", strange, "\"}")).ok())
        << strange;
  }
}

TEST_F(JwtVerifierTest, AnIdTokenIsNoAccessToken) {
  const std::string good =
      R"("iss":"https://issuer.destinationmetier.example","aud":"destinationmetier","sub":"a",)"
      R"("exp":1900000000)";
  EXPECT_TRUE(verifier_.Verify(SignPayload(absl::StrCat("{", good, "}"))).ok());
  for (const char* more : {R"("nonce":"n")", R"("at_hash":"h")", R"("c_hash":"h")"}) {
    EXPECT_FALSE(verifier_.Verify(SignPayload(absl::StrCat("{", good, ",", more, "}"))).ok())
        << more;
  }
  // And the other way round, for who signs people in.
  JwtVerifier id_tokens("https://issuer.destinationmetier.example", "destinationmetier", &kClock,
                        JwtVerifier::Kind::kId);
  id_tokens.SetKeys(*ParseJwks(signer_.Jwks()));
  const std::string kid = absl::StrCat(R"("kid":")", signer_.key_id(), R"("})");
  const std::string payload = absl::StrCat("{", good, R"(,"nonce":"n"})");
  for (const char* type : {R"("typ":"JWT",)", ""}) {
    EXPECT_TRUE(
        id_tokens.Verify(signer_.SignRaw(absl::StrCat(R"({"alg":"ES256",)", type, kid), payload))
            .ok());
  }
  EXPECT_FALSE(id_tokens.Verify(signer_.Sign(GoodClaims())).ok());
}

TEST_F(JwtVerifierTest, RolesOfStaffCountWithAnAcrThatIsAskedForAlone) {
  JwtVerifier asking("https://issuer.destinationmetier.example", "destinationmetier", &kClock,
                     JwtVerifier::Kind::kAccess, "mfa https://issuer.example/key");
  asking.SetKeys(*ParseJwks(signer_.Jwks()));
  const Roles everybody = {Role::kAnonymous};
  const Roles clerk = {Role::kAnonymous, Role::kAgency};
  const Roles host = {Role::kAnonymous, Role::kHost};
  const struct {
    const char* what;
    std::vector<std::string> roles;
    std::string acr;
    Roles counted;
    Roles withheld;
  } kCases[] = {
      {"the first", {"agency"}, "mfa", clerk, {}},
      {"the second", {"agency"}, "https://issuer.example/key", clerk, {}},
      {"none", {"agency"}, "", everybody, {Role::kAgency}},
      {"another", {"agency"}, "password", everybody, {Role::kAgency}},
      {"a part of one", {"agency"}, "mf", everybody, {Role::kAgency}},
      {"in capitals", {"agency"}, "MFA", everybody, {Role::kAgency}},
      {"all of them", {"agency"}, "mfa https://issuer.example/key", everybody, {Role::kAgency}},
      {"of an operator", {"operator"}, "password", everybody, {Role::kOperator}},
      {"of both", {"agency", "operator"}, "", everybody, {Role::kAgency, Role::kOperator}},
      {"of a clerk who is a host", {"agency", "host"}, "", host, {Role::kAgency}},
      {"of a host", {"host"}, "", host, {}},
      {"of a host who brings it", {"host"}, "mfa", host, {}},
  };
  for (const auto& c : kCases) {
    TokenClaims claims = GoodClaims();
    claims.roles = c.roles;
    claims.acr = c.acr;
    const auto caller = asking.Verify(signer_.Sign(claims));
    ASSERT_TRUE(caller.ok()) << c.what;
    EXPECT_EQ(caller->roles, c.counted) << c.what;
    EXPECT_EQ(caller->withheld, c.withheld) << c.what;
    EXPECT_EQ(caller->acr_values, c.withheld == Roles() ? "" : "mfa https://issuer.example/key")
        << c.what;
    // Where nothing is asked, nothing is withheld.
    EXPECT_EQ(verifier_.Verify(signer_.Sign(claims))->withheld, Roles()) << c.what;
  }
}

TEST_F(JwtVerifierTest, AnAcrIsAText) {
  const std::string good =
      R"("iss":"https://issuer.destinationmetier.example","aud":"destinationmetier","sub":"a",)"
      R"("exp":1900000000)";
  EXPECT_TRUE(verifier_.Verify(SignPayload(absl::StrCat("{", good, R"(,"acr":"2"})"))).ok());
  for (const char* acr : {"2", "null", "true", R"(["mfa"])", R"({"mfa":true})"}) {
    const auto caller =
        verifier_.Verify(SignPayload(absl::StrCat("{", good, R"(,"acr":)", acr, "}")));
    EXPECT_EQ(ErrorReasonOf(caller.status()), "TOKEN_INVALID") << acr;
  }
}

TEST_F(JwtVerifierTest, ATokenHasOneSpelling) {
  const std::string token = signer_.Sign(GoodClaims());
  ASSERT_TRUE(verifier_.Verify(token).ok());
  // 64 bytes take 86 characters, of which the last has four bits to spare.
  std::string spare_bits = token;
  char& last = spare_bits.back();
  last = last == 'A' ? 'B' : last == 'Q' ? 'R' : last == 'g' ? 'h' : 'x';
  EXPECT_FALSE(verifier_.Verify(spare_bits).ok());
  EXPECT_FALSE(verifier_.Verify(token + "==").ok());
  EXPECT_FALSE(verifier_.Verify(token + "\n").ok());
}

TEST_F(JwtVerifierTest, NamesTwiceAndDeepPayloadsAreRefused) {
  const std::string good =
      R"("iss":"https://issuer.destinationmetier.example","aud":"destinationmetier",)"
      R"("exp":1900000000)";
  EXPECT_FALSE(
      verifier_.Verify(SignPayload(absl::StrCat("{", good, R"(,"sub":"a","sub":"b"})"))).ok());
  EXPECT_FALSE(
      verifier_.Verify(SignPayload(absl::StrCat("{", good, R"(,"sub":"a","x":[[[[[[1]]]]]]})")))
          .ok());
}

TEST_F(JwtVerifierTest, AnUnknownKeyIsAskedForAndMayComeSoon) {
  const std::string token = TokenSigner::Generate().Sign(GoodClaims());
  EXPECT_FALSE(GetErrorDetails(verifier_.Verify(token).status())->retry_after.has_value());
  bool coming = true;
  int asked = 0;
  verifier_.OnUnknownKey([&] {
    ++asked;
    return coming;
  });
  EXPECT_TRUE(GetErrorDetails(verifier_.Verify(token).status())->retry_after.has_value());
  coming = false;
  EXPECT_FALSE(GetErrorDetails(verifier_.Verify(token).status())->retry_after.has_value());
  EXPECT_EQ(asked, 2);
  EXPECT_TRUE(verifier_.Verify(signer_.Sign(GoodClaims())).ok());
  EXPECT_EQ(asked, 2) << "a known key is not asked for";
}

TEST_F(JwtVerifierTest, PayloadsOfAWrongShapeAreRefusedAndNeverCrash) {
  const std::string kGood =
      R"("iss":"https://issuer.destinationmetier.example","aud":"destinationmetier")";
  for (const std::string& payload :
       {std::string("[]"), std::string("1"), std::string("not json"), std::string("{}"),
        absl::StrCat("{", kGood, R"(,"sub":"a"})"),
        absl::StrCat("{", kGood, R"(,"sub":"a","exp":"soon"})"),
        absl::StrCat("{", kGood, R"(,"sub":"a","exp":1e300})"),
        absl::StrCat("{", kGood, R"(,"sub":7,"exp":1900000000})"),
        absl::StrCat("{", kGood, R"(,"sub":"a","exp":1900000000,"nbf":"x"})"),
        absl::StrCat("{", kGood, R"(,"sub":["a","b"],"exp":1900000000})")}) {
    EXPECT_FALSE(verifier_.Verify(SignPayload(payload)).ok()) << payload;
  }
  EXPECT_TRUE(verifier_
                  .Verify(SignPayload(
                      absl::StrCat(R"({"iss":"https://issuer.destinationmetier.example",)",
                                   R"("aud":["x","destinationmetier"],"sub":"a","exp":1900000000,)",
                                   R"("roles":"applicant host"})")))
                  .ok());
}

TEST_F(JwtVerifierTest, KeysCanBeRotated) {
  const TokenSigner next = TokenSigner::Generate();
  EXPECT_FALSE(verifier_.Verify(next.Sign(GoodClaims())).ok());
  KeySet both = *ParseJwks(signer_.Jwks());
  both.merge(*ParseJwks(next.Jwks()));
  verifier_.SetKeys(both);
  EXPECT_TRUE(verifier_.Verify(next.Sign(GoodClaims())).ok());
  EXPECT_TRUE(verifier_.Verify(signer_.Sign(GoodClaims())).ok());
  verifier_.SetKeys(*ParseJwks(next.Jwks()));
  EXPECT_FALSE(verifier_.Verify(signer_.Sign(GoodClaims())).ok());
}

TEST(KnownTokenTest, AKnownTokenIsGoodFromItsBeginningToItsEndOnly) {
  MovingClock clock;
  const absl::Time start = clock.now;
  const TokenSigner signer = TokenSigner::Generate();
  JwtVerifier verifier("https://issuer.destinationmetier.example", "destinationmetier", &clock);
  verifier.SetKeys(*ParseJwks(signer.Jwks()));
  const std::string token = signer.Sign(GoodClaims());
  EXPECT_TRUE(verifier.Verify(token).ok());
  EXPECT_EQ(verifier.Verify(token)->subject, "eleve-17");
  clock.now = start + absl::Hours(1) + absl::Seconds(30);
  EXPECT_EQ(ErrorReasonOf(verifier.Verify(token).status()), "TOKEN_INVALID");
  clock.now = start - absl::Seconds(31);
  EXPECT_EQ(ErrorReasonOf(verifier.Verify(token).status()), "TOKEN_INVALID");
  clock.now = start;
  EXPECT_TRUE(verifier.Verify(token).ok());
}

TEST_F(JwtVerifierTest, AKnownTokenGoesWithItsKey) {
  const std::string token = signer_.Sign(GoodClaims());
  EXPECT_TRUE(verifier_.Verify(token).ok());
  verifier_.SetKeys(*ParseJwks(TokenSigner::Generate().Jwks()));
  EXPECT_FALSE(verifier_.Verify(token).ok());
  verifier_.SetKeys(*ParseJwks(signer_.Jwks()));
  EXPECT_TRUE(verifier_.Verify(token).ok());
}

TEST_F(JwtVerifierTest, ATokenMadeFromAKnownOneIsVerified) {
  const std::string token = signer_.Sign(GoodClaims());
  EXPECT_TRUE(verifier_.Verify(token).ok());
  for (const size_t place : {size_t{3}, token.size() / 2, token.size() - 3}) {
    std::string other = token;
    other[place] = other[place] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(verifier_.Verify(other).ok()) << place;
  }
}

TEST(KnownTokensTest, ForgetsWhatHasNotComeForAWhileAndKeepsWhatComesAgain) {
  KnownTokens tokens(8);
  const auto token = std::make_shared<const KnownToken>();
  tokens.Add("again", token);
  tokens.Add("once", token);
  for (int i = 0; i < 100; ++i) {
    tokens.Add(absl::StrCat(i), token);
    EXPECT_NE(tokens.Find("again"), nullptr) << i;
  }
  EXPECT_EQ(tokens.Find("once"), nullptr);
  int known = 0;
  for (int i = 0; i < 100; ++i) known += tokens.Find(absl::StrCat(i)) != nullptr ? 1 : 0;
  EXPECT_LE(known, 8);
  EXPECT_GE(known, 3);
}

TEST(JwksTest, DocumentsWithoutAUsableKeyAreRefused) {
  for (const char* json : {"", "[]", "{}", R"({"keys":{}})", R"({"keys":[]})", R"({"keys":[7]})",
                           R"({"keys":[{"kty":"EC","crv":"P-256","kid":"a","x":"AA","y":"AA"}]})",
                           R"({"keys":[{"kty":"RSA","kid":"a","n":"AQAB","e":"AQAB"}]})",
                           R"({"keys":[{"kty":"oct","kid":"a","k":"AAAA"}]})"}) {
    EXPECT_FALSE(ParseJwks(json).ok()) << json;
  }
}

TEST(JwksTest, KeysForSomethingElseAreLeftOut) {
  const std::string key = TokenSigner::Generate().Jwks();
  const auto with = [&](const char* from, const char* to) {
    return absl::StrReplaceAll(key, {{from, to}});
  };
  EXPECT_TRUE(ParseJwks(key).ok());
  EXPECT_FALSE(ParseJwks(with(R"("use":"sig")", R"("use":"enc")")).ok());
  EXPECT_FALSE(ParseJwks(with(R"("alg":"ES256")", R"("alg":"ES384")")).ok());
  EXPECT_FALSE(ParseJwks(with(R"("use":"sig")", R"("key_ops":["sign"])")).ok());
  EXPECT_TRUE(ParseJwks(with(R"("use":"sig")", R"("key_ops":["verify"])")).ok());
  EXPECT_FALSE(ParseJwks(with(R"("kid":")", R"("kid":"../)")).ok());
  const std::string one = key.substr(key.find('[') + 1, key.rfind(']') - key.find('[') - 1);
  EXPECT_FALSE(ParseJwks(absl::StrCat(R"({"keys":[)", one, ",", one, "]}")).ok());
}

TEST(TokenSignerTest, AKeySurvivesItsPemFile) {
  const TokenSigner signer = TokenSigner::Generate();
  EXPECT_EQ(TokenSigner::FromPem(signer.PrivateKeyPem()).Jwks(), signer.Jwks());
}

}  // namespace
}  // namespace dm::auth
