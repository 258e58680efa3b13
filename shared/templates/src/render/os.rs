//! The families of operating systems that a script is written for.

/// Operating systems that set up alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OsFamily {
    /// Ubuntu: apt, login account `ubuntu`.
    Ubuntu,
    /// Debian: apt, login account `admin`.
    Debian,
    /// Amazon Linux: dnf, login account `ec2-user`.
    AmazonLinux,
    /// Rocky Linux: dnf, login account `rocky`.
    Rocky,
    /// Red Hat Enterprise Linux: dnf, login account `ec2-user`.
    Rhel,
}

impl OsFamily {
    /// The family of a template's `base`; `ami-based` counts as Ubuntu, whose tools most research images have.
    #[must_use]
    pub fn of(base: &str) -> Option<Self> {
        let base = base.trim().to_lowercase();
        let families = [
            ("ubuntu", Self::Ubuntu),
            ("ami-based", Self::Ubuntu),
            ("debian", Self::Debian),
            ("amazonlinux", Self::AmazonLinux),
            ("amazon-linux", Self::AmazonLinux),
            ("rocky", Self::Rocky),
            ("rhel", Self::Rhel),
        ];
        families.iter().find(|(prefix, _)| base.starts_with(prefix)).map(|(_, family)| *family)
    }

    /// Whether packages come by apt; else by dnf.
    #[must_use]
    pub const fn uses_apt(self) -> bool {
        matches!(self, Self::Ubuntu | Self::Debian)
    }

    /// The account that the machine image logs in.
    #[must_use]
    pub const fn login_user(self) -> &'static str {
        match self {
            Self::Ubuntu => "ubuntu",
            Self::Debian => "admin",
            Self::AmazonLinux | Self::Rhel => "ec2-user",
            Self::Rocky => "rocky",
        }
    }
}
