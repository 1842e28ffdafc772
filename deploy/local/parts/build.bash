# shellcheck shell=bash
# Builds the programs that the suite is made of; no tests.

# shellcheck source=deploy/local/parts/processes.bash
. "$(dirname "${BASH_SOURCE[0]}")/processes.bash"

targets=(dm-catalogue dm-ambassador dm-booking dm-notification dm-gateway dm dm-dev-issuer portal)

# A compiler process of this project takes up to 1.5 GiB.
compile_jobs() {
  local processors memory
  processors=$(nproc)
  memory=$(awk '/^MemAvailable/ {print int($2 / 1024 / 1024 / 1.5)}' /proc/meminfo)
  echo $((memory < 1 ? 1 : memory < processors ? memory : processors))
}

# Every tenth line of Ninja's progress, and all that is not progress. Not awk, since Debian's holds its
# input back until a block is full.
show_progress() { sed -u -n '/^\[/!p; /^\[[1-9][0-9]*0\//p'; }

# The map of the portal is Leaflet, from npm. Without it the portal works, with lists alone.
install_leaflet() {
  [ ! -d "$root/node_modules/leaflet" ] || return 0
  (cd "$root" && npm install --omit=dev --no-save --no-audit --no-fund --loglevel=error) 9>&- ||
    say "npm could not install Leaflet: the portal has no map"
}

# build PRESET
build() {
  local folder=$root/build/$1 log=$log_folder/build.log
  (cd "$root" && cmake --preset "$1") >"$log" 2>&1 9>&- || {
    show_log build
    fail "cmake could not configure the build"
  }
  NINJA_STATUS='[%f/%t %es] ' cmake --build "$folder" -j "$(compile_jobs)" \
    --target "${targets[@]}" 2>&1 9>&- | tee -a "$log" | show_progress ||
    fail "the build failed; all of its output is in $log"
}
