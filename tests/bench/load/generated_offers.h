#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dm::bench {

struct Profession {
  std::string code;
  std::vector<std::string> sectors;
  // As ROME writes them: "Boulanger / Boulangère".
  std::vector<std::string> job_titles;
};

struct Commune {
  std::string code;
  std::string name;
  std::string department;
  std::string postal_code;
  int population = 0;
  double latitude = 0;
  double longitude = 0;
};

struct GeneratedCompany {
  std::string siret;
  std::string name;
  std::string description;
  std::string naf_code;
  std::string street;
  // In ascending order.
  std::vector<std::string> sectors;
  const Commune* commune = nullptr;
};

struct GeneratedOffer {
  std::string id;
  std::string title;
  std::string description;
  const Profession* profession = nullptr;
  // Numbers of destinationmetier.type.v1.Audience, and of catalogue.v1's enums.
  std::vector<int> audiences;
  int accessibility = 0;
  int work_mode = 1;
  bool instant_confirmation = false;
  bool published = true;
};

struct GeneratedSession {
  std::string id;
  int days_ahead = 0;
  int capacity = 0;
  int held = 0;
};

// Offers as companies of a region might write them, each from its number alone: professions are as
// unequal as the words of a language (Zipf), communes weigh what they have inhabitants, and every
// title names a job title of ROME. One offer in 25 is not published.
class OfferGenerator {
 public:
  // Neither may be empty.
  OfferGenerator(std::vector<Profession> professions, std::vector<Commune> communes);

  GeneratedOffer Offer(int64_t number) const;
  GeneratedCompany Company(int64_t number) const;
  // One to four, in ascending order.
  std::vector<GeneratedSession> Sessions(int64_t number) const;

  // "01930000-0000-7000-8000-" and the number in twelve hexadecimal digits.
  static std::string OfferId(int64_t number);
  static int64_t CompanyOf(int64_t number) { return number / 5; }
  // How many companies the first offers have.
  static int64_t CompaniesOf(int64_t offers) { return (offers + 4) / 5; }

 private:
  std::vector<Profession> professions_;
  std::vector<Commune> communes_;
  // Of each one and all before it.
  std::vector<double> profession_weights_;
  std::vector<double> commune_weights_;
};

}  // namespace dm::bench
