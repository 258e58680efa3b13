//! The page of the platform's own routes.

use super::*;
use cws_route::{Table, openapi};

fn own_page() -> (String, String) {
    let table = Table::new([crate::routes()]).unwrap();
    let page = page(&openapi::document(&table, "1.2.3"));
    (String::from_utf8(page.html.bytes).unwrap(), page.policy)
}

#[test]
fn every_route_stands_on_the_page_with_its_path() {
    let (html, _) = own_page();
    let table = Table::new([crate::routes()]).unwrap();
    for row in table.rows() {
        let spec = row.spec();
        assert!(
            html.contains(&format!("<details class=\"op\" id=\"{}\"", spec.operation_id)),
            "{}",
            spec.operation_id
        );
        assert!(html.contains(&format!("<code>{}</code>", spec.full_path())), "{}", spec.operation_id);
    }
    assert!(html.contains("1.2.3"));
}

#[test]
fn every_error_code_has_the_place_that_a_problem_names() {
    let (html, _) = own_page();
    for common in cws_route::spec::COMMON_ERRORS {
        assert!(html.contains(&format!("<dt id=\"error-{}\"", common.code)), "{}", common.code);
    }
    assert!(html.contains("<dt id=\"error-no_checkpoint\""));
}

#[test]
fn the_page_loads_nothing_from_elsewhere() {
    let (html, policy) = own_page();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
    for loading in [
        "<link",
        "<img",
        "<iframe",
        "@import",
        "url(",
        " src=",
        "href=\"http",
        "href=\"//",
        "onclick",
        "style=\"",
    ] {
        assert!(!html.contains(loading), "{loading}");
    }
    assert_eq!((html.matches("<script").count(), html.matches("<style").count()), (1, 1));
}

#[test]
fn the_policy_allows_the_script_and_style_that_are_on_the_page() {
    let (html, policy) = own_page();
    for tag in ["script", "style"] {
        let inside =
            html.split_once(&format!("<{tag}>")).and_then(|(_, rest)| rest.split_once(&format!("</{tag}>")));
        let hash = hash(inside.unwrap().0);
        assert!(policy.contains(&format!("{tag}-src 'sha256-{hash}'")), "{tag}");
    }
}

#[test]
fn every_link_on_the_page_leads_to_a_place_on_it() {
    let (html, _) = own_page();
    let targets =
        html.split("href=\"#").skip(1).filter_map(|rest| rest.split_once('"')).map(|(target, _)| target);
    for target in targets {
        assert!(html.contains(&format!("id=\"{target}\"")), "#{target}");
    }
}
