# shellcheck shell=bash
# shellcheck disable=SC2034 # for the scripts that source this
# Where everything of the local suite lives, and how it speaks. Sourced by the scripts in
# deploy/local; `root` is the folder of the clone.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
local_folder=$root/.local
run_folder=$local_folder/run
log_folder=$local_folder/log
secrets_folder=$local_folder/secrets
mail_folder=$local_folder/mail
issuer_folder=$secrets_folder/issuer
# What the running suite listens on and was built as: lines of NAME=VALUE.
state_file=$run_folder/state

services=(catalogue ambassador booking notification)
# Who has a schema, and a role of that name with a password.
schemas=("${services[@]}" gateway)
# In the order in which they start.
processes=(postgres mailserver issuer catalogue ambassador booking notification gateway)

if [ -t 1 ]; then
  bold=$(printf '\033[1m') plain=$(printf '\033[0m')
else
  bold='' plain=''
fi

say() { printf '%s\n' "$*"; }
step() { printf '%s== %s%s\n' "$bold" "$*" "$plain"; }
fail() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# usage: the comment at the head of the script that runs.
usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0"; }

# take_turn SECONDS: waits until no other up or down is at work. Processes that are started close
# the lock's descriptor, or they would hold it.
take_turn() {
  mkdir -p "$local_folder"
  exec 9>"$local_folder/lock"
  flock -w "$1" 9 || fail "another deploy/local/up or down has been at work for $1 s"
}
end_turn() { exec 9>&-; }

# state NAME: a line of the state file; empty when there is none.
state() {
  [ ! -f "$state_file" ] || sed -n "s/^$1=//p" "$state_file"
}

# The folder of the programs that run, or that were run last.
binaries() {
  local preset
  preset=$(state preset)
  if [ -z "$preset" ]; then
    [ -x "$root/build/release/bin/dm" ] && preset=release || preset=dev
  fi
  echo "$root/build/$preset/bin"
}
