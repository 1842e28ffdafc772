#include "services/booking/papers/agreement_words.h"

#include "absl/strings/str_cat.h"

namespace dm::booking {

absl::string_view FrameworkInWords(Scheme scheme) {
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

std::string SiretInWords(absl::string_view siret) {
  if (siret.size() != 14) return std::string(siret);
  return absl::StrCat(siret.substr(0, 3), " ", siret.substr(3, 3), " ", siret.substr(6, 3), " ",
                      siret.substr(9));
}

std::string HashInGroups(absl::string_view hash) {
  std::string text;
  for (size_t i = 0; i < hash.size(); i += 8) {
    absl::StrAppend(&text, i == 0 ? "" : " ", hash.substr(i, 8));
  }
  return text;
}

std::string ShortHash(absl::string_view hash) { return absl::StrCat(hash.substr(0, 16), "…"); }

}  // namespace dm::booking
