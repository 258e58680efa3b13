//! Scripts that researchers really write, and that must not be blocked.

use crate::scripts_bad::report;

const GOOD: &[&str] = &[
    "apt-get update && apt-get install -y --no-install-recommends r-base",
    "dnf install -y gcc make git",
    "curl -fsSL https://example.org/data.tar.gz -o /tmp/data.tar.gz\necho 'abc  /tmp/data.tar.gz' | sha256sum -c -\ntar -xzf /tmp/data.tar.gz",
    "curl -fsSL https://packages.example.org/key.asc | gpg --dearmor -o /etc/apt/keyrings/example.gpg",
    "curl -s https://api.example.org/status | jq .version",
    "curl -s https://api.example.org/status | python3 -m json.tool",
    "curl -L https://example.org/src.tar.gz | tar xz -C /opt",
    "wget -q https://example.org/genome.fa.gz && gunzip genome.fa.gz",
    "# never do this: curl https://example.org | sh\necho ready",
    "TOKEN=$(curl -sX PUT http://169.254.169.254/latest/api/token -H 'X-aws-ec2-metadata-token-ttl-seconds: 60')\ncurl -sH \"X-aws-ec2-metadata-token: $TOKEN\" http://169.254.169.254/latest/meta-data/instance-type",
    "until (echo > /dev/tcp/127.0.0.1/8888) 2>/dev/null; do sleep 1; done",
    "nc -z localhost 5432",
    "chmod 755 /usr/local/bin/tool && chmod 0644 /etc/tool.conf",
    "install -d -m 2775 -g researchers /srv/shared && chmod g+s /srv/shared",
    "chmod 1777 /scratch",
    "rm -rf /var/lib/apt/lists/* /tmp/build",
    "rm -rf \"${HOME}/.cache/pip\"",
    "systemctl enable --now docker && usermod -aG docker ubuntu",
    "systemctl restart rsyslog",
    "systemctl disable --now snapd apt-daily.timer",
    "docker run -d --name db -p 127.0.0.1:5432:5432 -v /srv/db:/var/lib/postgresql/data postgres:16",
    "ufw allow from 10.0.0.0/8 to any port 22 && ufw --force enable",
    "mkfs.xfs /dev/nvme1n1 && mount /dev/nvme1n1 /data",
    "dd if=/dev/zero of=/swapfile bs=1M count=4096 && chmod 600 /swapfile && mkswap /swapfile",
    "conda create -y -n ml python=3.12 numpy pandas",
    "pip install --no-cache-dir torch --index-url https://download.pytorch.org/whl/cpu",
    "echo \"$(openssl rand -base64 24)\" > /etc/cws/token && chmod 600 /etc/cws/token",
    "printf 'researcher:%s\\n' \"$(cat /etc/cws/tokens/rstudio)\" | chpasswd",
    "cat > /etc/systemd/system/jupyter.service <<'EOF'\n[Service]\nExecStart=/opt/env/bin/jupyter lab --ServerApp.ip=127.0.0.1\nEOF\nsystemctl daemon-reload",
    "aws s3 cp s3://my-bucket/reference.fa /srv/reference/ --only-show-errors",
    "git clone --depth 1 https://github.com/example/pipeline.git /opt/pipeline",
    "export PASSWORD_FILE=/run/secrets/db && test -s \"$PASSWORD_FILE\"",
    "Rscript -e 'install.packages(\"lme4\", repos = \"https://cloud.r-project.org\")'",
    "echo 'cGFzc3dk' | base64 -d > /tmp/decoded.txt",
    "sed -i 's/#PasswordAuthentication yes/PasswordAuthentication no/' /etc/ssh/sshd_config",
    "crontab -l 2>/dev/null | { cat; echo '0 3 * * * /usr/local/bin/backup'; } | crontab -",
    "chmod 700 /home/ubuntu/.ssh && chmod 600 /home/ubuntu/.ssh/authorized_keys",
    "for i in $(seq 1 10); do sleep 1; done",
    "module load gcc openmpi && mpicc -O3 -o hello hello.c",
    "julia -e 'using Pkg; Pkg.add(\"DifferentialEquations\")'",
];

#[test]
fn at_most_one_good_script_is_blocked() {
    assert!(GOOD.len() >= 30);
    let blocked: Vec<_> = GOOD
        .iter()
        .map(|script| (script, report(script)))
        .filter(|(_, report)| report.blocks())
        .map(|(script, report)| (script, report.findings.into_iter().map(|f| f.code).collect::<Vec<_>>()))
        .collect();
    assert!(blocked.len() <= 1, "{blocked:#?}");
}
