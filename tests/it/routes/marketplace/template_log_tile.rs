//! `GET /marketplace/log/tile/{path}`.

use super::stall::Stall;

#[test]
fn paths_that_are_no_tiles_and_tiles_that_are_not_there_are_404() {
    let stall = Stall::local();
    let anybody = stall.app.anonymous();
    stall.publish("river-models");
    stall.log_of(1);
    anybody.get("/marketplace/log/tile/0/000.p/1").expect(200);
    for path in [
        "0/000.p/2",
        "0/000",
        "0/001.p/1",
        "9/000",
        "0/0",
        "0/000.p/0",
        "x/000",
        "entries/000",
        "0/000.p/1/2",
        "..%2F..%2Fsecret",
    ] {
        anybody.get(&format!("/marketplace/log/tile/{path}")).expect_problem(404, "not_found");
    }
}
