//! Patterns of scripts that a stranger's template should not run on a researcher's machine.

use super::rule::Rule;
use crate::finding::Level::{Error, Warning};

macro_rules! rules {
    ($($level:ident $code:literal $pattern:expr, $(unless $unless:expr,)? $message:literal, $fix:literal;)*) => {
        &[$(Rule { code: $code, level: $level, pattern: $pattern, unless: rules!(@ $($unless)?), message: $message, fix: $fix }),*]
    };
    (@) => { None };
    (@ $unless:expr) => { Some($unless) };
}

const VERIFY: &str = "download to a file, compare its SHA-256 (`cws_fetch`), then run it";

pub(super) const RULES: &[Rule] = rules! {
    Error "script.download_to_shell"
        r"\b(?:curl|wget|aria2c|lynx)\b[^\n;|]*(?:\|[^\n;|]*)*\|\s*(?:sudo\s+(?:-\S+\s+)*)?(?:env\s+(?:\S+=\S*\s+)*)?(?:/\S*/)?(?:(?:ba|z|da|k|a)?sh\b|(?:python[\d.]*|perl|ruby|node|php)\s*(?:-\s*)?(?:$|[;&)|]))",
        "a download is piped into a shell", "download to a file, compare its SHA-256 (`cws_fetch`), then run it";
    Error "script.download_to_shell"
        r"(?:\b(?:ba|z|da|k)?sh\b|\bsource\b|(?:^|[\s;&])\.)\s+(?:-\S+\s+)*<\(\s*(?:curl|wget)|\b(?:eval|(?:ba|z|da)?sh\s+-c|python[\d.]*\s+-c|perl\s+-e)\s+\S?(?:\$\(|`)\s*(?:curl|wget)|(?:ba)?sh\s+<<<\s*\S?\$\(\s*(?:curl|wget)",
        "a download is run at once", "download to a file, compare its SHA-256 (`cws_fetch`), then run it";
    Error "script.encoded_command"
        r"(?:base64\s+(?:-\S+\s+)*(?:-d|-D|--decode)|base32\s+(?:-d|--decode)|xxd\s+-r|openssl\s+(?:enc|base64)\s+[^\n|]*-d|gunzip|zcat|gzip\s+-d|rev|tr\s+\S+\s+\S+)[^\n;|]*(?:\|[^\n;|]*)*\|\s*(?:sudo\s+)?(?:/\S*/)?(?:(?:ba|z|da|k|a)?sh\b|python[\d.]*\s*(?:-\s*)?$|perl\s*$)",
        "hidden text is decoded and run", "write the commands out";
    Error "script.encoded_command"
        r"\beval\b[^\n]*(?:base64|xxd|\\x[0-9a-f]{2})|exec\s*\(\s*(?:base64|codecs|zlib|bytes\.fromhex|__import__)|(?:ba|z)?sh\s+(?:-c\s+)?\S?\$\([^)\n]*base64\s+(?:-d|--decode)|source\s+<\([^)\n]*base64",
        "hidden text is decoded and run", "write the commands out";
    Error "script.reverse_shell"
        r"/dev/(?:tcp|udp)/\S+|/inet/(?:tcp|udp)/\d+/\S+",
        unless r"/dev/(?:tcp|udp)/(?:localhost|127\.0\.0\.1|\[?::1)",
        "a shell is opened to another machine", "remove it";
    Error "script.reverse_shell"
        r"\b(?:nc|ncat|netcat)(?:\.\w+)?\b[^\n;]*\s(?:-[a-z]*[ec]\b|--exec\b|--sh-exec\b)|\bsocat\b[^\n]*\b(?:exec|system):|\bmkfifo\b[^\n]*[\s\S]{0,120}\b(?:nc|ncat|netcat|openssl\s+s_client|telnet)\b|\bbash\s+-i\b[^\n]*(?:>&|0>&1)|\btelnet\s[^\n|]*\|\s*(?:/bin/)?(?:ba)?sh",
        "a shell is opened to another machine", "remove it";
    Error "script.reverse_shell"
        r"import\s+[^\n]*\bsocket\b[\s\S]{0,400}(?:\bdup2\b|pty\.spawn|subprocess)|use\s+socket[\s\S]{0,300}exec|fsockopen\s*\([\s\S]{0,200}(?:exec|proc_open|shell_exec)|tcpsocket[\s\S]{0,200}(?:exec|spawn)",
        "a shell is opened to another machine", "remove it";
    Error "script.tunnel"
        r"\b(?:ngrok\s+(?:tcp|http|start)|frpc\s+-c|chisel\s+client|bore\s+local|cloudflared\s+tunnel\s+--url|localtunnel)\b|\bssh\s[^\n]*\s-[a-z]*R\s*\S*\d+:",
        "the machine is opened to the outside through a tunnel", "reach it through SSM port forwarding";
    Error "script.miner"
        r"\b(?:xmrig|xmr-stak|minerd|cpuminer|cgminer|bfgminer|ethminer|nbminer|lolminer|phoenixminer|t-rex\s+-a|gminer|nanominer|teamredminer|cryptonight|randomx|minergate|coinhive|nicehash|monerod)\b|stratum\+(?:tcp|ssl|tls)://|--donate-level|\b(?:supportxmr|minexmr|nanopool|2miners|f2pool|moneroocean|herominers)\.",
        "cryptocurrency is mined", "remove it";
    Error "script.instance_credentials"
        r"iam/security-credentials|/latest/meta-data/identity-credentials|169\.254\.170\.2\b|AWS_CONTAINER_CREDENTIALS|2852039166|0xa9fea9fe|metadata\.google\.internal[^\n]*token",
        "the credentials of the machine's role are read from the metadata service", "let the AWS SDK find the role by itself";
    Error "script.instance_metadata_open"
        r"modify-instance-metadata-options[^\n]*(?:--http-tokens\s+optional|hop-limit\s+(?:[2-9]|\d{2,}))",
        "the metadata service is opened for old or forwarded requests", "remove it";
    Error "script.setuid"
        r"\bchmod\s+(?:-\S+\s+)*(?:[ugoa]*[ua][ugoa]*\+[rwxXt]*s|\+[rwxXt]*s|0?[4567][0-7]{3})\s|\binstall\s[^\n]*-m\s*0?[4567][0-7]{3}\b|\bsetcap\s+\S*cap_(?:setuid|setgid|sys_admin|dac_override|sys_ptrace|sys_module)",
        "a program gets the rights of its owner or of the system", "run it through a service account or sudo rule";
    Error "script.logging_disabled"
        r"\b(?:systemctl|service)\s+(?:--\S+\s+)*(?:(?:stop|disable|mask|kill)\s+(?:--\S+\s+)*\S*(?:rsyslog|syslog|auditd|journald|amazon-cloudwatch-agent|amazon-ssm-agent|osqueryd|falcon|guardduty)|(?:rsyslog|auditd|amazon-ssm-agent|amazon-cloudwatch-agent)\s+stop)|\bauditctl\s+(?:-e\s*0|-D)\b|\b(?:apt|apt-get|dnf|yum|snap)\s[^\n]*\b(?:remove|purge|erase)\b[^\n]*\b(?:auditd|rsyslog|amazon-ssm-agent|amazon-cloudwatch-agent)|\b(?:pkill|killall)\s+(?:-\S+\s+)*(?:auditd|rsyslogd|amazon-ssm-agent)",
        "logging or remote care of the machine is switched off", "leave it on";
    Error "script.traces_removed"
        r"\bhistory\s+-[a-z]*[cw]\b|\bunset\s+HISTFILE|HISTFILE=/dev/null|HIST(?:FILE)?SIZE=0\b|\brm\s+(?:-\S+\s+)*/var/log(?:/?\s|/?$|/\*|/(?:auth|secure|syslog|wtmp|btmp|audit|messages|journal))|(?:^|[\s;&])>\s*/var/log/(?:auth|secure|syslog|wtmp|btmp|audit|messages)|\btruncate\s[^\n]*/var/log/|/dev/null\s+\S*(?:\.bash_history|/var/log/\S+)|journalctl\s+--vacuum-(?:time=\d+s|size=\d+K)",
        "traces are removed", "remove it";
    Error "script.cloud_logging_disabled"
        r"\baws\s+(?:cloudtrail\s+(?:stop-logging|delete-trail|put-event-selectors)|guardduty\s+(?:delete-detector|update-detector\s[^\n]*--no-enable)|configservice\s+(?:stop|delete)|logs\s+delete-log-group|ec2\s+delete-flow-logs)",
        "logging of the AWS account is switched off", "remove it";
    Error "script.firewall_disabled"
        r"\bufw\s+(?:--force\s+)?(?:disable|reset)\b|\bip6?tables\s+(?:-t\s+\S+\s+)?(?:-F\b|--flush\b|-X\b|-P\s+(?:INPUT|FORWARD)\s+ACCEPT)|\bnft\s+flush\s+ruleset|\bsystemctl\s+(?:--\S+\s+)*(?:stop|disable|mask)\s+(?:--\S+\s+)*\S*(?:firewalld|ufw|nftables|iptables|fail2ban|apparmor)|\bsetenforce\s+(?:0|permissive)|SELINUX=(?:disabled|permissive)|\baa-(?:teardown|disable)\b",
        "the firewall or mandatory access control is switched off", "open only the port that is needed, on 127.0.0.1";
    Error "script.firewall_open"
        r"authorize-security-group-ingress[^\n]*(?:0\.0\.0\.0/0|::/0)|\biptables\s[^\n]*-A\s+INPUT\s+-j\s+ACCEPT",
        "the machine is opened to every address", "reach services through SSM port forwarding";
    Error "script.world_writable"
        r"\bchmod\s+(?:-\S+\s+)*(?:0?777|(?:a|ugo|o|go)\+[rx]*w[rx]*|(?:a|ugo|o)=rwx)\b|\bumask\s+0?000\b|\binstall\s[^\n]*-m\s*0?777\b",
        "files become writable for everyone", "use a group: `chgrp` and `chmod 2775`";
    Error "script.destroys_files"
        r"\brm\s+(?:-\S+\s+)*(?:-[a-z]*(?:r[a-z]*f|f[a-z]*r)[a-z]*|-r\s+-f|-f\s+-r|--recursive\s+--force|--force\s+--recursive)\s+(?:-\S+\s+)*(?:/\*?|~/?\*?|\$\{?HOME\}?/?\*?|/(?:etc|usr|var|home|bin|boot|lib|lib64|opt|root|sbin|srv|data|mnt)/?\*?)(?:\s|$|;|&|\|)|--no-preserve-root|\bfind\s+/\s[^\n]*-delete",
        "files of the system or of users are removed", "name exactly what is to go";
    Error "script.destroys_disk"
        r"\bdd\s[^\n]*of=/dev/(?:sd|nvme|xvd|vd)|\b(?:mkfs\S*|wipefs|shred|sgdisk|parted)\s[^\n]*/dev/(?:xvda|sda|vda|nvme0n1)|>\s*/dev/(?:sd[a-z]|nvme\d|xvd[a-z])",
        "the system disk is overwritten", "remove it";
    Error "script.fork_bomb"
        r":\s*\(\)\s*\{\s*:\s*\|\s*:\s*&\s*\}|\bwhile\s+(?:true|:)\s*;\s*do\s+\S+\s*&\s*;?\s*done",
        "processes multiply without end", "remove it";
    Error "script.foreign_ssh_key"
        r">>?\s*\S*authorized_keys\d?|\btee\s+(?:-\S+\s+)*\S*authorized_keys|\b(?:cp|mv|install|curl|wget|sed)\s[^\n]*authorized_keys|\bssh-import-id(?:-gh|-lp)?\b|AuthorizedKeysCommand\s",
        unless r"chmod|chown",
        "someone's SSH key is let in", "keys come from the launch, never from a template";
    Error "script.ssh_weakened"
        r"\b(?:PermitRootLogin\s+(?:yes|without-password)|PasswordAuthentication\s+yes|PermitEmptyPasswords\s+yes|ChallengeResponseAuthentication\s+yes)|\bssh_pwauth:\s*(?:true|yes|1)",
        "SSH logins are weakened", "leave passwords and root logins off";
    Error "script.privileged_container"
        r"\b(?:docker|podman|nerdctl)\b[^\n]*\s(?:--privileged\b|--cap-add[= ](?:ALL|SYS_ADMIN|SYS_PTRACE)|--pid[= ]host|(?:-v|--volume)[= ]/:/|(?:-v|--volume)[= ]\S*docker\.sock:|--security-opt[= ]\S*unconfined)",
        "a container gets the rights of the machine", "give it only the devices and folders it needs";
    Error "script.unverified_tls"
        r"\bcurl\b[^\n;|]*\s(?:-[a-z]*k[a-z]*|--insecure|--proxy-insecure)(?:\s|$)|--no-check-certificate|http\.sslVerify[\s=]+.?false|GIT_SSL_NO_VERIFY|PYTHONHTTPSVERIFY=.?0|NODE_TLS_REJECT_UNAUTHORIZED=.?0|--trusted-host\b|ssl_verify[\s:=]+(?:false|no)|strict-ssl\s+false|verify\s*=\s*False\b",
        "certificates are not checked", "remove the switch; install the missing certificate";
    Error "script.unsigned_packages"
        r"--allow-unauthenticated|--nogpgcheck|--no-gpg-checks?\b|gpgcheck\s*=\s*(?:0|false|no)\b|\[[^\]\n]*trusted=yes[^\]\n]*\]|--force-yes|AllowInsecureRepositories|AllowUnauthenticated\s+.?(?:true|1)|--nosignature|--no-verify-sig",
        "packages are installed without a check of their signature", "install the vendor's key with a known fingerprint (`cws_key`)";
    Error "script.secrets_sent_out"
        r"\b(?:curl|wget|nc|ncat|netcat|aws\s+s3|scp|rsync|socat)\b[^\n]*(?:\.aws/credentials|\.ssh/id_|/etc/shadow|/etc/cws/tokens|/proc/self/environ)|(?:\.aws/credentials|\.ssh/id_\w+|/etc/shadow|/proc/self/environ)\b[^\n]*\|\s*(?:curl|nc|ncat|wget|base64)|\b(?:env|printenv|set)\s*\|\s*(?:\S+\s*\|\s*)*(?:curl|nc|ncat|wget)\b|\bcurl\b[^\n]*(?:-d|--data\S*|-F)\s+\S?(?:\$\(\s*(?:env|printenv|cat\s+/etc/)|`env|@/etc/)",
        "secrets of the machine are sent out", "remove it";
    Error "script.preload"
        r"/etc/ld\.so\.preload|>>?\s*/etc/pam\.d/|pam_(?:permit|exec)\.so",
        "code is put into every program or login", "remove it";
    Error "script.accounts_of_aws"
        r"\baws\s+iam\s+(?:create-(?:access-key|user|login-profile)|attach-(?:user|role|group)-policy[^\n]*(?:AdministratorAccess|IAMFullAccess|PowerUserAccess)|put-(?:user|role)-policy|update-assume-role-policy|add-user-to-group)",
        "rights in the AWS account are widened", "rights are given by the institution, not by a template";
    Warning "script.role_without_boundary"
        r"\baws\s+iam\s+create-role\b[^\n]*",
        unless r"--permissions-boundary",
        "a role is made without a permissions boundary", "remove it, or add `--permissions-boundary`";
    Warning "script.sudo_without_password"
        r"NOPASSWD:\s*ALL\b",
        "an account may do everything without a password", "name the commands it needs";
    Warning "script.plain_http"
        r"\b(?:curl|wget|git\s+clone|pip3?\s+install|apt-key\s+adv)\b[^\n;|]*\bhttp://\S+",
        unless r"http://(?:localhost|127\.0\.0\.1|169\.254\.169\.254|\[?::1|\[?fd00:ec2|\$)",
        "something is fetched without encryption", "use https";
    Warning "script.apt_key"
        r"\bapt-key\s+(?:add|adv)\b",
        "a key is trusted for every repository", "put the key in /etc/apt/keyrings and name it with `signed-by`";
    Warning "script.global_preload"
        r"(?:^|[\s;])(?:export\s+)?LD_PRELOAD=/(?:tmp|var/tmp|dev/shm|home)\S*",
        "code from a folder that others can write is put into programs", "use a system path";
};

/// What a script that runs a downloaded file should have done before.
pub(super) const VERIFIED: &str = r"sha(?:256|384|512)sum|shasum|cws_fetch|cws_key|gpg\s+(?:\S+\s+)*--verify|gpgv\b|cosign\s+verify|rpm\s+(?:-K|--checksig)|localpkg_gpgcheck=1";

/// The way out when it did not.
pub(super) const VERIFY_FIX: &str = VERIFY;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_compiles_and_says_what_to_do() {
        let ready = crate::validate::rule::ready(RULES);
        assert_eq!(ready.len(), RULES.len());
        assert!(RULES.iter().all(|rule| !rule.fix.is_empty()));
    }
}
