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
#include "services/booking/papers/agreement_frame.h"
#include "services/booking/papers/agreement_words.h"
#include "services/booking/papers/page_flow.h"
#include "services/booking/papers/paper_layout.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace dm::booking {
namespace {

using look::kBlue;
using look::kGreen;
using look::kInk;
using look::kMuted;
using look::kRed;
using look::kWhite;
using look::kWidth;

class PaperWriter {
 public:
  PaperWriter(TextShaper shaper, const AgreementDocument& document, const Agreement& agreement)
      : document_(document),
        agreement_(agreement),
        kind_(AgreementKindOf(document.scheme)),
        layout_(std::move(shaper)) {}

  absl::StatusOr<std::string> Write() && {
    Title();
    Parties();
    Articles();
    Rules();
    Signatures();
    Visa();
    Reports();
    return WritePdf(layout_.pieces(), AgreementFrame(shaper(), agreement_, kind_),
                    {.title = std::string(kind_.title_fr),
                     .author = "Destination Métier",
                     .subject = absl::StrCat("Convention ", agreement_.id),
                     .time = agreement_.update_time});
  }

 private:
  const TextShaper& shaper() const { return layout_.shaper(); }

  void Title() {
    const TextStyle brand{.size = 10, .bold = true, .color = kBlue};
    const TextStyle small{.size = 8, .color = kMuted};
    const StateMark mark = MarkOf(agreement_.state);
    auto left = shaper().Wrap("DESTINATION MÉTIER", brand, kWidth);
    auto body = shaper().Wrap(kind_.visa_fr, small, kWidth);
    auto badge = shaper().Wrap(mark.text, {.size = 9, .bold = true, .color = kWhite}, kWidth);
    auto reference = shaper().Wrap(AgreementReference(agreement_), small, kWidth);
    Piece top;
    top.height = 26;
    top.draw = [=](cairo_t* cairo, double x, double y) {
      y -= 26;
      DrawText(cairo, left, kBlue, x, y);
      DrawText(cairo, body, kMuted, x, y + 14);
      const double width = WidthOf(badge) + 16;
      FillBox(cairo, x + kWidth - width, y - 2, width, 17, mark.color);
      DrawText(cairo, badge, kWhite, x + kWidth - width + 8, y + 1);
      DrawText(cairo, reference, kMuted, x + kWidth - WidthOf(reference), y + 20);
    };
    layout_.Add(std::move(top));
    layout_.Lines(shaper().Wrap(kind_.title_fr, {.size = 17, .bold = true, .color = kBlue}, kWidth),
                  kBlue, 2, "H1", true);
    layout_.Lines(shaper().Wrap(document_.session_title, {.size = 12, .color = kMuted}, kWidth),
                  kMuted, 3, "P", true);
    layout_.Lines(shaper().Wrap(absl::StrCat(PeriodInWords(), " · ", DepartmentInWords()),
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
    layout_.Heading("Entre les parties");
    const AgreementContent& content = document_.content;
    std::vector<PaperCard> cards;
    PaperCard young{.title = "La personne accueillie"};
    young.Add("Nom", absl::StrCat(content.young.given_name, " ", content.young.family_name));
    young.Add("Date de naissance", FrenchDate(document_.birth_date));
    young.Add("Situation",
              Join({std::string(LevelInWords(document_.level)), content.young.course}));
    young.Add("Adresse", OneLine(content.young.address));
    young.Add("En cas d'urgence",
              Join({content.young.emergency_name, content.young.emergency_phone}));
    cards.push_back(std::move(young));
    if (Signs(AgreementParty::kGuardian)) {
      PaperCard guardian{.title = "Le responsable légal"};
      guardian.Add("Nom", content.guardian.name);
      guardian.Add("Courriel", content.guardian.email);
      guardian.Add("Téléphone", content.guardian.phone);
      cards.push_back(std::move(guardian));
    }
    cards.push_back(HostCard());
    if (Signs(AgreementParty::kSchool)) cards.push_back(SchoolCard());
    PaperCard chamber{.title = "L'organisme qui vise la convention"};
    chamber.Add("", kind_.visa_fr);
    chamber.Add("Territoire", DepartmentInWords());
    cards.push_back(std::move(chamber));
    layout_.Cards(cards);
  }

  PaperCard HostCard() const {
    const AgreementContent& content = document_.content;
    PaperCard host{.title = "L'entreprise d'accueil"};
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

  PaperCard SchoolCard() const {
    const AgreementContent::School& named = document_.content.school;
    PaperCard school{.title = std::string(kind_.school_fr)};
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
    layout_.Heading(absl::StrCat("Article ", ++article_, ". ", title));
  }

  void Articles() {
    const AgreementContent& content = document_.content;
    Article("Objet");
    layout_.Paragraph(absl::StrCat(
        "La présente convention règle l'accueil de la personne désignée ci-dessus dans "
        "l'entreprise d'accueil, pour découvrir le métier suivant : ",
        content.stay.profession_title.empty() ? "(à préciser)" : content.stay.profession_title,
        content.stay.profession.empty()
            ? ""
            : absl::StrCat(" (code ROME ", content.stay.profession, ")"),
        ". ", FrameworkInWords(document_.scheme)));
    Article("Objectifs et activités");
    layout_.Field("Objectifs", content.stay.objectives);
    layout_.Field("Activités", content.stay.activities);
    layout_.Paragraph(
        "La personne accueillie observe, questionne et découvre. Si elle participe à une activité, "
        "c'est en lien avec ces objectifs et sous la surveillance du tuteur.");
    Article("Dates et horaires");
    Schedule();
    Article("Accueil et encadrement");
    layout_.Paragraph(
        "L'entreprise désigne le tuteur nommé ci-dessus, qui accueille la personne, organise son "
        "séjour, veille sur elle et répond à ses questions.");
    layout_.Field("Modalités d'encadrement", content.stay.supervision);
    Article("Santé et sécurité");
    Safety();
    Article("Statut et discipline");
    layout_.Paragraph(
        "La personne accueillie garde son statut. Elle n'est pas salariée de l'entreprise, ne "
        "remplace aucun salarié, ne reçoit aucune rémunération et ne peut concourir au travail de "
        "l'entreprise. Elle respecte le règlement intérieur et les horaires de l'entreprise, ainsi "
        "que la confidentialité de ce qu'elle y apprend.");
    Article("Assurances et accidents");
    Insurance();
    Article("Transport, restauration, hébergement");
    layout_.Field("Transport", content.stay.transport);
    layout_.Field("Restauration", content.stay.meals);
    layout_.Field("Hébergement", content.stay.lodging);
    layout_.Paragraph(
        "À défaut de disposition contraire ci-dessus, les frais de transport, de restauration et "
        "d'hébergement restent à la charge de la personne accueillie ou de ses responsables.");
    Article("Absence, interruption, fin");
    layout_.Paragraph(
        "Toute absence est signalée sans délai aux autres parties. En cas de difficulté, et "
        "notamment de manquement à la discipline ou à la sécurité, chaque partie peut mettre fin "
        "au séjour après en avoir informé les autres. La convention prend fin avec l'annulation "
        "de la réservation. Au terme du séjour, le tuteur et la personne accueillie en rédigent le "
        "bilan, joint à la présente convention.");
    Article("Données personnelles");
    layout_.Paragraph(
        "Les données de la présente convention servent à l'organisation, au contrôle et au suivi "
        "du séjour, et à cela seulement. Elles sont conservées le temps prévu pour ce dispositif. "
        "Les droits d'accès, de rectification et d'effacement s'exercent sur la plateforme.");
  }

  void Schedule() {
    std::vector<std::vector<TableCell>> rows;
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
    layout_.Table({{"Jour", 0.4}, {"Horaires", 0.3}, {"Pause", 0.15}, {"Présence", 0.15}}, rows);
    const size_t days = rows.size();
    layout_.Paragraph(absl::StrCat("Soit ", days, days > 1 ? " jours" : " jour", " et ",
                                   FrenchHour(total), " de présence, pauses déduites."));
  }

  void Safety() {
    if (document_.minor) {
      layout_.Paragraph(
          "La personne accueillie étant mineure, elle n'accède pas aux machines, appareils ou "
          "produits dont l'usage est interdit aux mineurs par les articles D. 4153-15 et suivants "
          "du code du travail. Elle ne manœuvre aucune autre machine ni aucun autre appareil de "
          "production, et n'effectue pas les travaux légers que le même code autorise aux "
          "mineurs.");
    } else {
      layout_.Paragraph(
          "La personne accueillie n'est affectée à aucun travail dangereux et n'utilise aucune "
          "machine ni aucun produit sans l'accord et la présence du tuteur.");
    }
    layout_.Field("Équipements et consignes", document_.content.stay.safety);
  }

  void Insurance() {
    const AgreementContent::Insurance& insurance = document_.content.insurance;
    const auto contract = [](const std::string& insurer, const std::string& policy) {
      return policy.empty() ? insurer : absl::StrCat(insurer, ", contrat n° ", policy);
    };
    layout_.Field("Responsabilité civile de la personne accueillie",
                  contract(insurance.applicant_insurer, insurance.applicant_policy));
    layout_.Field("Responsabilité civile de l'entreprise",
                  contract(insurance.host_insurer, insurance.host_policy));
    layout_.Paragraph(
        "En cas d'accident, l'entreprise prévient sans délai les secours, la personne à contacter "
        "en cas d'urgence et l'organisme qui vise la convention.");
  }

  void Rules() {
    Article("Règles vérifiées");
    if (document_.findings.empty()) {
      layout_.Paragraph("Aucune règle particulière ne s'applique à ce séjour.");
      return;
    }
    layout_.Paragraph(
        absl::StrCat("Le séjour décrit ci-dessus a été vérifié au regard des règles suivantes, "
                     "dans leur version "
                     "applicable le ",
                     FrenchDate(ParisDayOf(document_.submit_time)), "."),
        /*keep_with_next=*/true);
    std::vector<std::vector<TableCell>> rows;
    for (const RuleFinding& finding : document_.findings) {
      rows.push_back({{absl::StrCat(finding.rule, "\nversion ", finding.version), {.size = 7.5}},
                      {finding.sentence_fr},
                      {FoundAndAllowed(finding)},
                      {finding.satisfied ? "respectée" : "NON RESPECTÉE",
                       {.size = 8, .bold = true, .color = finding.satisfied ? kGreen : kRed}},
                      {finding.source, {.size = 7.5, .color = kMuted}}});
    }
    layout_.Table({{"Règle", 0.2},
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
    layout_.Heading("Signatures");
    if (agreement_.document_hash.empty()) {
      layout_.Paragraph("Ce projet n'a pas encore été soumis à la signature des parties.");
      return;
    }
    layout_.Paragraph(
        "Chaque partie signe par voie électronique le texte qui précède, identifié par l'empreinte "
        "SHA-256 ci-dessous, au moyen d'un code à usage unique reçu à son adresse.");
    layout_.Lines(shaper().Wrap(HashInGroups(agreement_.document_hash),
                                {.size = 7.8, .fixed_width = true, .color = kBlue}, kWidth),
                  kBlue, 5, "P", true);
    std::vector<std::vector<TableCell>> rows;
    for (const AgreementParty party : document_.parties) rows.push_back(SignatureRow(party));
    layout_.Table({{"Partie", 0.22},
                   {"Signataire", 0.2},
                   {"Signé le", 0.27},
                   {"Moyen", 0.2},
                   {"Empreinte", 0.11}},
                  rows);
  }

  std::vector<TableCell> SignatureRow(AgreementParty party) const {
    const Signatory* signatory = agreement_.FindSignatory(party);
    const std::string name = signatory == nullptr ? "" : signatory->display_name;
    const TextStyle waiting{.size = 8, .italic = true, .color = kMuted};
    std::vector<TableCell> row = {{std::string(PartyInWords(party, kind_))},
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
    layout_.Heading(absl::StrCat("Visa : ", kind_.visa_fr));
    const auto said = [this](const char* what, const std::optional<ReviewMark>& mark) {
      layout_.Field(what, mark.has_value()
                              ? absl::StrCat(FrenchMoment(mark->time), ", par l'agent ",
                                             absl::StripPrefix(mark->person, "people/"))
                              : "en attente");
    };
    said("Instruction, avis favorable", agreement_.recommended);
    said("Validation, par une seconde personne", agreement_.validated);
    switch (agreement_.state) {
      case AgreementState::kValidated:
        layout_.Lines(shaper().Wrap("Convention validée : le séjour peut avoir lieu.",
                                    {.size = 10, .bold = true, .color = kGreen}, kWidth),
                      kGreen, 6);
        break;
      case AgreementState::kRejected:
        layout_.Field("Convention refusée", agreement_.reason);
        break;
      case AgreementState::kCancelled:
        layout_.Field("Convention annulée",
                      agreement_.reason.empty() ? "la réservation a pris fin" : agreement_.reason);
        break;
      case AgreementState::kExpired:
        layout_.Field("Convention caduque", "elle n'a pas été validée avant le début du séjour");
        break;
      default:
        break;
    }
  }

  void Reports() {
    for (const StayReport& report : agreement_.reports) {
      const bool tutor = report.party == AgreementParty::kTutor;
      layout_.Heading(tutor ? "Bilan de fin de séjour, par le tuteur"
                            : "Bilan de fin de séjour, par la personne accueillie");
      layout_.Field("Rédigé", FrenchMoment(report.time));
      layout_.Field("Activités", report.activities);
      layout_.Field(tutor ? "Appréciation" : "Ce que le séjour m'a appris", report.assessment);
      layout_.Field(tutor ? "Note, et accueillerait à nouveau cette personne"
                          : "Note, et souhaite poursuivre dans ce métier",
                    absl::StrCat(report.rating, " sur 5, ", report.would_go_on ? "oui" : "non"));
    }
  }

  const AgreementDocument& document_;
  const Agreement& agreement_;
  const AgreementKind& kind_;
  PaperLayout layout_;
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
