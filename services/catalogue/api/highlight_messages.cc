#include "services/catalogue/api/highlight_messages.h"

#include "services/catalogue/search/highlight.h"

namespace dm::catalogue {

namespace pb = destinationmetier::catalogue::v1;

void AddHighlight(const std::string& field, const std::string& text,
                  const std::vector<search::AskedWord>& words,
                  google::protobuf::RepeatedPtrField<pb::Highlight>* highlights) {
  const std::vector<search::TextRange> ranges = search::FindAskedWords(text, words);
  if (ranges.empty()) return;
  pb::Highlight* const highlight = highlights->Add();
  highlight->set_field(field);
  for (const search::TextRange& range : ranges) {
    pb::Highlight::Range* const added = highlight->add_ranges();
    added->set_start(range.start);
    added->set_end(range.end);
  }
}

}  // namespace dm::catalogue
