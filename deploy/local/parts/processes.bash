# shellcheck shell=bash
# Starts, finds and stops processes. A process is known by its id and the time it started, so that
# an id that the system has given to something else since is never taken for ours.

# shellcheck source=deploy/local/parts/environment.bash
. "$(dirname "${BASH_SOURCE[0]}")/environment.bash"

pid_file() { echo "$run_folder/$1.pid"; }

# When a process started, in clock ticks since boot; empty when there is none. What stands before
# the last parenthesis is the program's name and may hold anything.
start_time_of() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 0
  read -ra stat <<<"${stat##*) }"
  # A zombie has ended.
  [ "${stat[0]}" = Z ] || echo "${stat[19]}"
}

# pid_of NAME: the id of the running process; empty when it does not run.
pid_of() {
  local pid started
  read -r pid started 2>/dev/null <"$(pid_file "$1")" || return 0
  [ -z "$started" ] || [ "$(start_time_of "$pid")" != "$started" ] || echo "$pid"
}

is_running() { [ -n "$(pid_of "$1")" ]; }

# start NAME COMMAND…: in a session of its own, away from the terminal's signals, with a log and a
# clean environment (the services refuse DM_ variables that they do not know).
start() {
  local name=$1 pid
  shift
  env -i PATH="$PATH" HOME="${HOME:-/}" LANG=C.UTF-8 setsid "$@" \
    </dev/null >>"$log_folder/$name.log" 2>&1 9>&- &
  pid=$!
  disown "$pid"
  printf '%s %s\n' "$pid" "$(start_time_of "$pid")" >"$(pid_file "$name")"
}

# ask_to_end NAME: what does not run needs no asking.
ask_to_end() {
  local pid signal=TERM
  pid=$(pid_of "$1")
  # PostgreSQL's SIGTERM waits for its clients to go.
  [ "$1" != postgres ] || signal=INT
  [ -z "$pid" ] || kill -s $signal "$pid" 2>/dev/null || true
}

# see_end NAME: waits for its end, and brings it about when it takes too long.
see_end() {
  local pid patience=200
  pid=$(pid_of "$1")
  while is_running "$1" && [ $((patience -= 1)) -gt 0 ]; do
    sleep 0.1
  done
  if is_running "$1"; then
    say "$1 did not end within 20 s; killed"
    end_hard "$1" "$pid"
  fi
  rm -f "$(pid_file "$1")"
}

# SIGQUIT makes PostgreSQL's server take its children along; SIGKILL would leave them behind.
end_hard() {
  local patience=50
  if [ "$1" = postgres ]; then
    kill -s QUIT "$2" 2>/dev/null || true
    while is_running "$1" && [ $((patience -= 1)) -gt 0 ]; do
      sleep 0.1
    done
  fi
  kill -s KILL "$2" 2>/dev/null || true
}

# Who is called goes after who calls; the services call each other and go together. The state goes
# first: whoever watches the processes sees by it that they were asked to end.
stop_all() {
  local together name
  rm -f "$state_file"
  for together in gateway "notification booking ambassador catalogue" issuer mailserver postgres; do
    for name in $together; do
      ask_to_end "$name"
    done
    for name in $together; do
      see_end "$name"
    done
  done
}

# show_log NAME: the end of its log, for a message about a failure.
show_log() {
  printf '%s\n' "--- the end of $log_folder/$1.log" >&2
  tail -n 15 "$log_folder/$1.log" >&2 || true
  printf '%s\n' "---" >&2
}

# wait_until NAME SECONDS COMMAND…: until the command succeeds; gives up when the process has ended
# or the time has passed, and shows its log.
wait_until() {
  local name=$1 deadline=$((SECONDS + $2))
  shift 2
  until "$@" >/dev/null 2>&1; do
    if ! is_running "$name"; then
      show_log "$name"
      fail "$name ended while it started"
    fi
    if [ $SECONDS -ge $deadline ]; then
      show_log "$name"
      fail "$name was not ready in time (asked by: $*)"
    fi
    sleep 0.1
  done
}

# free_ports COUNT: ports of the loopback interface that nobody listens on, one a line. They lie below
# those that the kernel gives to outgoing connections, which would come in between now and then.
free_ports() {
  /usr/bin/python3 - "$1" <<'PYTHON'
import random, socket, sys
held = []
for port in random.sample(range(12000, 32000), 20000):
    try:
        held.append(socket.create_server(("127.0.0.1", port)))
    except OSError:
        continue
    if len(held) == int(sys.argv[1]):
        break
print("\n".join(str(one.getsockname()[1]) for one in held))
PYTHON
}

# is_port_free PORT
is_port_free() {
  /usr/bin/python3 - "$1" 2>/dev/null <<'PYTHON'
import socket, sys
socket.create_server(("127.0.0.1", int(sys.argv[1])))
PYTHON
}

# is_listening ADDRESS
is_listening() {
  (exec 3<>"/dev/tcp/${1%:*}/${1##*:}") 2>/dev/null
}
