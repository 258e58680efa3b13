//! `GET /institutions`.

use crate::support::App;
use serde_json::json;

#[test]
fn people_list_their_own_institution_and_system_administrators_all() {
    let app = App::start();
    let (home, elsewhere) = (app.institution(), app.institution());
    for role in ["researcher", "institution_admin"] {
        let listed = app.person(&home, role).all("/institutions");
        assert_eq!((listed.len(), &listed[0]["id"]), (1, &json!(home)));
    }
    for all in [app.operator().all("/institutions"), app.person("local", "system_admin").all("/institutions")]
    {
        for id in [&home, &elsewhere] {
            assert!(all.iter().any(|row| row["id"] == json!(id)));
        }
    }
}
