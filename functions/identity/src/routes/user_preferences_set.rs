//! `PUT /users/registry/{user_id}/preferences`: replaces a person's settings.

use crate::view::{UserPath, find_user};
use cws_authz::Action;
use cws_model::identity::{Preferences, User};
use cws_route::{Answer, AuditRule, Ctx, Found, Input, Nothing, Problem, Route, Spec};
use cws_store::{Slot, Writes, kind};

/// Most names.
const NAMES_MAX: usize = 64;
/// Most bytes of JSON.
const BYTES_MAX: usize = 16 * 1024;

/// Names the route; never constructed.
pub enum UserPreferencesSet {}

impl Route for UserPreferencesSet {
    const SPEC: Spec = Spec::put("user_preferences_set", "/users/registry/{user_id}/preferences")
        .summary("Replace one's settings: at most 64 names, 16 KiB")
        .requires(Action::UserPreferencesSet)
        .reads(&[kind::DIRECTORY])
        .writes(&[kind::USER])
        .audit(AuditRule::Record("user.preferences_set"));

    type Input = Input<UserPath, Nothing, Preferences>;
    type Output = Preferences;
    type Target = Slot<User>;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        find_user(ctx, &input.path.user_id).await
    }

    async fn call(ctx: &Ctx, input: Self::Input, slot: Self::Target) -> Result<Answer<Preferences>, Problem> {
        ctx.check_match(&slot)?;
        let preferences = input.body;
        let bytes = serde_json::to_vec(&preferences).map_err(Problem::internal)?.len();
        if preferences.len() > NAMES_MAX || bytes > BYTES_MAX {
            return Err(Problem::field(
                "",
                format!(
                    "may have {NAMES_MAX} names and {BYTES_MAX} bytes; has {} and {bytes}",
                    preferences.len()
                ),
            ));
        }
        let mut user = slot.value().cloned().ok_or_else(Problem::not_found)?;
        user.preferences = preferences.clone();
        user.updated_at = ctx.now();
        let mut writes = Writes::new();
        writes.put(&slot, &user)?;
        let answer = Answer::json(preferences).writes(writes).etag(Some(&ctx.revision()));
        Ok(answer.about(user.id.as_str(), serde_json::Value::Null))
    }

    fn example() -> Option<serde_json::Value> {
        Some(serde_json::json!({"theme": "dark", "default_size": "M"}))
    }
}
