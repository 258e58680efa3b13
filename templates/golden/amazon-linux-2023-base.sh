#!/bin/bash
# Sets up this machine: Amazon Linux 2023 Base 1.0.0
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

# Installs packages: cws_dnf PACKAGE...
cws_dnf() {
  cws_retry dnf -q -y --setopt=install_weak_deps=False install "$@"
}

cws_step_packages_system() (
  cws_dnf \
    acl \
    dnf-automatic \
    gcc \
    gcc-c++ \
    git \
    gzip \
    htop \
    jq \
    make \
    nfs-utils \
    python3 \
    python3-pip \
    rsync \
    tar \
    tmux \
    unzip \
    vim-enhanced \
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
sed -i -e 's/^upgrade_type *=.*/upgrade_type = security/' -e 's/^apply_updates *=.*/apply_updates = yes/' /etc/dnf/automatic.conf
systemctl enable --now dnf-automatic.timer
)

cws_once packages-system-5ea4065f1182 cws_step_packages_system
cws_once accounts-a63bb13e240f cws_step_accounts
cws_once post-install-200c086789d0 cws_step_post_install
