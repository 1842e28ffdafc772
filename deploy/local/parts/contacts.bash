# shellcheck shell=bash
# shellcheck disable=SC2034 # for the scripts that source this
# The parties of the seed that the scripts act for, and where mails to an applicant go.

# shellcheck source=deploy/local/parts/environment.bash
. "$(dirname "${BASH_SOURCE[0]}")/environment.bash"

lemoine_siret=00061001400011
lemoine_ambassador=019b8dd0-5780-7615-8c22-1e51d9c1fbd0

# register_contact SUBJECT TOKEN: gives the person an address of a domain that receives nothing,
# unless the person has one. Without a running suite there is nobody to tell.
register_contact() {
  local contact=people/$1/contact
  [ -n "$(state gateway_grpc)" ] || return 0
  if ! DM_TOKEN=$2 "$(binaries)/dm" --address "$(state gateway_grpc)" contact get "$contact" \
    >/dev/null 2>&1; then
    DM_TOKEN=$2 "$(binaries)/dm" --address "$(state gateway_grpc)" contact set "$contact" \
      --email "$1@demo.example" --display-name "$1" >/dev/null ||
      printf 'token: the contact of %s could not be registered\n' "$1" >&2
  fi
}
