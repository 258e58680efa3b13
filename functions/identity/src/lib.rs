//! Identity: people, their institutions, their sessions, and what they may do.
//!
//! The registry (`usr` rows) is the truth about a person; the identity port only knows how to sign in.

pub mod asked_grant;
pub mod events;
pub mod fault;
pub mod names;
pub mod question;
pub mod routes;
pub mod session;
pub mod standing;
pub mod view;

use cws_route::Routes;
use routes::*;

/// The routes of this domain, in path order.
pub fn routes() -> Routes {
    Routes::new("identity")
        .add::<jwks_view::JwksView>()
        .add::<mfa_enroll::MfaEnroll>()
        .add::<mfa_verify::MfaVerify>()
        .add::<password_set::PasswordSet>()
        .add::<password_change::PasswordChange>()
        .add::<password_reset_request::PasswordResetRequest>()
        .add::<password_reset_confirm::PasswordResetConfirm>()
        .add::<session_create::SessionCreate>()
        .add::<session_list::SessionList>()
        .add::<session_view::SessionView>()
        .add::<session_delete::SessionDelete>()
        .add::<session_exchange::SessionExchange>()
        .add::<session_refresh::SessionRefresh>()
        .add::<permission_check::PermissionCheck>()
        .add::<permission_explain::PermissionExplain>()
        .add::<institution_create::InstitutionCreate>()
        .add::<institution_list::InstitutionList>()
        .add::<institution_view::InstitutionView>()
        .add::<institution_update::InstitutionUpdate>()
        .add::<user_me::UserMe>()
        .add::<user_create::UserCreate>()
        .add::<user_list::UserList>()
        .add::<user_view::UserView>()
        .add::<user_update::UserUpdate>()
        .add::<user_deactivate::UserDeactivate>()
        .add::<user_reactivate::UserReactivate>()
        .add::<user_factor_reset::UserFactorReset>()
        .add::<user_setup_token_create::UserSetupTokenCreate>()
        .add::<user_permissions::UserPermissions>()
        .add::<user_preferences_set::UserPreferencesSet>()
        .add::<user_project_list::UserProjectList>()
}
