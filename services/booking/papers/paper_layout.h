#pragma once

#include "absl/strings/string_view.h"
#include "services/booking/papers/page_flow.h"

#include <string>
#include <utility>
#include <vector>

// The look of the house's papers, and the parts that they are made of.
namespace dm::booking {

namespace look {

inline constexpr double kLeft = 48;
inline constexpr double kWidth = kPageWidth - 2 * kLeft;

inline constexpr Color kInk = 0x1B1F24;
inline constexpr Color kMuted = 0x5B6675;
inline constexpr Color kBlue = 0x17375E;
inline constexpr Color kPale = 0xF1F5FA;
inline constexpr Color kLine = 0xC5D0DF;
inline constexpr Color kGreen = 0x1D6B45;
inline constexpr Color kRed = 0x9B2C2C;
inline constexpr Color kAmber = 0x8A5A00;
inline constexpr Color kWhite = 0xFFFFFF;

}  // namespace look

// A title, and lines of label and value.
struct PaperCard {
  std::string title;
  std::vector<std::pair<std::string, std::string>> lines;

  // Nothing where the value is empty. A value may stand without a label.
  void Add(absl::string_view label, absl::string_view value) {
    if (!value.empty()) lines.emplace_back(label, value);
  }
};

struct TableColumn {
  std::string title;
  // Share of the width.
  double share;
};

struct TableCell {
  std::string text;
  TextStyle style = {.size = 8};
};

// Lays parts out one below the other, for WritePdf. For one thread.
class PaperLayout {
 public:
  explicit PaperLayout(TextShaper shaper) : shaper_(std::move(shaper)) {}

  const TextShaper& shaper() const { return shaper_; }
  const std::vector<Piece>& pieces() const { return pieces_; }

  void Heading(const std::string& text);
  void Paragraph(absl::string_view text, bool keep_with_next = false);
  // A label and what somebody wrote; nothing where nothing was.
  void Field(absl::string_view label, absl::string_view text);
  // One beside the other, two in a row.
  void Cards(const std::vector<PaperCard>& cards);
  // A long one goes on over pages, each with its head.
  void Table(const std::vector<TableColumn>& columns,
             const std::vector<std::vector<TableCell>>& rows);
  // Text of any look, `gap` points below what is above it.
  void Lines(const TextShaper::Layout& layout, Color color, double gap, const char* role = "P",
             bool keep_with_next = false);
  // Anything else, as a part of its own.
  void Add(Piece piece);

 private:
  // As a part that is named already.
  void Append(Piece piece);
  Piece DrawnCard(const PaperCard& card, double width);
  Piece TableRow(const std::vector<TableColumn>& columns, const std::vector<TableCell>& cells,
                 Color back, int part);

  const TextShaper shaper_;
  std::vector<Piece> pieces_;
  int part_ = 0;
};

}  // namespace dm::booking
