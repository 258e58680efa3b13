//! The permission grid: every caller, every action, every relation, in one file that is reviewed.
//!
//! `CWS_BLESS=1 cargo test -p cws-authz` writes `permission-grid.txt` anew; read the difference.

use crate::{
    cast::{NOW, decide},
    grid_rows::{Column, Row, columns, rows},
};
use cws_authz::{Action, Context, ResourceKind};
use std::{collections::BTreeSet, fmt::Write as _, fs, path::Path, sync::LazyLock};

const HEAD: &str = "\
Who may do what. Written by the tests from the policies; read every line of a difference.

A row is an action, with the role it gives or takes where it does, and how the resource stands to
the caller. A column is a caller of one institution, signed in a moment ago, no second factor set up,
unless its name says otherwise.

  own       the deployment; the caller's institution, record, project, namespace, review;
            a private template of the caller's namespace
  archived  the caller's project, archived
  sibling   another one in the same institution; a template or review visible in the institution
  superior  the record of a system administrator in the same institution
  private   a private template of another namespace in the same institution
  foreign   of another institution
  public    of another institution: a public template, somebody's review of one
  own public  the caller's own review of another institution's public template

";

/// The reviewed grid, written anew first where that is asked for.
#[expect(
    clippy::disallowed_methods,
    reason = "asks whether to write the file anew; tests have no configuration"
)]
static REVIEWED: LazyLock<String> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("permission-grid.txt");
    if std::env::var("CWS_BLESS").is_ok_and(|value| value == "1") {
        fs::write(&path, render()).expect("the grid is written");
    }
    fs::read_to_string(&path).expect("permission-grid.txt is there")
});

#[test]
fn the_grid_is_the_reviewed_one() {
    let (grid, reviewed) = (render(), REVIEWED.as_str());
    let (now, then): (BTreeSet<_>, BTreeSet<_>) = (grid.lines().collect(), reviewed.lines().collect());
    let added: Vec<_> = now.difference(&then).collect();
    let removed: Vec<_> = then.difference(&now).collect();
    assert!(
        grid == reviewed,
        "permission-grid.txt is not what the policies say.\nnow: {added:#?}\nreviewed: {removed:#?}\n\
         If that is meant, write it anew with CWS_BLESS=1 and have the difference read."
    );
}

#[test]
fn every_action_has_rows_and_every_caller_a_column_in_the_reviewed_grid() {
    for action in Action::ALL {
        let count = REVIEWED.lines().filter(|line| line.split(' ').next() == Some(action.as_str())).count();
        assert!(count >= rows_of(*action), "`{action}` has {count} rows in permission-grid.txt");
    }
    for column in columns() {
        assert!(
            REVIEWED.contains(&legend(&column)),
            "`{}` has no column in permission-grid.txt",
            column.long
        );
    }
}

#[test]
fn every_action_is_allowed_to_somebody_and_denied_to_somebody() {
    let columns = columns();
    for action in Action::ALL {
        let rows = rows(action.resource_kind()).into_iter().filter(|row| row.action == *action);
        let marks: String = rows.map(|row| marks(&row, &columns)).collect();
        assert!(marks.contains('✔'), "nobody may {action}");
        assert!(marks.contains('✘'), "everybody may {action}");
    }
}

fn rows_of(action: Action) -> usize {
    rows(action.resource_kind()).iter().filter(|row| row.action == action).count()
}

fn render() -> String {
    let (columns, mut text) = (columns(), HEAD.to_owned());
    for column in &columns {
        writeln!(text, "{}", legend(column)).expect("text grows");
    }
    for kind in ResourceKind::ALL {
        let shorts: Vec<_> = columns.iter().map(|column| column.short).collect();
        let title = format!("== {}", kind.entity_type());
        writeln!(text, "\n{title:<57}{}", shorts.join(" ")).expect("text grows");
        for row in rows(*kind) {
            writeln!(text, "{}{}", label(&row), marks(&row, &columns)).expect("text grows");
        }
    }
    text
}

fn legend(column: &Column) -> String {
    format!("  {}  {}", column.short, column.long)
}

fn label(row: &Row) -> String {
    let grant = row.grant.as_ref().map_or("", |(name, _)| *name);
    format!("{:<24} {grant:<20} {:<11}", row.action.as_str(), row.relation)
}

fn marks(row: &Row, columns: &[Column]) -> String {
    let context = Context { now: NOW, grant: row.grant.as_ref().map(|(_, grant)| grant.clone()) };
    let mark = |column: &Column| {
        let decision = decide(&column.principal, &column.memberships, row.action, &row.resource, &context);
        assert_eq!(decision.errors, [], "{} by {}", row.action, column.long);
        if decision.allowed { " ✔" } else { " ✘" }
    };
    columns.iter().map(mark).collect::<Vec<_>>().join(" ").split_off(1)
}
