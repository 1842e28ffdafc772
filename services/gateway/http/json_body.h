#pragma once

#include "absl/strings/string_view.h"
#include "common/errors/error.h"

#include <google/protobuf/message.h>

namespace dm::gateway {

// Fills `message` from its JSON form, of RFC 8259 to the letter: UTF-8, no name twice, and besides
// no NUL in text and at most 32 levels. Names of fields may be spelled as in the proto or as in
// JSON. What is wrong is added to `violations`, all wrong fields at once, as the proto spells them
// after `place` ("contact.email", "offers[2].title"); `place` is empty for a whole request, which
// "body" stands for.
void ParseJsonBody(absl::string_view text, absl::string_view place,
                   google::protobuf::Message* message, Violations* violations);

}  // namespace dm::gateway
