//! The templates set the variables that the functions read.

use cws_infra::variables as set;
use cws_runtime::variable as read;

#[test]
fn what_the_templates_set_is_what_the_functions_read() {
    let read = [
        read::TABLE,
        read::HOME,
        read::BASE_URL,
        read::ORIGINS,
        read::CURSOR_KEY,
        read::KEY_REGISTRY,
        read::KEY_TEMPLATE_LOG,
        read::KEY_AUDIT_LOG,
        read::CHECKPOINT_BUCKET,
        read::INDEX_BUCKET,
        read::LOG,
    ];
    assert_eq!(set::ALL, read);
}
