#!/bin/bash
# Sets up this machine: Julia and HPC 1.0.0
set -euo pipefail
umask 022
export HOME="${HOME:-/root}"
install -d -m 0755 /var/lib/cws /var/lib/cws/done /var/cache/cws /etc/cws
touch /var/log/cws-setup.log
chmod 0640 /var/log/cws-setup.log
exec > >(tee -a /var/log/cws-setup.log) 2>&1
echo running > /var/lib/cws/status

cws_finish() {
  local code="$?"
  if [[ "${code}" -eq 0 ]]; then
    echo ready > /var/lib/cws/status
  else
    echo failed > /var/lib/cws/status
    echo "cws: set-up failed with exit code ${code}" >&2
  fi
}
trap cws_finish EXIT

# Runs a step once on this machine: cws_once STAMP FUNCTION
cws_once() {
  if [[ -e "/var/lib/cws/done/$1" ]]; then
    echo "cws: $1: done before"
    return 0
  fi
  echo "cws: $1: started at $(date -u +%Y-%m-%dT%H:%M:%SZ)"
  "$2"
  touch "/var/lib/cws/done/$1"
}

# Runs a command up to five times: cws_retry COMMAND...
cws_retry() {
  local attempt
  for attempt in 1 2 3 4 5; do
    if "$@"; then
      return 0
    fi
    echo "cws: attempt ${attempt} failed: $1" >&2
    sleep "$((attempt * 10))"
  done
  return 1
}

# Downloads a file whose content is known: cws_fetch URL SHA256 FILE
cws_fetch() {
  if [[ -f "$3" ]] && echo "$2  $3" | sha256sum --check --status; then
    return 0
  fi
  cws_retry curl --fail --silent --show-error --location --proto '=https' --tlsv1.2 --output "$3.part" "$1"
  if ! echo "$2  $3.part" | sha256sum --check --status; then
    echo "cws: $1 does not have the expected checksum" >&2
    rm -f "$3.part"
    return 1
  fi
  mv "$3.part" "$3"
}

# Installs packages: cws_apt PACKAGE...
cws_apt() {
  export DEBIAN_FRONTEND=noninteractive
  cws_retry apt-get -o DPkg::Lock::Timeout=600 -q update
  cws_retry apt-get -o DPkg::Lock::Timeout=600 -q -y --no-install-recommends install "$@"
}

cws_step_packages_system() (
  cws_apt \
    acl \
    build-essential \
    ca-certificates \
    curl \
    git \
    git-lfs \
    gnupg \
    htop \
    jq \
    nfs-common \
    pkg-config \
    python3 \
    python3-venv \
    rsync \
    tmux \
    unattended-upgrades \
    unzip \
    vim \
    zip \
    zstd \
    cmake \
    gdb \
    gfortran \
    hwloc \
    libfftw3-dev \
    libhdf5-dev \
    libnetcdf-dev \
    libopenblas-dev \
    libopenmpi-dev \
    lmod \
    ninja-build \
    numactl \
    openmpi-bin \
    valgrind
)

cws_step_accounts() (
  if ! id -u researcher > /dev/null 2>&1; then
    useradd --create-home --shell /bin/bash researcher
  fi
  getent group users > /dev/null || groupadd users
  usermod --append --groups users researcher
)

cws_step_post_install() (
set -euo pipefail
timedatectl set-timezone "UTC"
install -d -m 2775 -o root -g researcher /srv/research
git lfs install --system
cat > /etc/apt/apt.conf.d/20auto-upgrades <<'EOF'
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
APT::Periodic::AutocleanInterval "7";
EOF

# --- Julia and HPC ---
case "$(uname -m)" in
  x86_64)
    julia_folder=x64
    julia_sha256=21b2c69806aacf191d7c81806c7d9918bddab30c7b5b8d4251389c3abe274334
    ;;
  aarch64)
    julia_folder=aarch64
    julia_sha256=93bf1b113f297c817310f77d1edce4ab9dcbf49432489cb8df09afbf93d1e5a0
    ;;
  *)
    echo "there is no Julia for $(uname -m)" >&2
    exit 1
    ;;
esac
cws_fetch "https://julialang-s3.julialang.org/bin/linux/${julia_folder}/1.10/julia-1.10.7-linux-$(uname -m).tar.gz" \
  "${julia_sha256}" /var/cache/cws/julia.tar.gz
install -d -m 0755 /opt/julia
tar -xzf /var/cache/cws/julia.tar.gz -C /opt/julia --strip-components 1
ln -sf /opt/julia/bin/julia /usr/local/bin/julia
rm -f /var/cache/cws/julia.tar.gz
install_packages="true"
if [[ "${install_packages}" == true ]]; then
  install -d -m 0755 /opt/julia/depot
  export JULIA_DEPOT_PATH=/opt/julia/depot
  julia --project=/opt/julia/depot/environments/v1.10 -e '
    using Pkg
    Pkg.add(["MPI", "MPIPreferences", "DifferentialEquations", "Plots", "IJulia"])
    using MPIPreferences
    MPIPreferences.use_system_binary()
    Pkg.precompile()'
  chmod -R a+rX /opt/julia/depot
  cat > /etc/profile.d/cws-julia.sh <<'EOF'
export JULIA_DEPOT_PATH="${HOME}/.julia:/opt/julia/depot"
export JULIA_LOAD_PATH="@:@v1.10:/opt/julia/depot/environments/v1.10:@stdlib"
EOF
fi
)

cws_once packages-system-59a002681876 cws_step_packages_system
cws_once accounts-a63bb13e240f cws_step_accounts
cws_once post-install-2a320ca1d8fd cws_step_post_install
