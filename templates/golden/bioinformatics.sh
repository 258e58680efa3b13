#!/bin/bash
# Sets up this machine: Bioinformatics 1.0.0
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
    zstd
)

cws_step_packages_conda() (
  arch="$(uname -m)"
  case "${arch}" in
    x86_64) sha256=848194851a98903134187fbb4ab50efe87b003e0c0f808f97644b7524a62bf2c ;;
    aarch64) sha256=2c113a69297e612b01ca0f320c22a3107a11f2ab9b573d79ac868a175945ce29 ;;
    *) echo "cws: no conda for ${arch}" >&2 && exit 1 ;;
  esac
  if [[ ! -x /opt/conda/bin/mamba ]]; then
    cws_fetch "https://github.com/conda-forge/miniforge/releases/download/26.3.2-3/Miniforge3-26.3.2-3-Linux-${arch}.sh" \
      "${sha256}" /var/cache/cws/miniforge.sh
    bash /var/cache/cws/miniforge.sh -b -u -p /opt/conda
    rm -f /var/cache/cws/miniforge.sh
  fi
  verb=create
  if [[ -d /opt/cws/env/conda-meta ]]; then
    verb=install
  fi
  /opt/conda/bin/mamba "${verb}" --yes --prefix /opt/cws/env --override-channels --channel conda-forge --channel bioconda \
    python=3.12 \
    pip \
    biopython \
    jupyterlab \
    matplotlib \
    openjdk \
    pandas \
    seaborn \
    bioconda::bcftools \
    bioconda::bedtools \
    bioconda::blast \
    bioconda::bowtie2 \
    bioconda::bwa \
    bioconda::fastp \
    bioconda::fastqc \
    bioconda::gatk4 \
    bioconda::hisat2 \
    bioconda::minimap2 \
    bioconda::multiqc \
    bioconda::nextflow \
    bioconda::pysam \
    bioconda::salmon \
    bioconda::samtools \
    bioconda::seqkit \
    bioconda::snakemake-minimal \
    bioconda::star \
    bioconda::subread
  # shellcheck disable=SC2016
  echo 'export PATH="/opt/cws/env/bin:${PATH}:/opt/conda/condabin"' > /etc/profile.d/cws-environment.sh
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

# --- Bioinformatics ---
install -d -m 2775 -o researcher -g researcher /srv/research/work /srv/research/references
cat > /etc/profile.d/cws-bioinformatics.sh <<'EOF'
export NXF_HOME="${HOME}/.nextflow"
export NXF_WORK=/srv/research/work
export NXF_OFFLINE=false
EOF
)

cws_step_service_jupyter() (
  cws_token jupyter researcher
  cat > /etc/systemd/system/cws-jupyter.service <<'CWS_UNIT'
[Unit]
Description=JupyterLab
After=network-online.target
Wants=network-online.target

[Service]
User=researcher
WorkingDirectory=~
Environment="PATH=/opt/cws/env/bin:/usr/local/bin:/usr/bin:/bin"
Environment="CWS_BIND=127.0.0.1"
Environment="CWS_PORT=8888"
Environment="CWS_TOKEN_FILE=/etc/cws/tokens/jupyter"
Environment="JUPYTER_TOKEN_FILE=/etc/cws/tokens/jupyter"
ExecStart=/opt/cws/env/bin/jupyter lab --no-browser --ServerApp.ip=${CWS_BIND} --ServerApp.port=${CWS_PORT} --ServerApp.root_dir=/srv/research
Restart=on-failure
RestartSec=5

[Install]
WantedBy=multi-user.target
CWS_UNIT
  systemctl daemon-reload
  systemctl enable cws-jupyter.service
  systemctl restart cws-jupyter.service
)

cws_once packages-system-637f05148a93 cws_step_packages_system
cws_once packages-conda-c14d6ef6f8bf cws_step_packages_conda
cws_once accounts-a63bb13e240f cws_step_accounts
cws_once post-install-987a1e4a5f8b cws_step_post_install
cws_once service-jupyter-899a27e58a75 cws_step_service_jupyter
