#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include <cairo.h>
#include <pango/pangocairo.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

// Text on pages, as PDF: pieces one below the other, broken into pages between pieces. What is
// drawn depends on nothing but what is given: the fonts are those of one folder, whatever the
// machine has besides, and times are given, so the same pieces are the same bytes. Lengths are
// points.
namespace dm::booking {

inline constexpr double kPageWidth = 595.276;
inline constexpr double kPageHeight = 841.89;

using Color = uint32_t;

struct TextStyle {
  double size = 9.5;
  bool bold = false;
  bool italic = false;
  // Digits and letters of one width.
  bool fixed_width = false;
  // 0xRRGGBB.
  Color color = 0x1B1F24;
  // Height of a line, of its font's own.
  double leading = 1.12;
};

// What is drawn at a place: its upper left corner.
using Draw = std::function<void(cairo_t*, double x, double y)>;

// Something that stays on one page.
struct Piece {
  double height = 0;
  // Above it, unless it is the first of a page.
  double gap = 0;
  // The next piece is on the same page.
  bool keep_with_next = false;
  // Drawn above it when it is the first of a page: the head of a table.
  std::shared_ptr<const Piece> head;
  // What readers of the file's structure are told that it is: "H1", "H2", "P". Pieces in a row that
  // share a number are one.
  const char* role = "P";
  int part = 0;
  // Entry of the file's outline; empty for none.
  std::string outline;
  Draw draw;
};

// Shapes text with the fonts of the house. For one thread.
class TextShaper {
 public:
  // FAILED_PRECONDITION where the fonts are not installed.
  static absl::StatusOr<TextShaper> Make();

  using Layout = std::shared_ptr<PangoLayout>;
  // Text wrapped to a width; line breaks in it are kept.
  Layout Wrap(absl::string_view text, const TextStyle& style, double width) const;
  // The same with a bold label before it.
  Layout WrapWithLabel(absl::string_view label, absl::string_view text, const TextStyle& style,
                       double width) const;

 private:
  TextShaper() = default;
  std::shared_ptr<PangoFontMap> fonts_;
  std::shared_ptr<PangoContext> context_;
};

double HeightOf(const TextShaper::Layout& layout);
double WidthOf(const TextShaper::Layout& layout);
void DrawText(cairo_t* cairo, const TextShaper::Layout& layout, Color color, double x, double y);
// Its shape only, faint: what is under it can be read, and whoever reads the file's text does not
// meet it there.
void DrawFaintShape(cairo_t* cairo, const TextShaper::Layout& layout, Color color, double x,
                    double y);
void FillBox(cairo_t* cairo, double x, double y, double width, double height, Color color);

// The lines of a text as pieces, so that a page may end between two; the first two and the last two
// stay together.
std::vector<Piece> LinesOf(const TextShaper::Layout& layout, Color color, int part);

// What stands on every page besides its pieces.
struct PageFrame {
  double left = 48;
  double top = 62;
  double bottom = 58;
  // Draws around the pieces of page `page` of `pages`, counted from 1.
  std::function<void(cairo_t*, int page, int pages)> draw;
  // Draws over all of it.
  std::function<void(cairo_t*)> draw_over;
};

struct FileFacts {
  std::string title;
  std::string author;
  std::string subject;
  absl::Time time;
};

// The pieces as the pages of a PDF file. INTERNAL when the library fails.
absl::StatusOr<std::string> WritePdf(const std::vector<Piece>& pieces, const PageFrame& frame,
                                     const FileFacts& facts);

// Whether the fonts are installed: what a service that prints asks when it starts.
absl::Status CheckFonts();

}  // namespace dm::booking
