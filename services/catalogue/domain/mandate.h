#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace dm::catalogue {

// What somebody answers for.
struct Mandate {
  // An operator acts on everything.
  bool everywhere = false;
  // SIRETs that a host speaks for.
  std::vector<std::string> companies;
  // Départements of an agency.
  std::vector<std::string> departments;

  bool ForCompany(const std::string& siret) const {
    return std::find(companies.begin(), companies.end(), siret) != companies.end();
  }
  bool ForDepartment(const std::string& department) const {
    return std::find(departments.begin(), departments.end(), department) != departments.end();
  }
  // A company, by its SIRET and the département that it lies in.
  bool Covers(const std::string& siret, const std::string& department) const {
    return everywhere || ForCompany(siret) || ForDepartment(department);
  }
};

}  // namespace dm::catalogue
