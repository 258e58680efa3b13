//! Claims of user names and e-mail addresses: one row each, written in the commit of the record.

use cws_model::{
    id::UserId,
    text::{Email, Username},
};
use cws_route::Problem;
use cws_store::{Scoped, Slot, Writes, rows::UserNameClaim};

/// Longest login name, bytes.
const LOGIN_MAX_BYTES: usize = 254;

/// Sort key of the claim of a user name.
pub fn of_username(username: &Username) -> String {
    format!("name/{username}")
}

/// Sort key of the claim of an address.
pub fn of_email(email: &Email) -> String {
    format!("email/{}", email.folded())
}

/// Claims names for a person. INVARIANT (one name, one person): the claim must be free, or the
/// person's already, in the same commit.
///
/// # Errors
/// `login_taken` with the field.
pub async fn claim(
    store: &Scoped,
    writes: &mut Writes,
    user_id: &UserId,
    names: &[(&str, String)],
) -> Result<(), Problem> {
    let places: Vec<_> = names.iter().map(|(_, sort)| (None, sort.as_str())).collect();
    let slots: Vec<Slot<UserNameClaim>> = store.get_many(&places).await?;
    for (slot, (field, _)) in slots.iter().zip(names) {
        match slot.value() {
            Some(held) if held.user_id != *user_id => {
                let detail = format!("the {field} belongs to another account");
                return Err(
                    Problem::new("login_taken", detail.clone()).and_field(format!("/{field}"), detail)
                );
            }
            Some(_) => {}
            None => writes.put(slot, &UserNameClaim { user_id: user_id.clone() })?,
        }
    }
    Ok(())
}

/// Who signs in by this name, typed in any case.
///
/// # Errors
/// What the store says.
pub async fn holder(store: &Scoped, login: &str) -> Result<Option<UserId>, Problem> {
    let folded = login.trim().to_lowercase();
    // What is no name at all is looked up as one that nobody has.
    let plain = folded.len() <= LOGIN_MAX_BYTES && folded.bytes().all(|byte| byte.is_ascii_graphic());
    let folded = if plain { folded.as_str() } else { "" };
    let sorts = [format!("name/{folded}"), format!("email/{folded}")];
    let places: Vec<_> = sorts.iter().map(|sort| (None, sort.as_str())).collect();
    let slots: Vec<Slot<UserNameClaim>> = store.get_many(&places).await?;
    Ok(slots.into_iter().find_map(Slot::into_value).map(|claim| claim.user_id))
}

/// Gives a claim back.
///
/// # Errors
/// What the store says.
pub async fn release(store: &Scoped, writes: &mut Writes, sort: &str) -> Result<(), Problem> {
    let slot: Slot<UserNameClaim> = store.get(None, sort).await?;
    writes.delete(&slot);
    Ok(())
}
