//! The password policy: long enough, not one's own name, not one that everybody tries first.

use super::Logins;
use thiserror::Error;

/// Fewest characters.
pub const PASSWORD_MIN_CHARS: usize = 12;
/// Most characters.
pub const PASSWORD_MAX_CHARS: usize = 128;
/// A login name shorter than this may occur in a password by chance.
const NAME_MIN_CHARS: usize = 4;
/// Passwords of twelve characters and more that guessing tools try first, in lower case.
const COMMON: &str = include_str!("common_passwords.txt");

/// Why a password does not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PasswordFault {
    /// Too short or too long, counted in characters.
    #[error("must have {PASSWORD_MIN_CHARS} to {PASSWORD_MAX_CHARS} characters")]
    Length,
    /// It holds the user name.
    #[error("must not contain the user name")]
    HoldsUsername,
    /// It holds the e-mail address or what stands before its `@`.
    #[error("must not contain the e-mail address")]
    HoldsEmail,
    /// It is on every guessing list, or one character over and over.
    #[error("is too common")]
    Common,
}

/// Checks a new password.
///
/// # Errors
/// The first rule that it breaks.
pub fn check_password(password: &str, logins: &Logins) -> Result<(), PasswordFault> {
    let chars = password.chars().count();
    if !(PASSWORD_MIN_CHARS..=PASSWORD_MAX_CHARS).contains(&chars) {
        return Err(PasswordFault::Length);
    }
    let folded = password.to_lowercase();
    let holds = |name: &str| name.chars().count() >= NAME_MIN_CHARS && folded.contains(name);
    if holds(logins.username.as_str()) {
        return Err(PasswordFault::HoldsUsername);
    }
    let email = logins.email.folded();
    if email.split_once('@').is_some_and(|(local, _)| holds(local)) || holds(&email) {
        return Err(PasswordFault::HoldsEmail);
    }
    if is_common(&folded) { Err(PasswordFault::Common) } else { Ok(()) }
}

fn is_common(folded: &str) -> bool {
    let first = folded.chars().next();
    folded.chars().all(|c| Some(c) == first) || COMMON.lines().any(|line| line == folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logins() -> Logins {
        let username = "ada.l".parse().expect("user name");
        Logins { username, email: "Countess@Example.org".parse().expect("address") }
    }

    #[test]
    fn a_long_unrelated_password_is_fine() {
        for good in ["correct horse battery", "ßßßßßßßßßßßé", &"xy".repeat(64)] {
            assert_eq!(check_password(good, &logins()), Ok(()), "{good}");
        }
    }

    #[test]
    fn length_is_counted_in_characters() {
        for bad in ["", "elevenchars", "ééééééééééé", &"xy".repeat(65)] {
            assert_eq!(check_password(bad, &logins()), Err(PasswordFault::Length), "{bad}");
        }
    }

    #[test]
    fn ones_own_names_are_refused_in_any_case() {
        let check = |text| check_password(text, &logins());
        assert_eq!(check("my-ADA.L-password"), Err(PasswordFault::HoldsUsername));
        assert_eq!(check("xx-cOuntess-xx-99"), Err(PasswordFault::HoldsEmail));
    }

    #[test]
    fn a_short_name_does_not_forbid_every_password() {
        let logins =
            Logins { username: "al".parse().expect("name"), email: "al@e.org".parse().expect("mail") };
        assert_eq!(check_password("walking in alps", &logins), Ok(()));
    }

    #[test]
    fn what_everybody_tries_first_is_refused() {
        for bad in ["Password1234", "qwertyuiop123", "aaaaaaaaaaaa", "ÄÄÄÄÄÄÄÄÄÄÄÄ", "123456789012"]
        {
            assert_eq!(check_password(bad, &logins()), Err(PasswordFault::Common), "{bad}");
        }
    }

    #[test]
    fn the_list_holds_only_what_could_pass_the_other_rules() {
        for line in COMMON.lines() {
            assert!(line.chars().count() >= PASSWORD_MIN_CHARS && line == line.to_lowercase(), "{line}");
        }
    }
}
