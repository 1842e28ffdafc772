# shellcheck shell=bash
# Builds the programs that the suite is made of; no tests.

# shellcheck source=deploy/local/parts/processes.bash
. "$(dirname "${BASH_SOURCE[0]}")/processes.bash"

targets=(dm-catalogue dm-ambassador dm-booking dm-notification dm-gateway dm dm-dev-issuer)

# A compiler process of this project takes up to 1.5 GiB.
compile_jobs() {
  local processors memory
  processors=$(nproc)
  memory=$(awk '/^MemAvailable/ {print int($2 / 1024 / 1024 / 1.5)}' /proc/meminfo)
  echo $((memory < 1 ? 1 : memory < processors ? memory : processors))
}

# Ninja's progress, which is one line that changes on a terminal and one line an object elsewhere.
show_progress() {
  if [ -t 1 ]; then
    cat
  else
    awk '!/^\[/ || ++lines % 20 == 0 {print; fflush()}'
  fi
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
