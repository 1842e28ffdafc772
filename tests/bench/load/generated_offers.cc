#include "tests/bench/load/generated_offers.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <utility>

namespace dm::bench {
namespace {

// "$m" is the job title, "$v" the commune.
constexpr std::array kTitles = {
    "Découvrir le métier : $m",
    "Mini-stage : $m",
    "Une semaine dans la peau de : $m",
    "$m à $v",
    "$m : trois jours en équipe à $v",
    "Stage d'observation, $m",
    "À la rencontre du métier de $m",
    "Dans les coulisses : $m",
    "$m, côté terrain",
    "Suivre $m au quotidien",
    "Immersion à $v : $m",
    "Premiers pas : $m",
    "Vis ma vie de $m",
    "$m : découverte pendant les vacances",
    "$m (stage de troisième)",
    "$m : gestes, outils, équipe",
    "Journées portes ouvertes et stage : $m",
    "Cinq jours avec notre équipe, $m",
    "Apprendre en faisant : $m",
    "Notre atelier vous accueille : $m",
};
constexpr std::array kDescriptions = {
    "Vous suivez un professionnel pendant tout le séjour et participez à des tâches simples.",
    "Vous découvrez l'équipe, les outils et les règles de sécurité, puis une journée type.",
    "Au programme : accueil, visite des locaux, observation du travail et échange de fin de stage.",
    "Nous prêtons la tenue et les équipements de protection ; prévoyez des chaussures fermées.",
    "Le repas de midi est pris sur place avec l'équipe ; l'entreprise est accessible en bus.",
    "Un tuteur répond à vos questions et vous aide à rédiger votre rapport de stage.",
    "Idéal pour confirmer un projet d'orientation avant un choix de lycée ou de formation.",
    "Vous verrez les étapes d'une commande, de la demande du client à la livraison.",
};
constexpr std::array kTrades = {
    "Menuiserie",   "Boulangerie", "Garage",       "Atelier",     "Ferme",         "Cabinet",
    "Pharmacie",    "Imprimerie",  "Transports",   "Scierie",     "Laiterie",      "Maison",
    "Hôtel",        "Restaurant",  "Clinique",     "Librairie",   "Charpente",     "Électricité",
    "Plomberie",    "Jardins",     "Cidrerie",     "Fromagerie",  "Verrerie",      "Textiles",
    "Mécanique",    "Logistique",  "Studio",       "Laboratoire", "Constructions", "Peinture",
    "Métallerie",   "Haras",       "Conserverie",  "Carrosserie", "Couverture",    "Maçonnerie",
    "Informatique", "Services",    "Distribution", "Coopérative"};
constexpr std::array kNames = {
    "Lemoine",  "Duval",   "Marie",    "Leroy",   "Lefèvre", "Hébert",    "Jeanne",
    "Lebrun",   "Vasseur", "Martin",   "Gautier", "Pottier", "Lecomte",   "Roussel",
    "Fontaine", "Morel",   "Langlois", "Bazin",   "Lecoq",   "Anquetil",  "Delaunay",
    "Guérin",   "Prévost", "Picard",   "Blondel", "Renault", "Levasseur", "Bertrand",
    "Godard",   "Auvray",  "Quesnel",  "Mallet",  "Bouvier", "Tessier",   "Chevalier",
    "Dubois",   "Feray",   "Grandin",  "Huet",    "Lepage",  "Cauchois",  "Viel",
    "Osmont",   "Toutain", "Desmares", "Heuzé",   "Yvetot",  "Carpentier"};
constexpr std::array kForms = {"",          "et Fils",    "SARL", "Frères",    "Normandie",
                               "du Bocage", "de la Baie", "SAS",  "Industrie", "du Perche"};
constexpr std::array kStreets = {"rue de la Gare",    "route de Caen",
                                 "rue du Marché",     "zone artisanale des Landes",
                                 "place de l'Église", "avenue de la Libération"};
constexpr std::array kActivities = {
    "Entreprise familiale qui travaille avec les habitants du pays.",
    "Équipe de vingt personnes, fabrication et pose dans toute la région.",
    "Accueil, conseil et vente aux particuliers comme aux entreprises.",
    "Ateliers modernes, commandes de toute la France.",
    "Au service des soins et de l'aide aux personnes.",
    "Production locale et circuits courts."};
constexpr std::array kNafCodes = {"43.32A", "10.71C", "45.20A", "01.41Z", "86.21Z",
                                  "47.73Z", "49.41A", "62.01Z", "55.10Z", "81.30Z"};

// SplitMix64, begun with what is made and its number: nothing depends on what was made before.
class Random {
 public:
  Random(uint64_t kind, int64_t number) : state_(kind * 0x632be59bd9b4e019 + number) { Next(); }

  uint64_t Next() {
    state_ += 0x9e3779b97f4a7c15;
    uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
  }
  // Below `count`.
  size_t Below(size_t count) { return Next() % count; }
  double Part() { return static_cast<double>(Next() >> 11) * 0x1p-53; }
  bool Happens(double chance) { return Part() < chance; }
  template <typename List>
  const auto& Of(const List& list) {
    return list[Below(list.size())];
  }
  // By weights that are added up.
  size_t OfWeights(const std::vector<double>& sums) {
    const auto found = std::upper_bound(sums.begin(), sums.end(), Part() * sums.back());
    return std::min(static_cast<size_t>(found - sums.begin()), sums.size() - 1);
  }

 private:
  uint64_t state_;
};

enum Kind : uint64_t { kOrder = 1, kOffer, kCompany, kSessions };

}  // namespace

OfferGenerator::OfferGenerator(std::vector<Profession> professions, std::vector<Commune> communes)
    : professions_(std::move(professions)), communes_(std::move(communes)) {
  Random order(kOrder, 0);
  for (size_t i = professions_.size() - 1; i > 0; --i) {
    std::swap(professions_[i], professions_[order.Below(i + 1)]);
  }
  double sum = 0;
  for (size_t rank = 0; rank < professions_.size(); ++rank) {
    profession_weights_.push_back(sum += 1 / (static_cast<double>(rank) + 8));
  }
  sum = 0;
  for (const Commune& commune : communes_) {
    commune_weights_.push_back(sum += commune.population + 50);
  }
}

GeneratedOffer OfferGenerator::Offer(int64_t number) const {
  Random random(kOffer, number);
  GeneratedOffer offer{.id = OfferId(number)};
  offer.profession = &professions_[random.OfWeights(profession_weights_)];
  const absl::string_view job_title = random.Of(offer.profession->job_titles);
  const GeneratedCompany company = Company(CompanyOf(number));
  const absl::string_view form = job_title.substr(
      random.Happens(0.4) && job_title.find(" / ") != job_title.npos ? job_title.find(" / ") + 3
                                                                     : 0);
  offer.title = absl::StrReplaceAll(random.Of(kTitles), {{"$m", form.substr(0, form.find(" / "))},
                                                         {"$v", company.commune->name}});
  offer.description = absl::StrCat(random.Of(kDescriptions), " ", random.Of(kDescriptions), " ",
                                   random.Of(kDescriptions));
  for (int audience = 1; audience <= 7; ++audience) {
    if (random.Happens(0.45)) offer.audiences.push_back(audience);
  }
  if (offer.audiences.empty()) offer.audiences = {3};
  offer.accessibility = static_cast<int>(random.Below(4));
  offer.work_mode = random.Happens(0.93) ? 1 : 2 + static_cast<int>(random.Below(2));
  offer.instant_confirmation = random.Happens(0.3);
  offer.published = !random.Happens(0.04);
  return offer;
}

GeneratedCompany OfferGenerator::Company(int64_t number) const {
  Random random(kCompany, number);
  GeneratedCompany company{.siret = absl::StrFormat("9%08d00019", number)};
  company.commune = &communes_[random.OfWeights(commune_weights_)];
  company.name = absl::StrCat(random.Of(kTrades), " ", random.Of(kNames));
  if (const absl::string_view form = random.Of(kForms); !form.empty()) {
    absl::StrAppend(&company.name, " ", form);
  }
  company.description = absl::StrCat(random.Of(kActivities), " ", random.Of(kActivities));
  company.naf_code = random.Of(kNafCodes);
  company.street = absl::StrCat(1 + random.Below(120), " ", random.Of(kStreets));
  const auto& sectors = professions_[random.OfWeights(profession_weights_)].sectors;
  company.sectors = sectors;
  std::sort(company.sectors.begin(), company.sectors.end());
  return company;
}

std::vector<GeneratedSession> OfferGenerator::Sessions(int64_t number) const {
  Random random(kSessions, number);
  std::set<int> days;
  const size_t count = 1 + random.Below(4);
  while (days.size() < count) days.insert(2 + static_cast<int>(random.Below(120)));
  std::vector<GeneratedSession> sessions;
  for (const int day : days) {
    GeneratedSession session{
        .id = absl::StrFormat("01930000-0000-7000-9000-%012x", number * 4 + sessions.size()),
        .days_ahead = day};
    session.capacity = 1 + static_cast<int>(random.Below(6));
    session.held = static_cast<int>(random.Below(static_cast<size_t>(session.capacity) + 1));
    sessions.push_back(session);
  }
  return sessions;
}

std::string OfferGenerator::OfferId(int64_t number) {
  return absl::StrFormat("01930000-0000-7000-8000-%012x", number);
}

}  // namespace dm::bench
