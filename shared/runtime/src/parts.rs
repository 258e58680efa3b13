//! What a function gives to the shell: the store, and the ports that its route or consumer names.

use crate::{Failure, Settings, variable};
use cws_authz::Authorizer;
use cws_aws::{
    DynamoStore, EventBus, IndexObject, KmsSigner, LockedBucket,
    system::{SystemClock, SystemEntropy},
};
use cws_cloud::{
    Port, Ports,
    mirror::{CheckpointCopies, CheckpointMirror},
    script_check::{NoScriptCheck, ScriptCheck},
    signer::{PublicKeys, Signer},
    token::{TokenVerifier, cache::NoFetcher},
};
use cws_route::shell::{Authenticate, ShellParts};
use cws_search::{TemplateIndex, TemplateSearch};
use cws_store::{Store, cursor::Sealer};
use std::sync::Arc;

/// Adds a port that the domain's own binary brings along, by its name.
pub type OwnPort = fn(Ports, &str, &Arc<dyn Store>) -> Result<Ports, Failure>;

/// For a domain that brings none.
///
/// # Errors
/// Always.
pub fn no_own_port(_: Ports, name: &str, _: &Arc<dyn Store>) -> Result<Ports, Failure> {
    Err(format!("this deployment does not offer the port `{name}`").into())
}

/// Builds the parts. Only the clients of declared ports are made: a route cannot reach a service that
/// its role does not grant.
pub(crate) fn build(
    settings: &Settings,
    calls: &[&str],
    own: OwnPort,
    base_url: String,
) -> Result<ShellParts, Failure> {
    let clock = Arc::new(SystemClock);
    // Tokens are verified by the authorizer; what comes here is already a verified one.
    let verifier = TokenVerifier::new(Vec::new(), Arc::new(NoFetcher), clock.clone());
    let store = store(settings)?;
    Ok(ShellParts {
        ports: ports(settings, calls, own, &store)?,
        store,
        authorizer: Authorizer::new()?,
        authenticate: Authenticate::new(verifier, None),
        clock,
        entropy: Arc::new(SystemEntropy::default()),
        sealer: Sealer::new(settings.cursor_key()?),
        base_url,
        home: settings.home()?,
    })
}

/// The store, for functions that need no shell.
pub(crate) fn store(settings: &Settings) -> Result<Arc<dyn Store>, Failure> {
    Ok(Arc::new(DynamoStore::connect(&settings.access, settings.need(variable::TABLE)?)))
}

fn ports(
    settings: &Settings,
    calls: &[&str],
    own: OwnPort,
    store: &Arc<dyn Store>,
) -> Result<Ports, Failure> {
    let mut ports = Ports::new();
    for name in calls {
        ports = match *name {
            name if name == <dyn PublicKeys as Port>::NAME => {
                ports.with::<dyn PublicKeys>(Arc::new(keys(settings)?))
            }
            name if name == <dyn Signer as Port>::NAME => ports.with::<dyn Signer>(Arc::new(keys(settings)?)),
            name if name == <dyn CheckpointCopies as Port>::NAME => {
                ports.with::<dyn CheckpointCopies>(Arc::new(checkpoints(settings)?))
            }
            name if name == <dyn CheckpointMirror as Port>::NAME => {
                ports.with::<dyn CheckpointMirror>(Arc::new(checkpoints(settings)?))
            }
            name if name == <dyn TemplateSearch as Port>::NAME => {
                ports.with::<dyn TemplateSearch>(Arc::new(index(settings)?))
            }
            name if name == <dyn TemplateIndex as Port>::NAME => {
                ports.with::<dyn TemplateIndex>(Arc::new(index(settings)?))
            }
            // A function brings no ShellCheck, and every verdict says so.
            name if name == <dyn ScriptCheck as Port>::NAME => {
                let none: Arc<dyn ScriptCheck> = Arc::new(NoScriptCheck);
                ports.with(none)
            }
            name if name == EventBus::NAME => {
                ports.with(Arc::new(EventBus::new(&settings.access, settings.need(variable::BUS)?)))
            }
            name => own(ports, name, store)?,
        };
    }
    Ok(ports)
}

fn keys(settings: &Settings) -> Result<KmsSigner, Failure> {
    Ok(KmsSigner::new(&settings.access, settings.key_ids()?))
}

fn checkpoints(settings: &Settings) -> Result<LockedBucket, Failure> {
    Ok(LockedBucket::new(&settings.access, settings.need(variable::CHECKPOINT_BUCKET)?))
}

/// On AWS the folder belongs to one process alone; an emulator has one for all of them.
fn index(settings: &Settings) -> Result<IndexObject, Failure> {
    let folder = std::env::temp_dir().join(format!("cws-index-{}", std::process::id()));
    Ok(IndexObject::new(&settings.access, settings.need(variable::INDEX_BUCKET)?, folder))
}
