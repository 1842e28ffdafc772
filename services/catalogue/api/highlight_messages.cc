#include "services/catalogue/api/highlight_messages.h"

namespace dm::catalogue {

namespace pb = destinationmetier::catalogue::v1;

void AddHighlight(const std::string& field, const search::FoldedText& text,
                  const std::vector<search::AskedWord>& words,
                  google::protobuf::RepeatedPtrField<pb::Highlight>* highlights) {
  const std::vector<search::TextRange> ranges = text.Find(words);
  if (ranges.empty()) return;
  pb::Highlight* const highlight = highlights->Add();
  highlight->set_field(field);
  for (const search::TextRange& range : ranges) {
    pb::Highlight::Range* const added = highlight->add_ranges();
    added->set_start(range.start);
    added->set_end(range.end);
  }
}

void AddHighlight(const std::string& field, const std::string& text,
                  const std::vector<search::AskedWord>& words,
                  google::protobuf::RepeatedPtrField<pb::Highlight>* highlights) {
  if (!words.empty()) AddHighlight(field, search::FoldedText(text), words, highlights);
}

}  // namespace dm::catalogue
