//! `GET /institutions/{institution_id}`.

use super::said;
use crate::support::App;

#[test]
fn people_see_their_own_institution_and_no_other() {
    let app = App::start();
    let (home, elsewhere) = (app.institution(), app.institution());
    for role in ["researcher", "external", "institution_auditor", "institution_admin"] {
        let person = app.person(&home, role);
        assert_eq!(person.get(&format!("/institutions/{home}")).expect(200).field("id"), home);
        let hidden = person.get(&format!("/institutions/{elsewhere}")).expect_problem(404, "not_found");
        let missing = person.get("/institutions/never-was").expect_problem(404, "not_found");
        assert_eq!(said(&hidden), said(&missing));
    }
    app.operator().get(&format!("/institutions/{elsewhere}")).expect(200);
}
