//! Signing in through the institution's own login service.

use super::{
    EmbeddedIssuer,
    rows::{Credential, RowError, TRIES, credential_key},
    sessions::Opening,
};
use cws_cloud::{
    identity::{
        ExchangeError, ExternalIdentity, Secret, Tokens,
        oidc::{FormPost, OidcLogin},
    },
    stage::Stage,
    token::{TokenVerifier, VerifiedToken},
};
use cws_model::InstitutionId;
use cws_store::Writes;
use std::sync::Arc;

/// The login services of institutions, at most one each.
#[derive(Clone)]
pub struct ExternalLogins {
    /// Login services.
    pub logins: Vec<OidcLogin>,
    /// Sends the code to them.
    pub post: Arc<dyn FormPost>,
    /// Trusts the issuers of `logins`, as `IssuerKind::Oidc`, and no other.
    pub verifier: Arc<TokenVerifier>,
}

impl From<RowError> for ExchangeError {
    fn from(error: RowError) -> Self {
        match error {
            RowError::Busy => Self::Throttled,
            RowError::Store(why) => Self::Unavailable(why),
        }
    }
}

impl EmbeddedIssuer {
    pub(super) async fn exchange(
        &self,
        institution: &InstitutionId,
        code: &Secret,
        redirect_uri: &str,
        verifier: &Secret,
    ) -> Result<Tokens, ExchangeError> {
        let external = self.external.as_ref().ok_or(ExchangeError::NotConfigured)?;
        let login = external.logins.iter().find(|login| login.institution == *institution);
        let login = login.ok_or(ExchangeError::NotConfigured)?;
        let stage = self.rows.stage.as_ref();
        if let Some(verified) = stage.and_then(Stage::remembered) {
            return self.open_external(institution, &verified).await;
        }
        let id_token = login.id_token(&*external.post, code, redirect_uri, verifier).await?;
        let verified = match external.verifier.verify_id_token(id_token.expose()).await {
            Ok(verified) if verified.issuer == login.issuer => verified,
            Err(error) if error.is_ours() => return Err(ExchangeError::Unavailable(error.to_string())),
            _ => return Err(ExchangeError::Rejected),
        };
        if let Some(stage) = stage {
            stage.remember(verified.clone());
        }
        self.open_external(institution, &verified).await
    }

    /// INVARIANT (no merging): the account is found by issuer and subject; the address in the token
    /// is not looked at.
    async fn open_external(
        &self,
        institution: &InstitutionId,
        verified: &VerifiedToken,
    ) -> Result<Tokens, ExchangeError> {
        let who = ExternalIdentity { issuer: verified.issuer.clone(), subject: verified.subject.clone() };
        for _ in 0..TRIES {
            let subject = self.subject_of_external(institution, &who).await?;
            let unknown = || ExchangeError::UnknownIdentity(who.clone());
            let key = credential_key(&subject.ok_or_else(unknown)?);
            let slot = self.rows.get::<Credential>(key).await?;
            let mut row = slot.value().cloned().ok_or_else(unknown)?;
            if row.disabled {
                return Err(ExchangeError::Rejected);
            }
            row.activated_at = row.activated_at.or_else(|| Some(self.rows.now()));
            let opening = Opening { auth_time: verified.auth_time, mfa: verified.mfa };
            let mut writes = Writes::new();
            writes.put(&slot, &row).map_err(RowError::from)?;
            let tokens = self.new_session(&row, &opening, &mut writes)?;
            if self.rows.commit(writes).await? {
                return Ok(tokens);
            }
        }
        Err(ExchangeError::Throttled)
    }
}
