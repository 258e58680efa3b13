//! `cws-infra generate` writes `infra/generated`; `cws-infra check` fails when it is stale.

use cws_infra::{Product, files, folder, product};
use std::{
    error::Error,
    fs,
    io::{Write as _, stdout},
    process::ExitCode,
};

const USAGE: &str = "usage: cws-infra generate | check";

fn main() -> ExitCode {
    let command = std::env::args().nth(1).unwrap_or_default();
    let outcome = product().map_err(Into::into).and_then(|product| match command.as_str() {
        "generate" => generate(&product),
        "check" => check(&product),
        _ => Err(USAGE.into()),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to do when even this cannot be written.
            let _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn generate(product: &Product) -> Result<(), Box<dyn Error>> {
    let folder = folder();
    fs::create_dir_all(&folder)?;
    let files = files(product);
    for stray in strays(&files)? {
        fs::remove_file(folder.join(&stray))?;
        writeln!(stdout(), "removed {stray}")?;
    }
    for (name, text) in &files {
        fs::write(folder.join(name), text)?;
    }
    writeln!(stdout(), "wrote {} files to infra/generated", files.len())?;
    Ok(())
}

fn check(product: &Product) -> Result<(), Box<dyn Error>> {
    let folder = folder();
    let files = files(product);
    let mut stale = strays(&files)?;
    for (name, text) in &files {
        if fs::read_to_string(folder.join(name)).ok().as_ref() != Some(text) {
            stale.push(name.clone());
        }
    }
    if stale.is_empty() {
        writeln!(stdout(), "infra/generated is up to date: {} files", files.len())?;
        return Ok(());
    }
    Err(format!("stale in infra/generated: {}; run `cargo run -p cws-infra -- generate`", stale.join(", "))
        .into())
}

/// Files that nobody generates any more.
fn strays(files: &std::collections::BTreeMap<String, String>) -> Result<Vec<String>, std::io::Error> {
    let mut strays = Vec::new();
    for entry in fs::read_dir(folder())? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !files.contains_key(&name) {
            strays.push(name);
        }
    }
    Ok(strays)
}
