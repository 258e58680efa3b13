//! Names in the deployment, and how long they may get.

/// Longest name of a function or role: the Lambda and IAM limit.
pub const NAME_MAX_CHARS: usize = 64;
/// Longest prefix that an operator may choose; the root template holds it.
pub const PREFIX_MAX_CHARS: usize = 24;
/// Resources in one stack; CloudFormation allows 500.
pub const RESOURCES_MAX: usize = 400;
/// Path nodes of one REST API; API Gateway allows 300.
pub const PATH_NODES_MAX: usize = 270;

/// `user_view` → `user-view`: the end of a function's name.
pub fn suffix(operation_id: &str) -> String {
    operation_id.replace('_', "-")
}

/// `user_view` → `UserView`: a resource's name in a template.
pub fn logical(operation_id: &str) -> String {
    operation_id
        .split('_')
        .flat_map(|word| {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_is_written_three_ways() {
        assert_eq!(suffix("template_log_tile"), "template-log-tile");
        assert_eq!(logical("template_log_tile"), "TemplateLogTile");
    }
}
