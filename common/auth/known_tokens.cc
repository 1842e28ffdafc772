#include "common/auth/known_tokens.h"

#include <openssl/sha.h>

#include <utility>

namespace dm::auth {

std::string KnownTokens::DigestOf(absl::string_view token) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

std::shared_ptr<const KnownToken> KnownTokens::Find(const std::string& digest) {
  absl::MutexLock lock(&mutex_);
  if (const auto young = younger_.find(digest); young != younger_.end()) return young->second;
  const auto old = elder_.find(digest);
  if (old == elder_.end()) return nullptr;
  std::shared_ptr<const KnownToken> token = old->second;
  AddLocked(digest, token);
  return token;
}

void KnownTokens::Add(std::string digest, std::shared_ptr<const KnownToken> token) {
  absl::MutexLock lock(&mutex_);
  AddLocked(std::move(digest), std::move(token));
}

void KnownTokens::AddLocked(std::string digest, std::shared_ptr<const KnownToken> token) {
  if (younger_.size() >= generation_) {
    elder_ = std::move(younger_);
    younger_ = Generation();
  }
  younger_.insert_or_assign(std::move(digest), std::move(token));
}

}  // namespace dm::auth
