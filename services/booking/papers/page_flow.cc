#include "services/booking/papers/page_flow.h"

#include "absl/strings/str_cat.h"

#include <cairo-pdf.h>
#include <fontconfig/fontconfig.h>
#include <pango/pangofc-fontmap.h>

#include <algorithm>
#include <array>
#include <utility>

namespace dm::booking {
namespace {

constexpr std::array<const char*, 5> kFontFiles = {
    "LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf", "LiberationSans-Italic.ttf",
    "LiberationSans-BoldItalic.ttf", "LiberationMono-Regular.ttf"};

// A configuration of fonts with these files and no others, made once; null where one is missing.
FcConfig* FontsOfTheHouse() {
  static FcConfig* const fonts = [] {
    FcConfig* config = FcConfigCreate();
    for (const char* file : kFontFiles) {
      const std::string path = absl::StrCat(DM_FONT_FOLDER, "/", file);
      if (FcConfigAppFontAddFile(config, reinterpret_cast<const FcChar8*>(path.c_str())) !=
          FcTrue) {
        FcConfigDestroy(config);
        return static_cast<FcConfig*>(nullptr);
      }
    }
    return config;
  }();
  return fonts;
}

template <typename Object>
std::shared_ptr<Object> Own(Object* object) {
  return std::shared_ptr<Object>(object, [](Object* owned) { g_object_unref(owned); });
}

void SetColor(cairo_t* cairo, Color color, double opacity = 1) {
  const auto part = [color](int shift) {
    return static_cast<double>((color >> shift) & 0xffu) / 255.0;
  };
  if (opacity < 1) {
    cairo_set_source_rgba(cairo, part(16), part(8), part(0), opacity);
  } else {
    cairo_set_source_rgb(cairo, part(16), part(8), part(0));
  }
}

struct FontDeleter {
  void operator()(PangoFontDescription* font) const { pango_font_description_free(font); }
};

std::unique_ptr<PangoFontDescription, FontDeleter> FontOf(const TextStyle& style) {
  std::unique_ptr<PangoFontDescription, FontDeleter> font(pango_font_description_new());
  pango_font_description_set_family_static(
      font.get(), style.fixed_width ? "Liberation Mono" : "Liberation Sans");
  pango_font_description_set_absolute_size(font.get(), style.size * PANGO_SCALE);
  pango_font_description_set_weight(font.get(),
                                    style.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_font_description_set_style(font.get(),
                                   style.italic ? PANGO_STYLE_ITALIC : PANGO_STYLE_NORMAL);
  return font;
}

// Where the pieces of a page stand.
struct Placed {
  const Piece* piece;
  double y;
};
using Page = std::vector<Placed>;

// How many pieces from `first` stay together.
size_t RunLength(const std::vector<Piece>& pieces, size_t first) {
  size_t count = 1;
  while (first + count < pieces.size() && pieces[first + count - 1].keep_with_next) ++count;
  return count;
}

double HeightOfRun(const std::vector<Piece>& pieces, size_t first, size_t count) {
  double height = pieces[first].height;
  for (size_t i = first + 1; i < first + count; ++i) height += pieces[i].gap + pieces[i].height;
  return height;
}

std::vector<Page> BreakIntoPages(const std::vector<Piece>& pieces, const PageFrame& frame) {
  const double end = kPageHeight - frame.bottom;
  std::vector<Page> pages(1);
  double y = frame.top;
  for (size_t i = 0; i < pieces.size();) {
    const size_t count = RunLength(pieces, i);
    const double height = HeightOfRun(pieces, i, count);
    if (!pages.back().empty() && y + pieces[i].gap + height > end) {
      pages.emplace_back();
      y = frame.top;
    }
    for (size_t last = i + count; i < last; ++i) {
      const Piece& piece = pieces[i];
      // A run that is longer than a page is broken all the same.
      if (!pages.back().empty() && y + piece.gap + piece.height > end) {
        pages.emplace_back();
        y = frame.top;
      }
      if (pages.back().empty() && piece.head != nullptr) {
        pages.back().push_back({piece.head.get(), y});
        y += piece.head->height;
      } else if (!pages.back().empty()) {
        y += piece.gap;
      }
      pages.back().push_back({&piece, y});
      y += piece.height;
    }
  }
  return pages;
}

cairo_status_t AppendBytes(void* out, const unsigned char* bytes, unsigned int size) {
  static_cast<std::string*>(out)->append(reinterpret_cast<const char*>(bytes), size);
  return CAIRO_STATUS_SUCCESS;
}

void DrawPage(cairo_t* cairo, const Page& page, double left) {
  const char* open = nullptr;
  int part = 0;
  for (const Placed& placed : page) {
    const Piece& piece = *placed.piece;
    const bool same = open != nullptr && piece.part == part && piece.role == open;
    if (!same) {
      if (open != nullptr) cairo_tag_end(cairo, open);
      cairo_tag_begin(cairo, piece.role, nullptr);
      open = piece.role;
      part = piece.part;
    }
    piece.draw(cairo, left, placed.y);
  }
  if (open != nullptr) cairo_tag_end(cairo, open);
}

void AddOutline(cairo_surface_t* surface, const Page& page, int number, double left) {
  for (const Placed& placed : page) {
    if (placed.piece->outline.empty()) continue;
    const std::string place = absl::StrCat("page=", number, " pos=[", static_cast<int>(left), " ",
                                           static_cast<int>(placed.y), "]");
    cairo_pdf_surface_add_outline(surface, CAIRO_PDF_OUTLINE_ROOT, placed.piece->outline.c_str(),
                                  place.c_str(), static_cast<cairo_pdf_outline_flags_t>(0));
  }
}

void SetFacts(cairo_surface_t* surface, const FileFacts& facts) {
  const std::string time = absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", facts.time, absl::UTCTimeZone());
  const auto set = [surface](cairo_pdf_metadata_t what, const std::string& text) {
    cairo_pdf_surface_set_metadata(surface, what, text.c_str());
  };
  set(CAIRO_PDF_METADATA_TITLE, facts.title);
  set(CAIRO_PDF_METADATA_AUTHOR, facts.author);
  set(CAIRO_PDF_METADATA_SUBJECT, facts.subject);
  set(CAIRO_PDF_METADATA_CREATE_DATE, time);
  set(CAIRO_PDF_METADATA_MOD_DATE, time);
}

}  // namespace

absl::Status CheckFonts() {
  if (FontsOfTheHouse() == nullptr) {
    return absl::FailedPreconditionError(
        absl::StrCat("the Liberation fonts are not in ", DM_FONT_FOLDER));
  }
  return absl::OkStatus();
}

absl::StatusOr<TextShaper> TextShaper::Make() {
  if (const absl::Status fonts = CheckFonts(); !fonts.ok()) return fonts;
  TextShaper shaper;
  shaper.fonts_ = Own(pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT));
  pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(shaper.fonts_.get()), FontsOfTheHouse());
  shaper.context_ = Own(pango_font_map_create_context(shaper.fonts_.get()));
  // As paper needs it: no rounding to the pixels of a screen.
  cairo_font_options_t* options = cairo_font_options_create();
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
  pango_cairo_context_set_font_options(shaper.context_.get(), options);
  cairo_font_options_destroy(options);
  pango_context_set_round_glyph_positions(shaper.context_.get(), FALSE);
  pango_context_set_language(shaper.context_.get(), pango_language_from_string("fr"));
  pango_context_set_base_dir(shaper.context_.get(), PANGO_DIRECTION_LTR);
  return shaper;
}

TextShaper::Layout TextShaper::Wrap(absl::string_view text, const TextStyle& style,
                                    double width) const {
  return WrapWithLabel("", text, style, width);
}

TextShaper::Layout TextShaper::WrapWithLabel(absl::string_view label, absl::string_view text,
                                             const TextStyle& style, double width) const {
  Layout layout = Own(pango_layout_new(context_.get()));
  const std::string whole = absl::StrCat(label, text);
  pango_layout_set_text(layout.get(), whole.data(), static_cast<int>(whole.size()));
  pango_layout_set_font_description(layout.get(), FontOf(style).get());
  pango_layout_set_width(layout.get(), static_cast<int>(width * PANGO_SCALE));
  pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
  pango_layout_set_auto_dir(layout.get(), FALSE);
  PangoAttrList* attributes = pango_attr_list_new();
  pango_attr_list_insert(attributes, pango_attr_line_height_new(style.leading));
  if (!label.empty()) {
    PangoAttribute* bold = pango_attr_weight_new(PANGO_WEIGHT_BOLD);
    bold->start_index = 0;
    bold->end_index = static_cast<guint>(label.size());
    pango_attr_list_insert(attributes, bold);
  }
  pango_layout_set_attributes(layout.get(), attributes);
  pango_attr_list_unref(attributes);
  return layout;
}

double HeightOf(const TextShaper::Layout& layout) {
  int height = 0;
  pango_layout_get_size(layout.get(), nullptr, &height);
  return static_cast<double>(height) / PANGO_SCALE;
}

double WidthOf(const TextShaper::Layout& layout) {
  int width = 0;
  pango_layout_get_size(layout.get(), &width, nullptr);
  return static_cast<double>(width) / PANGO_SCALE;
}

void DrawText(cairo_t* cairo, const TextShaper::Layout& layout, Color color, double x, double y) {
  SetColor(cairo, color);
  cairo_move_to(cairo, x, y);
  pango_cairo_show_layout(cairo, layout.get());
}

void DrawFaintShape(cairo_t* cairo, const TextShaper::Layout& layout, Color color, double x,
                    double y) {
  SetColor(cairo, color, 0.12);
  cairo_move_to(cairo, x, y);
  pango_cairo_layout_path(cairo, layout.get());
  cairo_fill(cairo);
}

void FillBox(cairo_t* cairo, double x, double y, double width, double height, Color color) {
  SetColor(cairo, color);
  cairo_rectangle(cairo, x, y, width, height);
  cairo_fill(cairo);
}

std::vector<Piece> LinesOf(const TextShaper::Layout& layout, Color color, int part) {
  struct IterDeleter {
    void operator()(PangoLayoutIter* iter) const { pango_layout_iter_free(iter); }
  };
  const std::unique_ptr<PangoLayoutIter, IterDeleter> iter(pango_layout_get_iter(layout.get()));
  const int count = pango_layout_get_line_count(layout.get());
  std::vector<Piece> lines;
  for (int i = 0; i < count; ++i) {
    int top = 0;
    int bottom = 0;
    pango_layout_iter_get_line_yrange(iter.get(), &top, &bottom);
    const double baseline =
        static_cast<double>(pango_layout_iter_get_baseline(iter.get()) - top) / PANGO_SCALE;
    Piece line;
    line.height = static_cast<double>(bottom - top) / PANGO_SCALE;
    line.keep_with_next = count > 1 && (i == 0 || i == count - 2);
    line.part = part;
    line.draw = [layout, i, baseline, color](cairo_t* cairo, double x, double y) {
      SetColor(cairo, color);
      cairo_move_to(cairo, x, y + baseline);
      pango_cairo_show_layout_line(cairo, pango_layout_get_line_readonly(layout.get(), i));
    };
    lines.push_back(std::move(line));
    pango_layout_iter_next_line(iter.get());
  }
  return lines;
}

absl::StatusOr<std::string> WritePdf(const std::vector<Piece>& pieces, const PageFrame& frame,
                                     const FileFacts& facts) {
  std::string bytes;
  cairo_surface_t* surface =
      cairo_pdf_surface_create_for_stream(AppendBytes, &bytes, kPageWidth, kPageHeight);
  SetFacts(surface, facts);
  cairo_t* cairo = cairo_create(surface);
  const std::vector<Page> pages = BreakIntoPages(pieces, frame);
  const int count = static_cast<int>(pages.size());
  for (int i = 0; i < count; ++i) {
    const Page& page = pages[static_cast<size_t>(i)];
    frame.draw(cairo, i + 1, count);
    DrawPage(cairo, page, frame.left);
    if (frame.draw_over) frame.draw_over(cairo);
    AddOutline(surface, page, i + 1, frame.left);
    cairo_show_page(cairo);
  }
  const cairo_status_t drawn = cairo_status(cairo);
  cairo_destroy(cairo);
  cairo_surface_finish(surface);
  const cairo_status_t written = cairo_surface_status(surface);
  cairo_surface_destroy(surface);
  if (drawn != CAIRO_STATUS_SUCCESS || written != CAIRO_STATUS_SUCCESS) {
    return absl::InternalError("a paper could not be drawn");
  }
  return bytes;
}

}  // namespace dm::booking
