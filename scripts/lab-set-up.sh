# Read by what runs in tier 2: sets up its environments, and says where its Python is. They are its own, since the MCP
# servers under test pin other libraries than the package, and than each other. Each is set up once in the cache folder,
# and again when its lock changes. Where one cannot be, its tests are skipped and say what is missing; in CI that is a
# failure.
cache="${XDG_CACHE_HOME:-$HOME/.cache}/pulumi-kubernetes-mcp"
home="$cache/lab-venv"
stamp="$home/.ready-$(cat requirements.txt tests/lab/requirements.txt | sha256sum | cut -c1-16)"
if [ ! -e "$stamp" ]; then
  echo "Setting up the lab's environment (once, and again when its requirements change) ..."
  rm -rf "$home"
  scripts/install "$home" tests/lab/requirements.txt
  touch "$stamp"
fi

# A server's environment is called after its SDK and what it is made from, its lock or, if it is built, its sources:
# tests/lab/servers/environments.py looks for the same.
place() { echo "$cache/lab-servers/$1-$(cd "tests/lab/servers/$1" && cat "${@:2}" | sha256sum | cut -c1-16)"; }
left_out() {
  echo "$1 could not be set up: $2." >&2
  if [ "${CI:-}" = true ]; then exit 1; fi
  echo "Its tests are skipped." >&2
}
python_server() {
  local to; to=$(place "$1" requirements.txt)
  [ ! -e "$to/.ready" ] || return 0
  echo "Setting up the server $1 ..."
  rm -rf "$to"
  if scripts/install "$to" "tests/lab/servers/$1/requirements.txt"; then touch "$to/.ready"; else left_out "The server $1" "see above"; fi
}
node_server() {
  local to; to=$(place "$1" package-lock.json)
  [ ! -e "$to/.ready" ] || return 0
  command -v npm >/dev/null || { left_out "The server $1" "npm is missing"; return 0; }
  echo "Setting up the server $1 ..."
  rm -rf "$to" && mkdir -p "$to" && cp "tests/lab/servers/$1"/package*.json "$to"
  if npm ci --prefix "$to" --ignore-scripts --no-audit --no-fund --silent; then touch "$to/.ready"; else left_out "The server $1" "npm ci failed"; fi
}
go_program() {
  local to; to=$(place "$1" go.mod go.sum "$2.go")
  [ ! -e "$to/.ready" ] || return 0
  command -v go >/dev/null || { left_out "The program $1" "go is missing"; return 0; }
  echo "Building the program $1 ..."
  rm -rf "$to" && mkdir -p "$to"
  if GOFLAGS='' GOWORK=off GOTOOLCHAIN=local CGO_ENABLED=0 nice go build -C "tests/lab/servers/$1" -trimpath -o "$to/$2" .
  then touch "$to/.ready"; else left_out "The program $1" "go build failed"; fi
}
# The official conformance suite has two: a Node that is new enough, as a wheel, and the suite itself.
for server in python_v1 fastmcp drivers_python envoy conformance; do python_server "$server"; done
for server in typescript_v1 typescript_v2 drivers_node conformance; do node_server "$server"; done
go_program go server
go_program drivers_go connect

# Three to ten minutes of the compiler, once: it stands back for whatever else the machine does.
while read -r module; do
  program="${module##*/}"
  folder="$cache/go-tools/${program/@/-}"
  [ ! -x "$folder/${program%@*}" ] || continue
  command -v go >/dev/null || { left_out "$program" "go is missing"; continue; }
  echo "Building $program ..."
  GOBIN="$folder" GOFLAGS='' GOWORK=off GOTOOLCHAIN=local CGO_ENABLED=0 nice go install -trimpath "$module" ||
    left_out "$program" "see above"
done < tests/lab/go-tools.txt
