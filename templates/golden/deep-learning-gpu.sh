#!/bin/bash
# Sets up this machine: Deep Learning on GPU 1.0.0
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

cws_step_packages_pip() (
  if [[ ! -x /opt/cws/env/bin/python ]]; then
    install -d -m 0755 /opt/cws
    python3 -m venv /opt/cws/env
  fi
  # shellcheck disable=SC2016
  echo 'export PATH="/opt/cws/env/bin:${PATH}"' > /etc/profile.d/cws-environment.sh
  cws_retry /opt/cws/env/bin/python -m pip install --quiet --no-cache-dir \
    accelerate \
    datasets \
    evaluate \
    ipywidgets \
    jupyterlab \
    lightning \
    matplotlib \
    numpy \
    pandas \
    peft \
    safetensors \
    scikit-learn \
    tensorboard \
    torch \
    torchaudio \
    torchvision \
    transformers
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

# --- Deep Learning on GPU ---
install -d -m 2775 -o researcher -g researcher /srv/research/runs
require_gpu="true"
if [[ "${require_gpu}" == true ]]; then
  nvidia-smi
  /opt/cws/env/bin/python -c 'import torch, sys; sys.exit(0 if torch.cuda.is_available() else "PyTorch sees no GPU")'
fi
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
ExecStart=/opt/cws/env/bin/jupyter lab --no-browser --ServerApp.ip=${CWS_BIND} --ServerApp.port=${CWS_PORT} --ServerApp.root_dir=/home/researcher
Restart=on-failure
RestartSec=5

[Install]
WantedBy=multi-user.target
CWS_UNIT
  systemctl daemon-reload
  systemctl enable cws-jupyter.service
  systemctl restart cws-jupyter.service
)

cws_step_service_tensorboard() (
  cat > /etc/systemd/system/cws-tensorboard.service <<'CWS_UNIT'
[Unit]
Description=TensorBoard
After=network-online.target
Wants=network-online.target

[Service]
User=researcher
WorkingDirectory=~
Environment="PATH=/opt/cws/env/bin:/usr/local/bin:/usr/bin:/bin"
Environment="CWS_BIND=127.0.0.1"
Environment="CWS_PORT=6006"
ExecStart=/opt/cws/env/bin/tensorboard --host ${CWS_BIND} --port ${CWS_PORT} --logdir /srv/research/runs
Restart=on-failure
RestartSec=5

[Install]
WantedBy=multi-user.target
CWS_UNIT
  systemctl daemon-reload
  systemctl enable cws-tensorboard.service
  systemctl restart cws-tensorboard.service
)

cws_once packages-system-637f05148a93 cws_step_packages_system
cws_once packages-pip-f53f70391805 cws_step_packages_pip
cws_once accounts-a63bb13e240f cws_step_accounts
cws_once post-install-fa1759235189 cws_step_post_install
cws_once service-jupyter-4389dccff7b4 cws_step_service_jupyter
cws_once service-tensorboard-b69613691b13 cws_step_service_tensorboard
