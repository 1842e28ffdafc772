# shellcheck shell=bash
# shellcheck disable=SC2034 # for the scripts that source this
# The parties of the seed that the scripts act for, and what an applicant needs before they can book:
# an address and a profile.

# shellcheck source=deploy/local/parts/environment.bash
. "$(dirname "${BASH_SOURCE[0]}")/environment.bash"

lemoine_siret=00061001400011
lemoine_ambassador=019b8dd0-5780-7615-8c22-1e51d9c1fbd0

# person_call TOKEN SUBJECT WHAT [CURL OPTION…]: calls the person's contact or applicant and prints the
# HTTP status.
person_call() {
  local bearer=$1 person=$2 what=$3
  shift 3
  # Through standard input, since a command line can be read by everybody.
  printf 'Authorization: Bearer %s\n' "$bearer" |
    curl -s -m 5 -o /dev/null -w '%{http_code}' -H @- "$@" \
      "http://$(state gateway_http)/v1/people/$person/$what"
}

# register SUBJECT TOKEN WHAT JSON: gives the person a contact or an applicant's profile, unless they
# have one. Without a running suite there is nobody to tell.
register() {
  local status
  [ -n "$(state gateway_http)" ] || return 0
  status=$(person_call "$2" "$1" "$3" || true)
  if [ "$status" = 404 ]; then
    status=$(person_call "$2" "$1" "$3" -X PATCH -H 'Content-Type: application/json' \
      -H "Idempotency-Key: $(</proc/sys/kernel/random/uuid)" --data "$4" || true)
  fi
  [ "$status" = 200 ] ||
    printf 'token: the %s of %s could not be registered (HTTP %s)\n' "$3" "$1" "$status" >&2
}

# An address of a domain that receives nothing. register_contact SUBJECT TOKEN
register_contact() {
  register "$1" "$2" contact "{\"displayName\": \"$1\", \"email\": \"${1//:/-}@demo.example\"}"
}

# An adult's profile: who is young is in the seed. register_applicant SUBJECT TOKEN
register_applicant() {
  register "$1" "$2" applicant \
    "{\"birthDate\": \"$(date -d '20 years ago' +%F)\", \"level\": \"AUDIENCE_STUDENT\", \"department\": \"61\"}"
}
