#!/bin/bash
# Sets up this machine: R with RStudio Server 1.0.0
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

# Makes a random token that only one account can read: cws_token NAME ACCOUNT
cws_token() {
  local file="/etc/cws/tokens/$1"
  install -d -m 0711 /etc/cws/tokens
  if [[ ! -s "${file}" ]]; then
    (umask 077 && head -c 32 /dev/urandom | od -An -vtx1 | tr -d ' \n' > "${file}")
  fi
  chown "$2" "${file}"
  chmod 0400 "${file}"
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
    gfortran \
    libcurl4-openssl-dev \
    libfontconfig1-dev \
    libfribidi-dev \
    libgit2-dev \
    libharfbuzz-dev \
    libopenblas-dev \
    libssl-dev \
    libxml2-dev \
    pandoc \
    r-base \
    r-base-dev \
    r-cran-data.table \
    r-cran-devtools \
    r-cran-knitr \
    r-cran-lme4 \
    r-cran-rmarkdown \
    r-cran-sf \
    r-cran-survival \
    r-cran-tidyverse \
    texlive-latex-recommended \
    texlive-xetex
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

# --- R with RStudio Server ---
if [[ "$(uname -m)" != x86_64 ]]; then
  echo "RStudio Server is published for x86_64 only" >&2
  exit 1
fi
cws_fetch https://download2.rstudio.org/server/jammy/amd64/rstudio-server-2026.01.1-403-amd64.deb \
  293e6673cf5bdf8a66b2b00653bbf993a50ac5c006465363fcb5a5cb3152bcca /var/cache/cws/rstudio-server.deb
cws_apt /var/cache/cws/rstudio-server.deb
rm -f /var/cache/cws/rstudio-server.deb
printf 'options(repos = c(CRAN = "%s"))\n' "https://cloud.r-project.org" > /etc/R/Rprofile.site
cws_token rstudio researcher
printf 'researcher:%s\n' "$(cat /etc/cws/tokens/rstudio)" | chpasswd
)

cws_step_service_rstudio_server() (
  install -d -m 0755 /etc/rstudio
  cat > /etc/rstudio/rserver.conf <<'CWS_CONFIG'
auth-minimum-user-id=1000
www-address=127.0.0.1
www-port=8787
CWS_CONFIG
  systemctl enable rstudio-server
  systemctl restart rstudio-server
)

cws_once packages-system-7e91822c5428 cws_step_packages_system
cws_once accounts-a63bb13e240f cws_step_accounts
cws_once post-install-29df276f2599 cws_step_post_install
cws_once service-rstudio-server-c203ce99e276 cws_step_service_rstudio_server
