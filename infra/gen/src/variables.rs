//! Names of the environment variables that the functions read. `functions/lambda` tests that these are
//! the ones that the runtime knows; it is not used here, since it brings the AWS SDK along.

/// Table of the store.
pub const TABLE: &str = "CWS_TABLE";
/// Institution that the operator works in.
pub const HOME: &str = "CWS_HOME_INSTITUTION";
/// Address of the API, if it has a domain of its own.
pub const BASE_URL: &str = "CWS_BASE_URL";
/// Origins whose pages may call.
pub const ORIGINS: &str = "CWS_ALLOWED_ORIGINS";
/// Key that seals cursors.
pub const CURSOR_KEY: &str = "CWS_CURSOR_KEY";
/// KMS key that signs published versions.
pub const KEY_REGISTRY: &str = "CWS_KEY_REGISTRY";
/// KMS key that signs the template log.
pub const KEY_TEMPLATE_LOG: &str = "CWS_KEY_TEMPLATE_LOG";
/// KMS key that signs the audit log.
pub const KEY_AUDIT_LOG: &str = "CWS_KEY_AUDIT_LOG";
/// Bucket of signed checkpoints.
pub const CHECKPOINT_BUCKET: &str = "CWS_CHECKPOINT_BUCKET";
/// Bucket of the search index.
pub const INDEX_BUCKET: &str = "CWS_INDEX_BUCKET";
/// How much is logged.
pub const LOG: &str = "CWS_LOG";

/// All of them.
pub const ALL: [&str; 11] = [
    TABLE,
    HOME,
    BASE_URL,
    ORIGINS,
    CURSOR_KEY,
    KEY_REGISTRY,
    KEY_TEMPLATE_LOG,
    KEY_AUDIT_LOG,
    CHECKPOINT_BUCKET,
    INDEX_BUCKET,
    LOG,
];
