#!/bin/bash
# Sets up this machine: Remote Desktop (DCV) 1.0.0
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
    zstd \
    @Desktop \
    firefox \
    glx-utils
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

# --- Remote Desktop (DCV) ---
cws_retry curl --fail --silent --show-error --location --proto '=https' --tlsv1.2 \
  --output /var/cache/cws/dcv.asc https://d1uj6qtbmh3dt5.cloudfront.net/NICE-GPG-KEY
rpm --import /var/cache/cws/dcv.asc
cws_retry curl --fail --silent --show-error --location --proto '=https' --tlsv1.2 \
  --output /var/cache/cws/dcv.tgz "https://d1uj6qtbmh3dt5.cloudfront.net/nice-dcv-amzn2023-$(uname -m).tgz"
rm -rf /var/cache/cws/dcv
install -d -m 0755 /var/cache/cws/dcv
tar -xzf /var/cache/cws/dcv.tgz -C /var/cache/cws/dcv --strip-components 1
# dnf refuses packages from a file that do not carry the vendor's signature.
cd /var/cache/cws/dcv
dnf -q -y --setopt=localpkg_gpgcheck=1 install ./nice-dcv-server-*.rpm ./nice-dcv-web-viewer-*.rpm \
  ./nice-xdcv-*.rpm ./nice-dcv-simple-external-authenticator-*.rpm
cd /
rm -rf /var/cache/cws/dcv /var/cache/cws/dcv.tgz

# The file that the package brings names the address of its authenticator in a comment.
verifier="$(sed -n -e '/^#*auth-token-verifier *=/{s/^[^=]*= *//;s/"//g;p;q}' /etc/dcv/dcv.conf)"
install -d -m 0755 /etc/dcv
cat > /etc/dcv/dcv.conf <<EOF
[session-management]
create-session=false

[connectivity]
web-port=8443
web-listen-endpoints=['127.0.0.1:8443']
enable-quic-frontend=false
idle-timeout=60

[security]
authentication="system"
auth-token-verifier="${verifier:-https://127.0.0.1:8444}"
EOF
clipboard="true"
if [[ "${clipboard}" == true ]]; then
  features='%owner% allow builtin'
else
  features='%owner% allow display keyboard mouse pointer touch audio-out'
fi
printf '[permissions]\n%s\n' "${features}" > /etc/dcv/default.perm

cws_token dcv researcher
cat > /usr/local/sbin/cws-dcv-session <<'EOF'
#!/bin/bash
# Makes the desktop session after a start of the machine, and lets its token in.
set -euo pipefail
if ! dcv describe-session desktop > /dev/null 2>&1; then
  dcv create-session --type virtual --owner researcher --user researcher desktop
fi
dcvsimpleextauth add-user --session desktop --auth-dir /var/run/dcvsimpleextauth/ --user researcher --append \
  < /etc/cws/tokens/dcv
EOF
chmod 0755 /usr/local/sbin/cws-dcv-session
systemctl set-default multi-user.target
)

cws_step_service_dcvsimpleextauth() (
  systemctl enable dcvsimpleextauth
  systemctl restart dcvsimpleextauth
)

cws_step_service_dcvserver() (
  systemctl enable dcvserver
  systemctl restart dcvserver
)

cws_step_service_dcv_session() (
  cat > /etc/systemd/system/cws-dcv-session.service <<'CWS_UNIT'
[Unit]
Description=Desktop session of the researcher
After=network-online.target
Wants=network-online.target

[Service]
User=root
WorkingDirectory=~
Environment="PATH=/opt/cws/env/bin:/usr/local/bin:/usr/bin:/bin"
Environment="CWS_BIND=127.0.0.1"
Environment="CWS_PORT=0"
ExecStart=/usr/local/sbin/cws-dcv-session
Restart=on-failure
RestartSec=5

[Install]
WantedBy=multi-user.target
CWS_UNIT
  systemctl daemon-reload
  systemctl enable cws-dcv-session.service
  systemctl restart cws-dcv-session.service
)

cws_once packages-system-2e3320ad6249 cws_step_packages_system
cws_once accounts-a63bb13e240f cws_step_accounts
cws_once post-install-cf9145d49191 cws_step_post_install
cws_once service-dcvsimpleextauth-5411bfd0d2a4 cws_step_service_dcvsimpleextauth
cws_once service-dcvserver-7763c366174a cws_step_service_dcvserver
cws_once service-dcv-session-a57615b5e95f cws_step_service_dcv_session
