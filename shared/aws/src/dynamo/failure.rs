//! What a failed call to DynamoDB means for the caller of the store: above all, whether anything
//! may have been changed.

use aws_sdk_dynamodb::{
    error::{DisplayErrorContext, ErrorMetadata, ProvideErrorMetadata, SdkError},
    operation::transact_write_items::TransactWriteItemsError,
    types::CancellationReason,
};
use cws_store::StoreError;

/// Codes that ask for less.
const THROTTLES: [&str; 6] = [
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "ProvisionedThroughputExceeded",
    "ThrottlingError",
    "ReplicatedWriteConflictException",
];
/// Codes after which a write may have happened all the same.
const UNCERTAIN: [&str; 3] = ["InternalServerError", "InternalServerErrorException", "ServiceUnavailable"];

/// A read that failed: nothing can have changed.
pub(super) fn of_read<E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static, R>(
    error: &SdkError<E, R>,
) -> StoreError
where
    R: std::fmt::Debug + Send + Sync + 'static,
{
    let Some(known) = error.as_service_error() else {
        return StoreError::Unavailable(DisplayErrorContext(error).to_string());
    };
    of_code(known.meta())
}

/// A commit that DynamoDB answered with an error.
pub(super) fn of_commit(error: &TransactWriteItemsError, meta: &ErrorMetadata) -> StoreError {
    match error {
        TransactWriteItemsError::TransactionCanceledException(cancelled) => {
            of_reasons(cancelled.cancellation_reasons())
        }
        // The same commit is being applied at this moment by an earlier call.
        TransactWriteItemsError::TransactionInProgressException(_) => {
            StoreError::Unknown("the same commit is in progress".to_owned())
        }
        _ if UNCERTAIN.contains(&meta.code().unwrap_or("InternalServerError")) => {
            StoreError::Unknown(described(meta))
        }
        _ => of_code(meta),
    }
}

/// A commit without an answer: unless the request was never built, it may have arrived.
pub(super) fn of_unanswered_commit<E, R>(error: &SdkError<E, R>) -> StoreError
where
    E: std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    let text = DisplayErrorContext(error).to_string();
    match error {
        SdkError::ConstructionFailure(_) => StoreError::Unavailable(text),
        _ => StoreError::Unknown(text),
    }
}

/// Conditions go before contention: when one did not hold, trying the same again is of no use.
fn of_reasons(reasons: &[CancellationReason]) -> StoreError {
    let is = |reason: &CancellationReason, code: &str| reason.code() == Some(code);
    let failed: Vec<usize> = reasons
        .iter()
        .enumerate()
        .filter(|(_, reason)| is(reason, "ConditionalCheckFailed"))
        .map(|(position, _)| position)
        .collect();
    if !failed.is_empty() || reasons.iter().any(|reason| is(reason, "TransactionConflict")) {
        return StoreError::Conflict { failed };
    }
    if reasons.iter().any(|reason| reason.code().is_some_and(|code| THROTTLES.contains(&code))) {
        return StoreError::Throttled;
    }
    let codes: Vec<&str> =
        reasons.iter().filter_map(CancellationReason::code).filter(|c| *c != "None").collect();
    StoreError::Unavailable(format!("the transaction was cancelled: {}", codes.join(", ")))
}

fn of_code(meta: &ErrorMetadata) -> StoreError {
    match meta.code() {
        Some(code) if THROTTLES.contains(&code) => StoreError::Throttled,
        _ => StoreError::Unavailable(described(meta)),
    }
}

/// A validation message may quote the request, and with it a key; of those only the code is told.
fn described(meta: &ErrorMetadata) -> String {
    let code = meta.code().unwrap_or("no code");
    match meta.message() {
        Some(message) if code != "ValidationException" => format!("{code}: {message}"),
        _ => code.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasons(codes: &[&str]) -> Vec<CancellationReason> {
        codes.iter().map(|code| CancellationReason::builder().code(*code).build()).collect()
    }

    #[test]
    fn a_failed_condition_names_its_operation_even_beside_contention() {
        let found = of_reasons(&reasons(&["None", "ConditionalCheckFailed", "TransactionConflict"]));
        assert!(matches!(found, StoreError::Conflict { failed } if failed == [1]));
    }

    #[test]
    fn contention_alone_names_no_operation() {
        let found = of_reasons(&reasons(&["None", "TransactionConflict"]));
        assert!(matches!(found, StoreError::Conflict { failed } if failed.is_empty()));
    }

    #[test]
    fn throttling_inside_a_transaction_is_throttling() {
        assert!(matches!(of_reasons(&reasons(&["ThrottlingError", "None"])), StoreError::Throttled));
        let found = of_reasons(&reasons(&["ValidationError"]));
        assert!(matches!(found, StoreError::Unavailable(text) if text.ends_with("ValidationError")));
    }

    #[test]
    fn after_a_server_error_the_outcome_of_a_commit_is_unknown() {
        let meta = ErrorMetadata::builder().code("InternalServerError").message("try again").build();
        let error = TransactWriteItemsError::generic(meta.clone());
        assert!(matches!(of_commit(&error, &meta), StoreError::Unknown(_)));
        let meta = ErrorMetadata::builder().code("ThrottlingException").build();
        let error = TransactWriteItemsError::generic(meta.clone());
        assert!(matches!(of_commit(&error, &meta), StoreError::Throttled));
    }

    #[test]
    fn a_validation_message_is_not_repeated() {
        let meta =
            ErrorMetadata::builder().code("ValidationException").message("key ann@example.org").build();
        assert_eq!(of_code(&meta).to_string(), "the store is not available: ValidationException");
    }
}
