#!/bin/bash
# Sets up this machine: Ubuntu 24.04 Base 1.0.0
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
    zstd
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
)

cws_once packages-system-637f05148a93 cws_step_packages_system
cws_once accounts-a63bb13e240f cws_step_accounts
cws_once post-install-b9fb5f5c41a6 cws_step_post_install
