#include "services/booking/papers/paper_layout.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace dm::booking {
namespace {

using look::kBlue;
using look::kInk;
using look::kLine;
using look::kPale;
using look::kWhite;
using look::kWidth;

constexpr double kGutter = 12;
constexpr double kPadding = 8;
// A table of so few rows is not broken.
constexpr size_t kRowsTogether = 6;

constexpr TextStyle kBody = {.size = 9.5};

void DrawCardBox(cairo_t* cairo, double x, double y, double width, double height) {
  FillBox(cairo, x, y, width, height, kPale);
  FillBox(cairo, x, y, 2.5, height, kBlue);
}

Piece Beside(const Piece& left, const Piece& right, double width) {
  Piece row;
  row.height = std::max(left.height, right.height);
  row.draw = [left, right, width, height = row.height](cairo_t* cairo, double x, double y) {
    // Both boxes are as high as the higher.
    DrawCardBox(cairo, x, y, width, height);
    DrawCardBox(cairo, x + width + kGutter, y, width, height);
    left.draw(cairo, x, y);
    right.draw(cairo, x + width + kGutter, y);
  };
  return row;
}

}  // namespace

void PaperLayout::Add(Piece piece) {
  piece.part = ++part_;
  Append(std::move(piece));
}

void PaperLayout::Append(Piece piece) { pieces_.push_back(std::move(piece)); }

void PaperLayout::Lines(const TextShaper::Layout& layout, Color color, double gap, const char* role,
                        bool keep_with_next) {
  std::vector<Piece> lines = LinesOf(layout, color, ++part_);
  for (size_t i = 0; i < lines.size(); ++i) {
    lines[i].role = role;
    if (i == 0) lines[i].gap = gap;
    if (keep_with_next) lines[i].keep_with_next = true;
    Append(std::move(lines[i]));
  }
}

void PaperLayout::Heading(const std::string& text) {
  const TextStyle style{.size = 11, .bold = true, .color = kBlue};
  auto layout = shaper_.Wrap(text, style, kWidth);
  Piece piece;
  piece.height = HeightOf(layout) + 5;
  piece.gap = 13;
  piece.keep_with_next = true;
  piece.role = "H2";
  piece.outline = text;
  piece.draw = [layout](cairo_t* cairo, double x, double y) {
    DrawText(cairo, layout, kBlue, x, y);
    FillBox(cairo, x, y + HeightOf(layout) + 1.5, kWidth, 0.6, kLine);
  };
  Add(std::move(piece));
}

void PaperLayout::Paragraph(absl::string_view text, bool keep_with_next) {
  Lines(shaper_.Wrap(text, kBody, kWidth), kInk, 4, "P", keep_with_next);
}

void PaperLayout::Field(absl::string_view label, absl::string_view text) {
  if (text.empty()) return;
  Lines(shaper_.WrapWithLabel(absl::StrCat(label, " : "), absl::StripAsciiWhitespace(text), kBody,
                              kWidth),
        kInk, 4);
}

void PaperLayout::Cards(const std::vector<PaperCard>& cards) {
  for (size_t i = 0; i < cards.size(); i += 2) {
    const double width = i + 1 < cards.size() ? (kWidth - kGutter) / 2 : kWidth;
    Piece piece = DrawnCard(cards[i], width);
    if (i + 1 < cards.size()) piece = Beside(piece, DrawnCard(cards[i + 1], width), width);
    piece.gap = 8;
    Add(std::move(piece));
  }
}

Piece PaperLayout::DrawnCard(const PaperCard& card, double width) {
  const TextStyle title_style{.size = 9, .bold = true, .color = kBlue};
  const double inner = width - 2 * kPadding;
  auto title = shaper_.Wrap(card.title, title_style, inner);
  std::vector<TextShaper::Layout> lines;
  double height = kPadding + HeightOf(title) + 2;
  for (const auto& [label, value] : card.lines) {
    const TextStyle style{.size = 8.5};
    lines.push_back(label.empty()
                        ? shaper_.Wrap(value, style, inner)
                        : shaper_.WrapWithLabel(absl::StrCat(label, " : "), value, style, inner));
    height += HeightOf(lines.back()) + 1.5;
  }
  height += kPadding;
  Piece piece;
  piece.height = height;
  piece.draw = [title, lines, width, height](cairo_t* cairo, double x, double y) {
    DrawCardBox(cairo, x, y, width, height);
    double at = y + kPadding;
    DrawText(cairo, title, kBlue, x + kPadding, at);
    at += HeightOf(title) + 2;
    for (const auto& line : lines) {
      DrawText(cairo, line, kInk, x + kPadding, at);
      at += HeightOf(line) + 1.5;
    }
  };
  return piece;
}

void PaperLayout::Table(const std::vector<TableColumn>& columns,
                        const std::vector<std::vector<TableCell>>& rows) {
  const int part = ++part_;
  std::vector<TableCell> titles;
  titles.reserve(columns.size());
  for (const TableColumn& column : columns) {
    titles.push_back({column.title, {.size = 8, .bold = true, .color = kWhite}});
  }
  auto head = std::make_shared<Piece>(TableRow(columns, titles, kBlue, part));
  Piece first = *head;
  first.gap = 6;
  first.keep_with_next = true;
  Append(std::move(first));
  for (size_t i = 0; i < rows.size(); ++i) {
    Piece row = TableRow(columns, rows[i], i % 2 == 0 ? kWhite : kPale, part);
    row.head = head;
    // A short table stays whole; a long one leaves no row alone.
    row.keep_with_next =
        i + 1 < rows.size() && (rows.size() <= kRowsTogether || i == 0 || i + 2 == rows.size());
    Append(std::move(row));
  }
}

Piece PaperLayout::TableRow(const std::vector<TableColumn>& columns,
                            const std::vector<TableCell>& cells, Color back, int part) {
  constexpr double kCellPadding = 4;
  struct Placed {
    TextShaper::Layout layout;
    Color color;
    double x;
  };
  std::vector<Placed> placed;
  double x = 0;
  double height = 0;
  for (size_t i = 0; i < columns.size(); ++i) {
    const double width = columns[i].share * kWidth;
    auto layout = shaper_.Wrap(cells[i].text, cells[i].style, width - 2 * kCellPadding);
    height = std::max(height, HeightOf(layout));
    placed.push_back({std::move(layout), cells[i].style.color, x + kCellPadding});
    x += width;
  }
  Piece piece;
  piece.height = height + 2 * kCellPadding - 1;
  piece.part = part;
  piece.draw = [placed, back, height = piece.height](cairo_t* cairo, double left, double y) {
    FillBox(cairo, left, y, kWidth, height, back);
    FillBox(cairo, left, y + height - 0.5, kWidth, 0.5, kLine);
    for (const Placed& cell : placed) {
      DrawText(cairo, cell.layout, cell.color, left + cell.x, y + kCellPadding - 0.5);
    }
  };
  return piece;
}
}  // namespace dm::booking
