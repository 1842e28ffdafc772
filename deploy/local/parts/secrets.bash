# shellcheck shell=bash
# Keys and passwords of the local suite, made once and readable by nobody else.

# shellcheck source=deploy/local/parts/environment.bash
. "$(dirname "${BASH_SOURCE[0]}")/environment.bash"

# make_secret NAME: 32 random bytes as 64 hexadecimal digits, which need no quoting anywhere.
make_secret() {
  local file=$secrets_folder/$1
  if [ ! -s "$file" ]; then
    (umask 077 && od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n' >"$file.new" && mv "$file.new" "$file")
  fi
}

make_secrets() {
  local service
  mkdir -p "$secrets_folder"
  chmod 700 "$secrets_folder"
  make_secret page-token-key
  make_secret postgres-password
  make_secret session-key
  for service in "${schemas[@]}"; do
    make_secret "$service-password"
    make_secret "$service-owner-password"
  done
}

# The key pair of the development issuer of tokens; needs the programs.
make_issuer_keys() {
  if [ ! -s "$issuer_folder/jwks.json" ]; then
    # A key without its public half was cut off in the making.
    rm -rf "$issuer_folder"
    (umask 077 && "$(binaries)/dm-dev-issuer" keys --folder "$issuer_folder")
  fi
}

# token ROLE [OPTION…]: a token of the development issuer, on standard output.
token() {
  local role=$1
  shift
  "$(binaries)/dm-dev-issuer" token --folder "$issuer_folder" --role "$role" "$@"
}
