#pragma once

#include "absl/time/time.h"
#include "common/time/clock.h"
#include "services/booking/domain/agreement.h"
#include "services/booking/domain/agreement_document.h"
#include "services/booking/domain/signing.h"

#include <string>
#include <utility>
#include <vector>

namespace dm::booking {

inline absl::Time ParisTime(int year, int month, int day, int hour, int minute = 0) {
  return absl::FromCivil(absl::CivilSecond(year, month, day, hour, minute), ParisTimeZone());
}

// The agreement of a pupil of fourteen, with everything that one can say.
inline AgreementContent SampleContent() {
  AgreementContent content;
  content.young = {.given_name = "Zoé",
                   .family_name = "Lecœur-Ñandú",
                   .address = "12 rue des Lilas\n61100 Flers",
                   .course = "3e B",
                   .emergency_name = "Paul Lecœur",
                   .emergency_phone = "06 00 00 00 01"};
  content.guardian = {
      .name = "Anne Lecœur", .email = "anne.lecoeur@exemple.fr", .phone = "06 00 00 00 02"};
  content.host = {.legal_name = "Boulangerie du Bocage",
                  .address = "3 place du Marché\n61140 Bagnoles-de-l'Orne",
                  .workplace = "Fournil, 5 rue de l'Église, 61140 Bagnoles-de-l'Orne"};
  content.tutor = {.name = "Marc Dufour",
                   .function = "Chef boulanger",
                   .email = "marc.dufour@exemple.fr",
                   .phone = "02 33 00 00 03"};
  content.school = {.uai = "0610021S",
                    .name = "Collège du Val",
                    .address = "1 rue de l'École, 61100 Flers",
                    .referent_name = "Claire Martin",
                    .referent_email = "claire.martin@exemple.fr"};
  content.stay = {
      .profession = "D1102",
      .profession_title = "Boulanger, boulangère",
      .objectives =
          "Découvrir le métier de boulanger, ses gestes, ses horaires et ses débouchés.\n"
          "Vérifier un projet d'orientation vers un CAP.",
      .activities =
          "Observer la préparation des pâtes, la fermentation, le façonnage et la "
          "cuisson ; accueillir la clientèle avec une vendeuse.",
      .supervision = "Le tuteur accompagne Zoé toute la journée et fait le point chaque soir.",
      .safety = "Tablier, charlotte et chaussures fermées fournis. Ne pas approcher du four.",
      .transport = "Par ses parents, matin et soir.",
      .meals = "Repas de midi offert par l'entreprise.",
      .lodging = "",
      .schedule = {}};
  for (int day = 21; day <= 24; ++day) {
    content.stay.schedule.push_back({absl::CivilDay(2026, 12, day), 9 * 60, 16 * 60 + 30, 60});
  }
  content.insurance = {.applicant_insurer = "Mutuelle des familles",
                       .applicant_policy = "MF-2026-000123",
                       .host_insurer = "Assurances du commerce",
                       .host_policy = "AC 77 0042"};
  return content;
}

inline std::vector<RuleFinding> SampleFindings() {
  return {
      {"mini-stage.minimum-age", 1, true, "14 ans", "14 ans au moins",
       "La personne a au moins 14 ans le premier jour.", "Code de l'éducation, L. 332-3-1"},
      {"mini-stage.hours-per-day", 3, true, "6 h 30", "7 h au plus",
       "Avant 15 ans, une journée compte 7 heures de présence au plus.",
       "Code du travail, D. 4153-3 ; consigne des chambres du 3 mars 2026"},
      {"mini-stage.no-sunday", 2, true, "", "",
       "Aucun jour de présence n'est un dimanche ni un jour férié.", "Code du travail, L. 3132-3"}};
}

inline Agreement SampleAgreement() {
  Agreement agreement;
  agreement.id = "01934f6a-0000-7000-8000-000000000001";
  agreement.booking_id = "01934f6a-0000-7000-8000-000000000002";
  agreement.scheme = Scheme::kMiniStageCci;
  agreement.content = SampleContent();
  agreement.start_time = ParisTime(2026, 12, 21, 9);
  agreement.end_time = ParisTime(2026, 12, 24, 16, 30);
  agreement.create_time = ParisTime(2026, 11, 20, 10);
  agreement.update_time = ParisTime(2026, 11, 24, 14, 5);
  agreement.version = 3;
  return agreement;
}

inline AgreementDocument SampleDocument(const Agreement& agreement) {
  Booking booking;
  booking.id = agreement.booking_id;
  booking.session_title = "Découvrir la boulangerie";
  booking.host = "companies/90000001900019";
  booking.department = "61";
  Applicant applicant;
  applicant.person = "people/eleve-1";
  applicant.birth_date = absl::CivilDay(2012, 3, 1);
  applicant.level = Level::kTroisieme;
  return MakeDocument(agreement, booking, applicant, ParisTime(2026, 11, 22, 11), SampleFindings());
}

// Submitted, and signed by those that `signed_parties` says, one a minute.
inline Agreement SignedAgreement(AgreementState state, size_t signed_parties) {
  Agreement agreement = SampleAgreement();
  const AgreementDocument document = SampleDocument(agreement);
  agreement.document = CanonicalText(document);
  agreement.document_hash = HexHash(agreement.document);
  agreement.signatories = SignatoriesOf(document);
  agreement.state = state;
  for (size_t i = 0; i < signed_parties; ++i) {
    Signatory& signatory = agreement.signatories[i];
    signatory.signature = Signature{.time = ParisTime(2026, 11, 23, 18, static_cast<int>(i)),
                                    .method = signatory.party == AgreementParty::kGuardian ||
                                                      signatory.party == AgreementParty::kSchool
                                                  ? SignatureMethod::kLinkAndCode
                                                  : SignatureMethod::kAccountAndCode,
                                    .document_hash = agreement.document_hash,
                                    .person = ""};
  }
  return agreement;
}

// All signed, visaed and reported on.
inline Agreement FinishedAgreement() {
  Agreement agreement = SignedAgreement(AgreementState::kValidated, 4);
  agreement.recommended = ReviewMark{"people/agent-61-1", ParisTime(2026, 11, 25, 9)};
  agreement.validated = ReviewMark{"people/agent-61-2", ParisTime(2026, 11, 26, 15, 30)};
  agreement.update_time = ParisTime(2026, 12, 28, 10);
  agreement.reports = {{.party = AgreementParty::kTutor,
                        .person = "people/hote-1",
                        .time = ParisTime(2026, 12, 27, 9),
                        .activities = "Préparation des pâtes, façonnage, vente.",
                        .assessment = "Curieuse, ponctuelle, à l'aise avec la clientèle.",
                        .rating = 5,
                        .would_go_on = true},
                       {.party = AgreementParty::kApplicant,
                        .person = "people/eleve-1",
                        .time = ParisTime(2026, 12, 28, 10),
                        .activities = "J'ai vu toutes les étapes du pain.",
                        .assessment = "Se lever tôt est difficile, mais le métier me plaît.",
                        .rating = 4,
                        .would_go_on = true}};
  return agreement;
}

}  // namespace dm::booking
