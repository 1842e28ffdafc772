#include "services/booking/papers/agreement_frame.h"

#include "absl/strings/str_cat.h"
#include "common/time/french_date.h"
#include "services/booking/papers/agreement_words.h"
#include "services/booking/papers/paper_layout.h"

#include <cmath>

namespace dm::booking {
namespace {

using look::kAmber;
using look::kBlue;
using look::kGreen;
using look::kLeft;
using look::kLine;
using look::kMuted;
using look::kRed;
using look::kWidth;

void DrawEdges(const TextShaper& shaper, const Agreement& agreement, const AgreementKind& kind,
               cairo_t* cairo, int page, int pages) {
  const TextStyle style{.size = 7.5, .color = kMuted};
  const auto right = [&](const std::string& text, double y) {
    auto layout = shaper.Wrap(text, style, kWidth);
    DrawText(cairo, layout, kMuted, kLeft + kWidth - WidthOf(layout), y);
  };
  if (page > 1) {
    DrawText(cairo, shaper.Wrap(kind.title_fr, style, kWidth), kMuted, kLeft, 34);
    right(AgreementReference(agreement), 34);
    FillBox(cairo, kLeft, 48, kWidth, 0.6, kLine);
  } else {
    FillBox(cairo, 0, 0, kPageWidth, 7, kBlue);
  }
  const double foot = kPageHeight - 42;
  FillBox(cairo, kLeft, foot, kWidth, 0.6, kLine);
  DrawText(cairo,
           shaper.Wrap(absl::StrCat("Destination Métier, version ", agreement.version, " du ",
                                    FrenchMoment(agreement.update_time),
                                    ". État : ", MarkOf(agreement.state).text),
                       style, kWidth),
           kMuted, kLeft, foot + 5);
  right(absl::StrCat("Page ", page, " / ", pages), foot + 5);
  if (!agreement.document_hash.empty()) {
    DrawText(cairo,
             shaper.Wrap(absl::StrCat("Empreinte du texte : ", ShortHash(agreement.document_hash)),
                         style, kWidth),
             kMuted, kLeft, foot + 15);
  }
}

// The word that nobody may overlook, across the page and over everything.
void DrawAcross(const TextShaper& shaper, const Agreement& agreement, cairo_t* cairo) {
  const StateMark mark = MarkOf(agreement.state);
  if (mark.across.empty()) return;
  const auto layout =
      shaper.Wrap(mark.across, {.size = 110, .bold = true, .color = mark.color}, 2 * kPageWidth);
  cairo_save(cairo);
  cairo_translate(cairo, kPageWidth / 2, kPageHeight / 2);
  cairo_rotate(cairo, -M_PI / 4);
  DrawFaintShape(cairo, layout, mark.color, -WidthOf(layout) / 2, -HeightOf(layout) / 2);
  cairo_restore(cairo);
}

}  // namespace

StateMark MarkOf(AgreementState state) {
  switch (state) {
    case AgreementState::kDraft:
      return {"PROJET", kAmber, "PROJET"};
    case AgreementState::kSigning:
      return {"EN COURS DE SIGNATURE", kBlue, ""};
    case AgreementState::kInReview:
      return {"EN COURS D'INSTRUCTION", kBlue, ""};
    case AgreementState::kValidated:
      return {"VALIDÉE", kGreen, ""};
    case AgreementState::kRejected:
      return {"REFUSÉE", kRed, "REFUSÉE"};
    case AgreementState::kCancelled:
      return {"ANNULÉE", kRed, "ANNULÉE"};
    case AgreementState::kExpired:
      return {"CADUQUE", kRed, "CADUQUE"};
  }
  return {};
}

std::string AgreementReference(const Agreement& agreement) {
  return absl::StrCat("Convention n° ", agreement.id);
}

PageFrame AgreementFrame(const TextShaper& shaper, const Agreement& agreement,
                         const AgreementKind& kind) {
  return {
      .left = kLeft,
      .draw = [&shaper, &agreement, &kind](
                  cairo_t* cairo, int page,
                  int pages) { DrawEdges(shaper, agreement, kind, cairo, page, pages); },
      .draw_over = [&shaper, &agreement](cairo_t* cairo) { DrawAcross(shaper, agreement, cairo); }};
}

}  // namespace dm::booking
