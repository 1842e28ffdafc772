# shellcheck shell=bash
# Loads deploy/local/seed into the running suite. The lists are loaded again only when their files
# changed: the ROME of the seed is short, and would make obsolete what somebody imported in the
# meantime. A new week asks for new dates alone.

# shellcheck source=deploy/local/parts/suite.bash
. "$(dirname "${BASH_SOURCE[0]}")/suite.bash"

seed_folder=$root/deploy/local/seed
lists=(rome communes.csv companies.csv contacts.csv school_calendar.csv)
dates=(offers.csv ambassadors.csv school_calendar.csv sessions applicants)
# What was loaded last, as load_when_new notes it.
seed_stamps=$local_folder/seed

# fingerprint PATH…: of what is in the seed's files of these names.
fingerprint() {
  (cd "$seed_folder" && find "$@" -type f -print0 | sort -z | xargs -0 sha256sum) |
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

load_lists() {
  import rome "$seed_folder"/rome/*
  import communes "$seed_folder/communes.csv"
  import companies "$seed_folder/companies.csv"
  import contacts "$seed_folder/contacts.csv"
  import calendar "$seed_folder/school_calendar.csv"
}

load_dates() {
  local folder=$local_folder/dates
  /usr/bin/python3 "$seed_folder/sessions" "$folder"
  import offers "$seed_folder/offers.csv" "$folder/sessions.csv"
  import ambassadors "$seed_folder/ambassadors.csv" "$folder/meetings.csv"
  /usr/bin/python3 "$seed_folder/applicants" "$folder"
  import applicants "$folder/applicants.csv"
}

# load_when_new NAME VERSION: calls load_NAME unless that version is what it loaded last.
load_when_new() {
  local stamp=$seed_stamps/$1
  [ "$(cat "$stamp" 2>/dev/null)" != "$2" ] || return 0
  step "Demonstration data: $1"
  operator_token=$(token operator --subject deploy-local --lifetime 1h)
  "load_$1"
  echo "$2" >"$stamp"
}

load_seed() {
  local operator_token
  mkdir -p "$seed_stamps"
  load_when_new lists "$(fingerprint "${lists[@]}")"
  load_when_new dates "$(fingerprint "${dates[@]}") $(date +%G-%V)"
}
