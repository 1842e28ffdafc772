# shellcheck shell=bash
# The suite's own processes: their addresses, their options, their readiness.

# shellcheck source=deploy/local/parts/postgres.bash
. "$(dirname "${BASH_SOURCE[0]}")/postgres.bash"
# shellcheck source=deploy/local/parts/secrets.bash
. "$(dirname "${BASH_SOURCE[0]}")/secrets.bash"

# address NAME: what NAME of the running suite listens on, for instance "gateway_http".
address() { state "$1"; }

# write_state PRESET HTTP_PORT GRPC_PORT: chooses the free ports and keeps what was chosen.
write_state() {
  local names=(mailserver issuer) name ports
  for name in "${services[@]}"; do
    names+=("$name" "${name}_admin")
  done
  names+=(gateway_admin)
  mapfile -t ports < <(free_ports ${#names[@]})
  {
    printf 'preset=%s\ngateway_http=127.0.0.1:%s\ngateway_grpc=127.0.0.1:%s\n' "$1" "$2" "$3"
    for name in "${!names[@]}"; do
      printf '%s=127.0.0.1:%s\n' "${names[name]}" "${ports[name]}"
    done
  } >"$state_file"
}

# The options that all have, one a line.
common_options() {
  printf '%s\n' --admin-listen "$(address "$1_admin")" --reflection=true \
    --jwks-file "$issuer_folder/jwks.json" \
    --token-issuer https://issuer.destinationmetier.example --token-audience destinationmetier \
    --page-token-key-file "$secrets_folder/page-token-key"
}

# peers NAME…: the option that tells where each of them is.
peers() {
  local name
  for name in "$@"; do
    printf '%s\n' "--$name-address" "$(address "$name")"
  done
}

# options_of NAME: the command line of a process of the suite, one word a line.
options_of() {
  common_options "$1"
  printf '%s\n' --database "$(connection "$1")" \
    --database-password-file "$secrets_folder/$1-password"
  if [ "$1" = gateway ]; then
    printf '%s\n' --listen "$(address gateway_grpc)" --http-listen "$(address gateway_http)"
    peers "${services[@]}"
    printf '%s\n' --portal-folder "$(dirname "$(binaries)")/portal" \
      --public-url "http://$(address gateway_http)" \
      --oidc-discovery-url "http://$(address issuer)/.well-known/openid-configuration" \
      --session-key-file "$secrets_folder/session-key"
    return
  fi
  printf '%s\n' --listen "$(address "$1")"
  case $1 in
    catalogue) peers booking ;;
    ambassador) peers booking notification ;;
    booking) peers catalogue ambassador notification ;;
    notification)
      peers catalogue ambassador booking
      printf '%s\n' --smtp-url "smtp://$(address mailserver)" \
        --public-url "http://$(address gateway_http)"
      ;;
  esac
}

migrate() {
  local service
  for service in "${schemas[@]}"; do
    env -i PATH="$PATH" "$(binaries)/dm-$service" --database "$(connection "${service}_owner")" \
      --database-password-file "$secrets_folder/$service-owner-password" --migrate \
      >>"$log_folder/$service.log" 2>&1 9>&- || {
      show_log "$service"
      fail "the tables of $service could not be brought up to date"
    }
  done
}

start_mailserver() {
  # A Maildir; whoever is written to, everything arrives here.
  mkdir -p "$mail_folder"/{tmp,new,cur}
  chmod 700 "$mail_folder"
  start mailserver /usr/bin/python3 -m aiosmtpd -n -u -l "$(address mailserver)" \
    -c aiosmtpd.handlers.Mailbox "$mail_folder"
  wait_until mailserver 20 is_listening "$(address mailserver)"
}

# Whoever signs in at the portal chooses a person of the demonstration.
start_issuer() {
  start issuer "$(binaries)/dm-dev-issuer" serve --folder "$issuer_folder" \
    --listen "$(address issuer)" --portal "http://$(address gateway_http)"
  wait_until issuer 20 is_listening "$(address issuer)"
}

start_suite() {
  local name words
  for name in "${services[@]}" gateway; do
    mapfile -t words < <(options_of "$name")
    start "$name" "$(binaries)/dm-$name" "${words[@]}"
  done
  for name in "${services[@]}" gateway; do
    wait_until "$name" 60 curl -fsS -m 2 "http://$(address "${name}_admin")/readyz"
  done
}

# Whether every process runs, none was built anew since it started, and the addresses are these.
# is_up PRESET HTTP_PORT GRPC_PORT
is_up() {
  local name
  [ "$(state preset)" = "$1" ] && [ "$(address gateway_http)" = "127.0.0.1:$2" ] &&
    [ "$(address gateway_grpc)" = "127.0.0.1:$3" ] || return 1
  for name in "${processes[@]}"; do
    is_running "$name" || return 1
  done
  for name in "${services[@]}" gateway; do
    [ ! "$(binaries)/dm-$name" -nt "$(pid_file "$name")" ] || return 1
  done
  [ ! "$(binaries)/dm-dev-issuer" -nt "$(pid_file issuer)" ] || return 1
  # The gateway reads the portal when it starts.
  [ -z "$(find "$root/services/gateway/portal/site" -newer "$(pid_file gateway)" -print -quit)" ]
}

any_running() {
  local name
  for name in "${processes[@]}"; do
    ! is_running "$name" || return 0
  done
  return 1
}
