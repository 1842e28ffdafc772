# shellcheck shell=bash
# shellcheck disable=SC2034 # for the scripts that source this
# The parties of the seed that the scripts act for, and where mails to an applicant go.

# shellcheck source=deploy/local/parts/environment.bash
. "$(dirname "${BASH_SOURCE[0]}")/environment.bash"

lemoine_siret=00061001400011
lemoine_ambassador=019b8dd0-5780-7615-8c22-1e51d9c1fbd0

# contact_call TOKEN SUBJECT [CURL OPTION…]: calls the person's contact and prints the HTTP status.
contact_call() {
  local bearer=$1 person=$2
  shift 2
  # Through standard input, since a command line can be read by everybody.
  printf 'Authorization: Bearer %s\n' "$bearer" |
    curl -s -m 5 -o /dev/null -w '%{http_code}' -H @- "$@" \
      "http://$(state gateway_http)/v1/people/$person/contact"
}

# register_contact SUBJECT TOKEN: gives the person an address of a domain that receives nothing,
# unless the person has one. Without a running suite there is nobody to tell.
register_contact() {
  local mailbox=${1//:/-} status
  [ -n "$(state gateway_http)" ] || return 0
  status=$(contact_call "$2" "$1" || true)
  if [ "$status" = 404 ]; then
    status=$(contact_call "$2" "$1" -X PATCH -H 'Content-Type: application/json' \
      --data "{\"displayName\": \"$1\", \"email\": \"$mailbox@demo.example\"}" || true)
  fi
  [ "$status" = 200 ] ||
    printf 'token: the contact of %s could not be registered (HTTP %s)\n' "$1" "$status" >&2
}
