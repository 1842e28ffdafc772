#pragma once

#include "destinationmetier/catalogue/v1/offer.pb.h"
#include "services/catalogue/search/asked_words.h"
#include "services/catalogue/search/highlight.h"

#include <string>
#include <vector>

namespace dm::catalogue {

// Adds where the words stand in a field's text, if they do.
void AddHighlight(
    const std::string& field, const search::FoldedText& text,
    const std::vector<search::AskedWord>& words,
    google::protobuf::RepeatedPtrField<destinationmetier::catalogue::v1::Highlight>* highlights);
void AddHighlight(
    const std::string& field, const std::string& text, const std::vector<search::AskedWord>& words,
    google::protobuf::RepeatedPtrField<destinationmetier::catalogue::v1::Highlight>* highlights);

}  // namespace dm::catalogue
