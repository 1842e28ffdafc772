#pragma once

#include "tests/model/evidence.h"
#include "tests/model/front.h"
#include "tests/model/stage.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace dm::model {

// A run: two replicas of the service on one database, many clients, hosts who change their minds,
// days that pass, and a reader of the feed.
struct Setting {
  uint32_t seed = 1;
  int commands = 5000;
  int clients = 256;
  int people = 300;
  int sessions = 40;

  // What a run with a fault changes: SQL that is executed before it begins, what stands between a
  // replica, or a host, and its database, what stands between clients and replicas.
  std::string sql;
  using WrapDatabase =
      std::function<std::unique_ptr<database::Database>(std::unique_ptr<database::Database>)>;
  WrapDatabase wrap_database;
  WrapDatabase wrap_hosts;
  std::function<std::unique_ptr<Front>(Front*)> wrap_front;
};

Evidence RunModel(const Setting& setting);

}  // namespace dm::model
