# shellcheck shell=bash
# Loads deploy/local/seed into the running suite. An import that was done before changes nothing, so
# it is only done again when the files changed or a new week asks for new dates.

# shellcheck source=deploy/local/parts/suite.bash
. "$(dirname "${BASH_SOURCE[0]}")/suite.bash"

seed_folder=$root/deploy/local/seed
seed_stamp=$local_folder/seed-loaded

# What would be loaded now: the files and the week that the dates follow from.
seed_version() {
  (cd "$seed_folder" && find . -type f -print0 | sort -z | xargs -0 sha256sum && date +%G-%V) |
    sha256sum | cut -d ' ' -f 1
}

# import KIND FILE…
import() {
  local log=$log_folder/import.log
  DM_TOKEN=$operator_token "$(binaries)/dm" --address "$(address gateway_grpc)" import "$@" \
    >"$log" 2>&1 9>&- || {
    show_log import
    fail "the import of '$1' failed"
  }
}

load_seed() {
  local version folder=$local_folder/dates operator_token
  version=$(seed_version)
  if [ "$(cat "$seed_stamp" 2>/dev/null)" = "$version" ]; then
    return
  fi
  step "Demonstration data"
  operator_token=$(token operator --subject deploy-local --lifetime 1h)
  /usr/bin/python3 "$seed_folder/sessions" "$folder"
  import rome "$seed_folder"/rome/*
  import communes "$seed_folder/communes.csv"
  import companies "$seed_folder/companies.csv"
  import offers "$seed_folder/offers.csv" "$folder/sessions.csv"
  import ambassadors "$seed_folder/ambassadors.csv" "$folder/meetings.csv"
  import contacts "$seed_folder/contacts.csv"
  echo "$version" >"$seed_stamp"
}
