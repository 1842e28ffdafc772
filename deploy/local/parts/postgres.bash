# shellcheck shell=bash
# A PostgreSQL cluster of the clone's own, under .local/postgres: a Unix socket and no port,
# passwords also there, and the settings that keep what was acknowledged.

# shellcheck source=deploy/local/parts/processes.bash
. "$(dirname "${BASH_SOURCE[0]}")/processes.bash"

postgres_link=$local_folder/postgres
database=destinationmetier

# The folder of initdb and postgres, which Debian keeps out of PATH.
postgres_binaries() {
  local folder
  for folder in /usr/lib/postgresql/*/bin; do
    [ ! -x "$folder/initdb" ] || echo "$folder"
  done | sort -V | tail -n 1
}

# PostgreSQL refuses to run as root; then it runs as this user.
postgres_user() {
  if [ "$(id -u)" != 0 ]; then
    id -un
  elif id postgres >/dev/null 2>&1; then
    echo postgres
  else
    echo nobody
  fi
}

# as_postgres COMMAND…: replaces nothing when this is already an ordinary user.
as_postgres() {
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid="$(postgres_user)" --regid="$(id -g "$(postgres_user)")" --clear-groups "$@"
  else
    "$@"
  fi
}

# The cluster's folder: .local/postgres, or where that links to.
postgres_home() { readlink -f "$postgres_link"; }

# Whether PostgreSQL can live in a folder of this path: its user reaches it, a socket's path fits
# into 107 bytes, and the settings file can name it without quoting.
can_hold_cluster() {
  [ ${#1} -le 80 ] && [[ $1 =~ ^[A-Za-z0-9._/-]+$ ]] && as_postgres test -x "$local_folder"
}

make_postgres_home() {
  local home
  if [ -e "$postgres_link" ]; then
    return
  fi
  rm -f "$postgres_link"
  if can_hold_cluster "$postgres_link"; then
    mkdir "$postgres_link"
  else
    home=$(mktemp -d /var/tmp/destination-metier.XXXXXX)
    ln -s "$home" "$postgres_link"
    say "the database lives in $home, which its user can reach"
  fi
  chmod 700 "$(postgres_home)"
  [ "$(id -u)" != 0 ] || chown "$(postgres_user)" "$(postgres_home)"
}

# Forgets the cluster and all that is in it.
remove_postgres() {
  local home
  home=$(postgres_home || true)
  case $home in
    /var/tmp/destination-metier.* | "$local_folder"/postgres) rm -rf "$home" ;;
  esac
  rm -rf "$postgres_link"
}

init_cluster() {
  local home
  home=$(postgres_home)
  if [ -f "$home/data/PG_VERSION" ]; then
    return
  fi
  rm -rf "$home/data"
  # A copy, since initdb's user cannot read ours.
  as_postgres sh -c "umask 077 && cat >'$home/password'" <"$secrets_folder/postgres-password"
  (cd / && as_postgres "$(postgres_binaries)/initdb" -D "$home/data" -U postgres -E UTF8 \
    --locale=C.UTF-8 --data-checksums --auth=scram-sha-256 --no-instructions \
    --pwfile="$home/password") >"$log_folder/initdb.log" 2>&1 || {
    show_log initdb
    fail "the database cluster could not be made"
  }
  rm "$home/password"
  as_postgres tee -a "$home/data/postgresql.conf" >/dev/null <<SETTINGS
listen_addresses = ''
unix_socket_directories = '$home'
unix_socket_permissions = 0700
fsync = on
synchronous_commit = on
full_page_writes = on
max_connections = 100
shared_buffers = 128MB
max_wal_size = 512MB
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_min_messages = warning
SETTINGS
  as_postgres tee "$home/data/pg_hba.conf" >/dev/null <<<"local all all scram-sha-256"
}

start_postgres() {
  make_postgres_home
  init_cluster
  if ! is_running postgres; then
    if [ "$(id -u)" = 0 ]; then
      start postgres setpriv --reuid="$(postgres_user)" --regid="$(id -g "$(postgres_user)")" \
        --clear-groups "$(postgres_binaries)/postgres" -D "$(postgres_home)/data"
    else
      start postgres "$(postgres_binaries)/postgres" -D "$(postgres_home)/data"
    fi
  fi
  wait_until postgres 60 "$(postgres_binaries)/pg_isready" -q -h "$(postgres_home)" -U postgres
}

# sql DATABASE: runs the statements that come on standard input, as superuser.
sql() {
  PGPASSWORD=$(<"$secrets_folder/postgres-password") "$(postgres_binaries)/psql" -X -q -A -t \
    -v ON_ERROR_STOP=1 -h "$(postgres_home)" -U postgres -d "$1"
}

# Makes the database, its roles and their passwords what they should be.
prepare_database() {
  local service
  if [ "$(sql postgres <<<"SELECT 1 FROM pg_database WHERE datname = '$database'")" != 1 ]; then
    sql postgres <<<"CREATE DATABASE $database"
  fi
  # Its NOTICEs tell what is already there.
  (echo "SET client_min_messages = warning;" && cat "$root/deploy/database/roles.sql") |
    sql "$database"
  for service in "${schemas[@]}"; do
    printf "ALTER ROLE dm_%s PASSWORD '%s';\n" "$service" "$(<"$secrets_folder/$service-password")" \
      "${service}_owner" "$(<"$secrets_folder/$service-owner-password")"
  done | sql "$database"
}

# connection ROLE: libpq's connection string, without the password; "booking" is what the service
# runs as, "booking_owner" what owns its tables.
connection() { echo "host=$(postgres_home) port=5432 user=dm_$1 dbname=$database"; }
