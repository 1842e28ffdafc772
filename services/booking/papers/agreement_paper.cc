#include "services/booking/papers/agreement_paper.h"

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/codes/official_codes.h"
#include "common/time/french_date.h"
#include "services/booking/domain/agreement_parties.h"
#include "services/booking/domain/presence.h"
#include "services/booking/domain/signing.h"
#include "services/booking/papers/page_flow.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace dm::booking {
namespace {

constexpr double kLeft = 48;
constexpr double kWidth = kPageWidth - 2 * kLeft;
constexpr double kGutter = 12;
constexpr double kPadding = 8;
constexpr size_t kRowsTogether = 6;

constexpr Color kInk = 0x1B1F24;
constexpr Color kMuted = 0x5B6675;
constexpr Color kBlue = 0x17375E;
constexpr Color kPale = 0xF1F5FA;
constexpr Color kLine = 0xC5D0DF;
constexpr Color kGreen = 0x1D6B45;
constexpr Color kRed = 0x9B2C2C;
constexpr Color kAmber = 0x8A5A00;
constexpr Color kWhite = 0xFFFFFF;

constexpr TextStyle kBody = {.size = 9.5};
constexpr TextStyle kSmall = {.size = 8};

// How a scheme frames the stay, for the first article.
absl::string_view FrameOf(Scheme scheme) {
  switch (scheme) {
    case Scheme::kMiniStageCci:
    case Scheme::kMiniStageCma:
    case Scheme::kMiniStageAgriculture:
      return "Elle est conclue dans le cadre d'un mini-stage de découverte professionnelle, hors "
             "du temps d'enseignement, sous l'égide de la chambre consulaire qui la vise.";
    case Scheme::kSchoolObservation:
      return "Elle est conclue dans le cadre d'une séquence d'observation en milieu "
             "professionnel, organisée par l'établissement scolaire et placée sous sa "
             "responsabilité pédagogique.";
    case Scheme::kAdultImmersion:
      return "Elle est conclue dans le cadre d'une immersion professionnelle, prescrite et suivie "
             "par l'organisme désigné ci-dessus.";
    case Scheme::kInformationVisit:
      return "Elle est conclue dans le cadre d'une visite d'information en entreprise.";
    case Scheme::kMeeting:
      return "Elle est conclue dans le cadre d'une rencontre avec un professionnel.";
  }
  return "";
}

absl::string_view LevelInWords(Level level) {
  switch (level) {
    case Level::kQuatrieme:
      return "Élève de 4e";
    case Level::kTroisieme:
      return "Élève de 3e";
    case Level::kSeconde:
      return "Élève de 2de";
    case Level::kLycee:
      return "Lycéen ou lycéenne";
    case Level::kStudent:
      return "Étudiant ou étudiante";
    case Level::kApprentice:
      return "En recherche d'apprentissage";
    case Level::kAdult:
      return "Adulte";
  }
  return "";
}

struct StateMark {
  absl::string_view text;
  Color color;
  // Across every page; empty for none.
  absl::string_view across;
};

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

absl::string_view PartyInWords(AgreementParty party, const AgreementKind& kind) {
  switch (party) {
    case AgreementParty::kApplicant:
      return "La personne accueillie";
    case AgreementParty::kGuardian:
      return "Le responsable légal";
    case AgreementParty::kTutor:
      return "L'entreprise d'accueil, par le tuteur";
    case AgreementParty::kSchool:
      return kind.school_fr;
    case AgreementParty::kChamber:
    case AgreementParty::kSystem:
      return "";
  }
  return "";
}

absl::string_view MethodInWords(SignatureMethod method) {
  return method == SignatureMethod::kAccountAndCode
             ? "Compte de la plateforme et code à usage unique"
             : "Lien personnel et code à usage unique";
}

// "90000001900019" as people write it: "900 000 019 00019".
std::string SiretInWords(absl::string_view siret) {
  if (siret.size() != 14) return std::string(siret);
  return absl::StrCat(siret.substr(0, 3), " ", siret.substr(3, 3), " ", siret.substr(6, 3), " ",
                      siret.substr(9));
}

// Groups of eight, so that a hash can be compared by eye and broken into lines.
std::string HashInGroups(absl::string_view hash) {
  std::string text;
  for (size_t i = 0; i < hash.size(); i += 8) {
    absl::StrAppend(&text, i == 0 ? "" : " ", hash.substr(i, 8));
  }
  return text;
}

std::string ShortHash(absl::string_view hash) { return absl::StrCat(hash.substr(0, 16), "…"); }

// One party's card: a title and lines of label and value.
struct Card {
  std::string title;
  std::vector<std::pair<std::string, std::string>> lines;

  void Add(absl::string_view label, absl::string_view value) {
    if (!value.empty()) lines.emplace_back(label, value);
  }
};

struct Column {
  std::string title;
  // Share of the width.
  double share;
};

struct Cell {
  std::string text;
  TextStyle style = kSmall;
};

class PaperWriter {
 public:
  PaperWriter(TextShaper shaper, const AgreementDocument& document, const Agreement& agreement)
      : shaper_(std::move(shaper)),
        document_(document),
        agreement_(agreement),
        kind_(AgreementKindOf(document.scheme)) {}

  absl::StatusOr<std::string> Write() && {
    Title();
    Parties();
    Articles();
    Rules();
    Signatures();
    Visa();
    Reports();
    const PageFrame frame{
        .left = kLeft,
        .draw = [this](cairo_t* cairo, int page, int pages) { DrawFrame(cairo, page, pages); },
        .draw_over = [this](cairo_t* cairo) { DrawAcross(cairo); }};
    return WritePdf(pieces_, frame,
                    {.title = std::string(kind_.title_fr),
                     .author = "Destination Métier",
                     .subject = absl::StrCat("Convention ", agreement_.id),
                     .time = agreement_.update_time});
  }

 private:
  // --- What a page is made of -------------------------------------------------------------------

  void Add(Piece piece) { pieces_.push_back(std::move(piece)); }

  void Lines(const TextShaper::Layout& layout, Color color, double gap, const char* role = "P",
             bool keep_with_next = false) {
    std::vector<Piece> lines = LinesOf(layout, color, ++part_);
    for (size_t i = 0; i < lines.size(); ++i) {
      lines[i].role = role;
      if (i == 0) lines[i].gap = gap;
      if (keep_with_next) lines[i].keep_with_next = true;
      Add(std::move(lines[i]));
    }
  }

  void Heading(const std::string& text) {
    const TextStyle style{.size = 11, .bold = true, .color = kBlue};
    auto layout = shaper_.Wrap(text, style, kWidth);
    Piece piece;
    piece.height = HeightOf(layout) + 5;
    piece.gap = 13;
    piece.keep_with_next = true;
    piece.role = "H2";
    piece.part = ++part_;
    piece.outline = text;
    piece.draw = [layout](cairo_t* cairo, double x, double y) {
      DrawText(cairo, layout, kBlue, x, y);
      FillBox(cairo, x, y + HeightOf(layout) + 1.5, kWidth, 0.6, kLine);
    };
    Add(std::move(piece));
  }

  void Paragraph(absl::string_view text, bool keep_with_next = false) {
    Lines(shaper_.Wrap(text, kBody, kWidth), kInk, 4, "P", keep_with_next);
  }

  // A label and what somebody wrote; nothing where nothing was.
  void Field(absl::string_view label, absl::string_view text) {
    if (text.empty()) return;
    Lines(shaper_.WrapWithLabel(absl::StrCat(label, " : "), absl::StripAsciiWhitespace(text), kBody,
                                kWidth),
          kInk, 4);
  }

  // The cards one beside the other, two in a row.
  void Cards(const std::vector<Card>& cards) {
    for (size_t i = 0; i < cards.size(); i += 2) {
      const double width = i + 1 < cards.size() ? (kWidth - kGutter) / 2 : kWidth;
      Piece piece = DrawnCard(cards[i], width);
      if (i + 1 < cards.size()) piece = Beside(piece, DrawnCard(cards[i + 1], width), width);
      piece.gap = 8;
      piece.part = ++part_;
      Add(std::move(piece));
    }
  }

  Piece DrawnCard(const Card& card, double width) {
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

  static void DrawCardBox(cairo_t* cairo, double x, double y, double width, double height) {
    FillBox(cairo, x, y, width, height, kPale);
    FillBox(cairo, x, y, 2.5, height, kBlue);
  }

  static Piece Beside(const Piece& left, const Piece& right, double width) {
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

  void Table(const std::vector<Column>& columns, const std::vector<std::vector<Cell>>& rows) {
    const int part = ++part_;
    std::vector<Cell> titles;
    titles.reserve(columns.size());
    for (const Column& column : columns) {
      titles.push_back({column.title, {.size = 8, .bold = true, .color = kWhite}});
    }
    auto head = std::make_shared<Piece>(TableRow(columns, titles, kBlue, part));
    Piece first = *head;
    first.gap = 6;
    first.keep_with_next = true;
    Add(std::move(first));
    for (size_t i = 0; i < rows.size(); ++i) {
      Piece row = TableRow(columns, rows[i], i % 2 == 0 ? kWhite : kPale, part);
      row.head = head;
      // A short table stays whole; a long one leaves no row alone.
      row.keep_with_next =
          i + 1 < rows.size() && (rows.size() <= kRowsTogether || i == 0 || i + 2 == rows.size());
      Add(std::move(row));
    }
  }

  Piece TableRow(const std::vector<Column>& columns, const std::vector<Cell>& cells, Color back,
                 int part) {
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

  // --- What stands around them ------------------------------------------------------------------

  void DrawFrame(cairo_t* cairo, int page, int pages) const {
    const TextStyle style{.size = 7.5, .color = kMuted};
    const auto right = [&](const std::string& text, double y) {
      auto layout = shaper_.Wrap(text, style, kWidth);
      DrawText(cairo, layout, kMuted, kLeft + kWidth - WidthOf(layout), y);
    };
    if (page > 1) {
      DrawText(cairo, shaper_.Wrap(kind_.title_fr, style, kWidth), kMuted, kLeft, 34);
      right(Reference(), 34);
      FillBox(cairo, kLeft, 48, kWidth, 0.6, kLine);
    } else {
      FillBox(cairo, 0, 0, kPageWidth, 7, kBlue);
    }
    const double foot = kPageHeight - 42;
    FillBox(cairo, kLeft, foot, kWidth, 0.6, kLine);
    DrawText(cairo,
             shaper_.Wrap(absl::StrCat("Destination Métier, version ", agreement_.version, " du ",
                                       FrenchMoment(agreement_.update_time),
                                       ". État : ", MarkOf(agreement_.state).text),
                          style, kWidth),
             kMuted, kLeft, foot + 5);
    right(absl::StrCat("Page ", page, " / ", pages), foot + 5);
    if (!agreement_.document_hash.empty()) {
      DrawText(
          cairo,
          shaper_.Wrap(absl::StrCat("Empreinte du texte : ", ShortHash(agreement_.document_hash)),
                       style, kWidth),
          kMuted, kLeft, foot + 15);
    }
  }

  // The word that nobody may overlook, across the page and over everything.
  void DrawAcross(cairo_t* cairo) const {
    const StateMark mark = MarkOf(agreement_.state);
    if (mark.across.empty()) return;
    const auto layout =
        shaper_.Wrap(mark.across, {.size = 110, .bold = true, .color = mark.color}, 2 * kPageWidth);
    cairo_save(cairo);
    cairo_translate(cairo, kPageWidth / 2, kPageHeight / 2);
    cairo_rotate(cairo, -M_PI / 4);
    DrawFaintShape(cairo, layout, mark.color, -WidthOf(layout) / 2, -HeightOf(layout) / 2);
    cairo_restore(cairo);
  }

  std::string Reference() const { return absl::StrCat("Convention n° ", agreement_.id); }

  // --- What it says -----------------------------------------------------------------------------

  void Title() {
    const TextStyle brand{.size = 10, .bold = true, .color = kBlue};
    const TextStyle small{.size = 8, .color = kMuted};
    const StateMark mark = MarkOf(agreement_.state);
    auto left = shaper_.Wrap("DESTINATION MÉTIER", brand, kWidth);
    auto body = shaper_.Wrap(kind_.visa_fr, small, kWidth);
    auto badge = shaper_.Wrap(mark.text, {.size = 9, .bold = true, .color = kWhite}, kWidth);
    auto reference = shaper_.Wrap(Reference(), small, kWidth);
    Piece top;
    top.height = 26;
    top.part = ++part_;
    top.draw = [=](cairo_t* cairo, double x, double y) {
      y -= 26;
      DrawText(cairo, left, kBlue, x, y);
      DrawText(cairo, body, kMuted, x, y + 14);
      const double width = WidthOf(badge) + 16;
      FillBox(cairo, x + kWidth - width, y - 2, width, 17, mark.color);
      DrawText(cairo, badge, kWhite, x + kWidth - width + 8, y + 1);
      DrawText(cairo, reference, kMuted, x + kWidth - WidthOf(reference), y + 20);
    };
    Add(std::move(top));
    Lines(shaper_.Wrap(kind_.title_fr, {.size = 17, .bold = true, .color = kBlue}, kWidth), kBlue,
          2, "H1", true);
    Lines(shaper_.Wrap(document_.session_title, {.size = 12, .color = kMuted}, kWidth), kMuted, 3,
          "P", true);
    Lines(shaper_.Wrap(absl::StrCat(PeriodInWords(), " · ", DepartmentInWords()),
                       {.size = 9.5, .bold = true}, kWidth),
          kInk, 5);
  }

  std::string PeriodInWords() const {
    const std::vector<PresenceDay>& days = document_.content.stay.schedule;
    if (days.empty()) return FrenchPeriod(document_.start_time, document_.end_time);
    if (days.size() == 1) return absl::StrCat("Le ", FrenchDay(days.front().day));
    return absl::StrCat("Du ", FrenchDay(days.front().day), " au ", FrenchDay(days.back().day));
  }

  std::string DepartmentInWords() const {
    return absl::StrCat(DepartmentName(document_.department), " (", document_.department, ")");
  }

  void Parties() {
    Heading("Entre les parties");
    const AgreementContent& content = document_.content;
    std::vector<Card> cards;
    Card young{.title = "La personne accueillie"};
    young.Add("Nom", absl::StrCat(content.young.given_name, " ", content.young.family_name));
    young.Add("Date de naissance", FrenchDate(document_.birth_date));
    young.Add("Situation",
              Join({std::string(LevelInWords(document_.level)), content.young.course}));
    young.Add("Adresse", OneLine(content.young.address));
    young.Add("En cas d'urgence",
              Join({content.young.emergency_name, content.young.emergency_phone}));
    cards.push_back(std::move(young));
    if (Signs(AgreementParty::kGuardian)) {
      Card guardian{.title = "Le responsable légal"};
      guardian.Add("Nom", content.guardian.name);
      guardian.Add("Courriel", content.guardian.email);
      guardian.Add("Téléphone", content.guardian.phone);
      cards.push_back(std::move(guardian));
    }
    cards.push_back(HostCard());
    if (Signs(AgreementParty::kSchool)) cards.push_back(SchoolCard());
    Card chamber{.title = "L'organisme qui vise la convention"};
    chamber.Add("", kind_.visa_fr);
    chamber.Add("Territoire", DepartmentInWords());
    cards.push_back(std::move(chamber));
    Cards(cards);
  }

  Card HostCard() const {
    const AgreementContent& content = document_.content;
    Card host{.title = "L'entreprise d'accueil"};
    host.Add("Raison sociale", content.host.legal_name);
    if (absl::string_view siret = document_.host; absl::ConsumePrefix(&siret, "companies/")) {
      host.Add("SIRET", SiretInWords(siret));
    }
    host.Add("Adresse", OneLine(content.host.address));
    host.Add("Lieu du séjour", OneLine(content.host.workplace));
    host.Add("Tuteur ou tutrice", Join({content.tutor.name, content.tutor.function}));
    host.Add("Courriel", content.tutor.email);
    host.Add("Téléphone", content.tutor.phone);
    return host;
  }

  Card SchoolCard() const {
    const AgreementContent::School& named = document_.content.school;
    Card school{.title = std::string(kind_.school_fr)};
    school.Add("Nom", named.name);
    school.Add("UAI", named.uai);
    school.Add("Adresse", OneLine(named.address));
    school.Add("Référent ou référente", named.referent_name);
    school.Add("Courriel", named.referent_email);
    return school;
  }

  bool Signs(AgreementParty party) const { return absl::c_linear_search(document_.parties, party); }

  // What is there, with commas between.
  static std::string Join(std::vector<std::string> parts) {
    parts.erase(std::remove(parts.begin(), parts.end(), ""), parts.end());
    return absl::StrJoin(parts, ", ");
  }

  static std::string OneLine(const std::string& text) {
    std::vector<std::string> lines;
    for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipWhitespace())) {
      lines.emplace_back(absl::StripAsciiWhitespace(line));
    }
    return absl::StrJoin(lines, ", ");
  }

  void Article(absl::string_view title) {
    Heading(absl::StrCat("Article ", ++article_, ". ", title));
  }

  void Articles() {
    const AgreementContent& content = document_.content;
    Article("Objet");
    Paragraph(absl::StrCat(
        "La présente convention règle l'accueil de la personne désignée ci-dessus dans "
        "l'entreprise d'accueil, pour découvrir le métier suivant : ",
        content.stay.profession_title.empty() ? "(à préciser)" : content.stay.profession_title,
        content.stay.profession.empty()
            ? ""
            : absl::StrCat(" (code ROME ", content.stay.profession, ")"),
        ". ", FrameOf(document_.scheme)));
    Article("Objectifs et activités");
    Field("Objectifs", content.stay.objectives);
    Field("Activités", content.stay.activities);
    Paragraph(
        "La personne accueillie observe, questionne et découvre. Si elle participe à une activité, "
        "c'est en lien avec ces objectifs et sous la surveillance du tuteur.");
    Article("Dates et horaires");
    Schedule();
    Article("Accueil et encadrement");
    Paragraph(
        "L'entreprise désigne le tuteur nommé ci-dessus, qui accueille la personne, organise son "
        "séjour, veille sur elle et répond à ses questions.");
    Field("Modalités d'encadrement", content.stay.supervision);
    Article("Santé et sécurité");
    Safety();
    Article("Statut et discipline");
    Paragraph(
        "La personne accueillie garde son statut. Elle n'est pas salariée de l'entreprise, ne "
        "remplace aucun salarié, ne reçoit aucune rémunération et ne peut concourir au travail de "
        "l'entreprise. Elle respecte le règlement intérieur et les horaires de l'entreprise, ainsi "
        "que la confidentialité de ce qu'elle y apprend.");
    Article("Assurances et accidents");
    Insurance();
    Article("Transport, restauration, hébergement");
    Field("Transport", content.stay.transport);
    Field("Restauration", content.stay.meals);
    Field("Hébergement", content.stay.lodging);
    Paragraph(
        "À défaut de disposition contraire ci-dessus, les frais de transport, de restauration et "
        "d'hébergement restent à la charge de la personne accueillie ou de ses responsables.");
    Article("Absence, interruption, fin");
    Paragraph(
        "Toute absence est signalée sans délai aux autres parties. En cas de difficulté, et "
        "notamment de manquement à la discipline ou à la sécurité, chaque partie peut mettre fin "
        "au séjour après en avoir informé les autres. La convention prend fin avec l'annulation "
        "de la réservation. Au terme du séjour, le tuteur et la personne accueillie en rédigent le "
        "bilan, joint à la présente convention.");
    Article("Données personnelles");
    Paragraph(
        "Les données de la présente convention servent à l'organisation, au contrôle et au suivi "
        "du séjour, et à cela seulement. Elles sont conservées le temps prévu pour ce dispositif. "
        "Les droits d'accès, de rectification et d'effacement s'exercent sur la plateforme.");
  }

  void Schedule() {
    std::vector<std::vector<Cell>> rows;
    int total = 0;
    for (const PresenceDay& day : document_.content.stay.schedule) {
      const int worked = WorkedMinutes(day);
      total += worked;
      rows.push_back(
          {{FrenchDay(day.day)},
           {absl::StrCat("de ", FrenchHour(day.start_minute), " à ", FrenchHour(day.end_minute))},
           {day.break_minutes == 0 ? "aucune" : absl::StrCat(day.break_minutes, " min")},
           {FrenchHour(worked)}});
    }
    Table({{"Jour", 0.4}, {"Horaires", 0.3}, {"Pause", 0.15}, {"Présence", 0.15}}, rows);
    const size_t days = rows.size();
    Paragraph(absl::StrCat("Soit ", days, days > 1 ? " jours" : " jour", " et ", FrenchHour(total),
                           " de présence, pauses déduites."));
  }

  void Safety() {
    if (document_.minor) {
      Paragraph(
          "La personne accueillie étant mineure, elle n'accède pas aux machines, appareils ou "
          "produits dont l'usage est interdit aux mineurs par les articles D. 4153-15 et suivants "
          "du code du travail. Elle ne manœuvre aucune autre machine ni aucun autre appareil de "
          "production, et n'effectue pas les travaux légers que le même code autorise aux "
          "mineurs.");
    } else {
      Paragraph(
          "La personne accueillie n'est affectée à aucun travail dangereux et n'utilise aucune "
          "machine ni aucun produit sans l'accord et la présence du tuteur.");
    }
    Field("Équipements et consignes", document_.content.stay.safety);
  }

  void Insurance() {
    const AgreementContent::Insurance& insurance = document_.content.insurance;
    const auto contract = [](const std::string& insurer, const std::string& policy) {
      return policy.empty() ? insurer : absl::StrCat(insurer, ", contrat n° ", policy);
    };
    Field("Responsabilité civile de la personne accueillie",
          contract(insurance.applicant_insurer, insurance.applicant_policy));
    Field("Responsabilité civile de l'entreprise",
          contract(insurance.host_insurer, insurance.host_policy));
    Paragraph(
        "En cas d'accident, l'entreprise prévient sans délai les secours, la personne à contacter "
        "en cas d'urgence et l'organisme qui vise la convention.");
  }

  void Rules() {
    Article("Règles vérifiées");
    if (document_.findings.empty()) {
      Paragraph("Aucune règle particulière ne s'applique à ce séjour.");
      return;
    }
    Paragraph(
        absl::StrCat("Le séjour décrit ci-dessus a été vérifié au regard des règles suivantes, "
                     "dans leur version "
                     "applicable le ",
                     FrenchDate(ParisDayOf(document_.submit_time)), "."),
        /*keep_with_next=*/true);
    std::vector<std::vector<Cell>> rows;
    for (const RuleFinding& finding : document_.findings) {
      rows.push_back({{absl::StrCat(finding.rule, "\nversion ", finding.version), {.size = 7.5}},
                      {finding.sentence_fr},
                      {FoundAndAllowed(finding)},
                      {finding.satisfied ? "respectée" : "NON RESPECTÉE",
                       {.size = 8, .bold = true, .color = finding.satisfied ? kGreen : kRed}},
                      {finding.source, {.size = 7.5, .color = kMuted}}});
    }
    Table({{"Règle", 0.2},
           {"Ce qu'elle dit", 0.29},
           {"Valeurs", 0.19},
           {"Constat", 0.13},
           {"Source", 0.19}},
          rows);
  }

  static std::string FoundAndAllowed(const RuleFinding& finding) {
    std::vector<std::string> lines;
    if (!finding.value.empty()) lines.push_back(absl::StrCat("constaté : ", finding.value));
    if (!finding.limit.empty()) lines.push_back(absl::StrCat("permis : ", finding.limit));
    return absl::StrJoin(lines, "\n");
  }

  void Signatures() {
    Heading("Signatures");
    if (agreement_.document_hash.empty()) {
      Paragraph("Ce projet n'a pas encore été soumis à la signature des parties.");
      return;
    }
    Paragraph(
        "Chaque partie signe par voie électronique le texte qui précède, identifié par l'empreinte "
        "SHA-256 ci-dessous, au moyen d'un code à usage unique reçu à son adresse.");
    Lines(shaper_.Wrap(HashInGroups(agreement_.document_hash),
                       {.size = 7.8, .fixed_width = true, .color = kBlue}, kWidth),
          kBlue, 5, "P", true);
    std::vector<std::vector<Cell>> rows;
    for (const AgreementParty party : document_.parties) rows.push_back(SignatureRow(party));
    Table({{"Partie", 0.22},
           {"Signataire", 0.2},
           {"Signé le", 0.27},
           {"Moyen", 0.2},
           {"Empreinte", 0.11}},
          rows);
  }

  std::vector<Cell> SignatureRow(AgreementParty party) const {
    const Signatory* signatory = agreement_.FindSignatory(party);
    const std::string name = signatory == nullptr ? "" : signatory->display_name;
    const TextStyle waiting{.size = 8, .italic = true, .color = kMuted};
    std::vector<Cell> row = {{std::string(PartyInWords(party, kind_))},
                             {name, {.size = 8, .bold = true}}};
    if (signatory == nullptr || !signatory->signature.has_value()) {
      row.insert(row.end(), {{"en attente", waiting}, {"", waiting}, {"", waiting}});
      return row;
    }
    const Signature& signature = *signatory->signature;
    row.push_back({SecondInWords(signature.time), {.size = 8, .color = kGreen}});
    row.push_back({std::string(MethodInWords(signature.method))});
    row.push_back({absl::StrCat(signature.document_hash.substr(0, 8), "\n",
                                signature.document_hash.substr(8, 8), "…"),
                   {.size = 7, .fixed_width = true}});
    return row;
  }

  // To the second: "lundi 7 décembre 2026 à 9 h 05 (UTC 2026-12-07 08:05:12)".
  static std::string SecondInWords(absl::Time time) {
    return absl::StrCat(FrenchMoment(time), "\n",
                        absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", time, absl::UTCTimeZone()));
  }

  void Visa() {
    Heading(absl::StrCat("Visa : ", kind_.visa_fr));
    const auto said = [this](const char* what, const std::optional<ReviewMark>& mark) {
      Field(what, mark.has_value() ? absl::StrCat(FrenchMoment(mark->time), ", par l'agent ",
                                                  absl::StripPrefix(mark->person, "people/"))
                                   : "en attente");
    };
    said("Instruction, avis favorable", agreement_.recommended);
    said("Validation, par une seconde personne", agreement_.validated);
    switch (agreement_.state) {
      case AgreementState::kValidated:
        Lines(shaper_.Wrap("Convention validée : le séjour peut avoir lieu.",
                           {.size = 10, .bold = true, .color = kGreen}, kWidth),
              kGreen, 6);
        break;
      case AgreementState::kRejected:
        Field("Convention refusée", agreement_.reason);
        break;
      case AgreementState::kCancelled:
        Field("Convention annulée",
              agreement_.reason.empty() ? "la réservation a pris fin" : agreement_.reason);
        break;
      case AgreementState::kExpired:
        Field("Convention caduque", "elle n'a pas été validée avant le début du séjour");
        break;
      default:
        break;
    }
  }

  void Reports() {
    for (const StayReport& report : agreement_.reports) {
      const bool tutor = report.party == AgreementParty::kTutor;
      Heading(tutor ? "Bilan de fin de séjour, par le tuteur"
                    : "Bilan de fin de séjour, par la personne accueillie");
      Field("Rédigé", FrenchMoment(report.time));
      Field("Activités", report.activities);
      Field(tutor ? "Appréciation" : "Ce que le séjour m'a appris", report.assessment);
      Field(tutor ? "Note, et accueillerait à nouveau cette personne"
                  : "Note, et souhaite poursuivre dans ce métier",
            absl::StrCat(report.rating, " sur 5, ", report.would_go_on ? "oui" : "non"));
    }
  }

  const TextShaper shaper_;
  const AgreementDocument& document_;
  const Agreement& agreement_;
  const AgreementKind& kind_;
  std::vector<Piece> pieces_;
  int part_ = 0;
  int article_ = 0;
};

}  // namespace

absl::StatusOr<std::string> RenderAgreement(const AgreementDocument& document,
                                            const Agreement& agreement) {
  auto shaper = TextShaper::Make();
  if (!shaper.ok()) return shaper.status();
  return PaperWriter(*std::move(shaper), document, agreement).Write();
}

}  // namespace dm::booking
